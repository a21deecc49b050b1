from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from plurel_cli.measure.dependence.family import STATISTICS as DEPENDENCE
from plurel_cli.measure.realism import MORE, STATISTICS
from tests.cli.conftest import Run
from tests.cli.runs import in_process
from tests.storage.samples import LAYOUTS, small_config, write_database


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    for seed in range(3):
        write_database(tmp_path / "corpus" / f"db-{seed:06d}", small_config(), seed=seed)
    return tmp_path / "corpus"


def _json(run: Run, *arguments: str | Path) -> dict[str, Any]:
    code, out, err = run("measure", *arguments, "--json")
    assert (code, err) == (0, "")
    data: dict[str, Any] = json.loads(out)
    return data


def test_json_of_a_corpus(run: Run, corpus: Path) -> None:
    its = _json(run, corpus)
    assert its.keys() == {"family", "against", "databases", "summary", "inside", "spread", "of"}
    assert (its["family"], its["against"], its["of"]) == ("realism", "reference", 34)
    assert [each["seed"] for each in its["databases"]] == [0, 1, 2]
    assert its["databases"][1]["folder"] == str(corpus / "db-000001")
    assert list(its["databases"][0]["statistics"]) == [*STATISTICS, *MORE]
    assert list(its["summary"]) == [*STATISTICS, *MORE]
    depth = its["summary"]["depth"]
    assert (depth["n"], depth["q25"], depth["median"], depth["q75"]) == (3, 2, 2, 2)
    assert depth["against"] == {"min": 1, "q25": 2, "median": 2, "q75": 2.5, "max": 3}
    assert (depth["inside"], depth["spread"]) == (True, False)
    assert its["summary"]["B"]["n"] == 0
    assert its["summary"]["B"]["median"] is its["summary"]["B"]["inside"] is None
    judged = [its["summary"][name] for name in STATISTICS]
    assert its["inside"] == sum(each["inside"] is True for each in judged)
    assert its["spread"] == sum(each["spread"] is True for each in judged)


def test_folders_and_their_corpus_are_the_same(run: Run, corpus: Path) -> None:
    folders = sorted(corpus.iterdir())
    assert _json(run, corpus) == _json(run, *folders)
    assert _json(run, folders[0], corpus)["summary"]["depth"]["n"] == 4


@pytest.mark.parametrize("layout", LAYOUTS)
def test_single_database(run: Run, tmp_path: Path, layout: str) -> None:
    folder = write_database(tmp_path / "db", small_config(layout))
    its = _json(run, folder)
    assert its["spread"] is None
    assert its["summary"]["self_refs"]["median"] == 0
    code, out, err = run("measure", folder)
    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert lines[0] == f"{folder}: seed 1"
    assert lines[-1] == f"inside {its['inside']} of 34"
    rows = {words[0]: words for line in lines if (words := line.split())}
    assert {*STATISTICS, *MORE} <= rows.keys()
    assert rows["depth"][:6] == ["depth", "2", "2", "2", "2.5", "yes"]
    assert rows["B"][:6] == ["B", "–", "0.621", "0.769", "0.816", "–"]
    assert "\x1b" not in out


def test_text_of_a_corpus(run: Run, corpus: Path) -> None:
    code, out, err = run("measure", corpus)
    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert lines[0].startswith("3 databases, ")
    assert lines[-2].startswith("inside ")
    assert lines[-1].startswith("spread ")
    rows = {words[0]: words for line in lines if (words := line.split())}
    assert rows["depth"] == ["depth", "3", "2", "2", "2", "2", "2", "2.5", "yes", "no"]
    assert all(len(line) <= 120 and line == line.rstrip() for line in lines[1:])


def test_against_another_corpus(run: Run, corpus: Path) -> None:
    its = _json(run, corpus / "db-000000", "--against", corpus)
    assert its["against"] == str(corpus)
    assert its["summary"]["depth"]["against"]["q75"] == 2
    assert its["summary"]["depth"]["inside"] is True
    missing = _json(run, corpus)["summary"]["missing_mean"]
    assert its["summary"]["missing_mean"]["against"]["median"] == missing["median"]
    assert "other" in run("measure", corpus, "--against", corpus).out


def test_narrow_terminal(corpus: Path) -> None:
    from plurel_cli.measure.corpus import Measured, compare
    from plurel_cli.measure.realism import FAMILY
    from plurel_cli.measure.text import render

    one = Measured("db", 1, dict.fromkeys(STATISTICS, 1234.5))
    for width in (76, 60):
        lines = render(compare(FAMILY, [one]), width).splitlines()
        assert all(len(line) <= width for line in lines)
        words = " ".join(" ".join(lines).split())
        between = "" if width == 76 else "value "
        assert f"null_rate_of_nullable {between}1234 " in words


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nowhere"], "nowhere: no such folder"),
        (["file"], "file: is no folder"),
        (["empty"], "empty: is no database, as it holds no schema.json"),
        (["db", "--against", "nowhere"], "nowhere: no such folder"),
        (["db", "--floor"], "--floor: is of what depends on what; add --dependence"),
        (["db", "--apart"], "--apart: needs at least two databases on either side"),
        (["db", "--apart", "--dependence"], "--apart: is of no use beside --dependence"),
        (["db", "--save", "saved.txt"], "--save: must end in .json"),
        (["db", "--against", "none.json"], "none.json: "),
        (["db", "--against", "other.json"], "other.json: holds no statistics"),
        (["db", "--jobs", "0"], "--jobs: must be at least 1, got 0"),
        (["planned"], "has no rows to measure; run `plurel fk` first"),
    ],
)
def test_refusals(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], words: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("file").write_text("")
    Path("empty").mkdir()
    Path("other.json").write_text("{}")
    write_database(Path("db"), small_config())
    write_database(Path("planned"), small_config(), "schema")
    assert run("measure", *arguments).is_refusal(words), run("measure", *arguments)


def test_a_broken_database_of_a_corpus_is_named(run: Run, corpus: Path) -> None:
    (corpus / "db-000002" / "users.parquet").unlink()
    assert run("measure", corpus).is_refusal("db-000002/users.parquet: no such table")


def test_processes_measure_the_same(run: Run, corpus: Path) -> None:
    assert _json(run, corpus, "--jobs", "2") == _json(run, corpus, "--jobs", "1")
    (corpus / "db-000001" / "users.parquet").unlink()
    refused = run("measure", corpus, "--jobs", "2")
    assert refused.is_refusal("db-000001/users.parquet: no such table"), refused


def test_statistics_are_kept_without_values(run: Run, corpus: Path, tmp_path: Path) -> None:
    file = tmp_path / "kept.json"
    first = _json(run, corpus, "--save", str(file))
    assert "users" not in file.read_text()
    again = _json(run, corpus, "--against", str(file))
    assert again["summary"]["depth"]["against"]["median"] == first["summary"]["depth"]["median"]
    assert run("measure", corpus, "--dependence", "--against", str(file)).is_refusal(
        "has statistics of realism alone"
    )


# A classifier.


def test_apart(run: Run, corpus: Path, tmp_path: Path) -> None:
    its = _json(run, corpus, "--apart")
    assert (its["databases"], its["others"], its["against"]) == (3, 11, "reference")
    levels = {level["level"]: level for level in its["levels"]}
    assert list(levels) == ["columns", "keys", "tables"]
    assert levels["columns"]["n_theirs"] == 644
    assert levels["columns"]["auc"] > 0.9
    assert {"name", "auc", "gain", "ours", "theirs"} == levels["columns"]["tells"][0].keys()
    code, out, err = run("measure", corpus, "--apart")
    assert (code, err) == (0, "")
    assert out.startswith(f"columns: AUC {levels['columns']['auc']:.3f} ± ")
    file = str(tmp_path / "kept.json")
    run("measure", corpus, "--save", file)
    same = _json(run, corpus, "--apart", "--against", str(corpus))
    kept = _json(run, corpus, "--apart", "--against", file)
    assert same["levels"] == kept["levels"]
    assert same["levels"][0]["auc"] < 0.75


def test_apart_without_lightgbm(run: Run, corpus: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "lightgbm", None)
    assert run("measure", corpus, "--apart").is_refusal(
        "--apart: needs the package lightgbm; install it with `pip install 'plurel-cli[measure]'`"
    )


# What depends on what.


def test_dependence(run: Run, corpus: Path) -> None:
    its = _json(run, corpus, "--dependence")
    assert (its["family"], its["of"]) == ("dependence", 28)
    assert list(its["summary"]) == list(DEPENDENCE)
    assert its["summary"]["own_r2"]["against"]["median"] == 0.432755
    assert its["summary"]["cols_with_nulls"]["n"] > 0
    code, out, err = run("measure", corpus / "db-000000", "--dependence")
    assert (code, err) == (0, "")
    rows = {words[0] for line in out.splitlines() if (words := line.split())}
    assert rows >= DEPENDENCE.keys()


def test_floor(run: Run, corpus: Path) -> None:
    folder = corpus / "db-000000"
    floor = _json(run, folder, "--dependence", "--floor", "--against", folder)
    assert floor["family"] == "dependence floor"
    own, other = (floor["databases"][0]["statistics"], _json(run, folder, "--dependence"))
    kept = other["databases"][0]["statistics"]
    assert own["cols_with_nulls"] == kept["cols_with_nulls"]
    assert own != kept
    against = floor["summary"]["cols_with_nulls"]["against"]
    assert against["median"] == kept["cols_with_nulls"]


def test_without_lightgbm(run: Run, corpus: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "lightgbm", None)
    result = run("measure", corpus, "--dependence")
    assert result.is_refusal("needs the package lightgbm; install it with `pip install"), result
    assert run("measure", corpus).code == 0


def test_trees_are_imported_for_dependence_alone() -> None:
    code = (
        "import plurel_cli.cli, plurel_cli.measure.realism, sys; print('lightgbm' in sys.modules)"
    )
    result = in_process("--version", before=code)
    assert result.out.splitlines()[0] == "False"
