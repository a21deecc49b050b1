"""`plurel corpus`, ended at any moment by any signal, gives what an undisturbed run gives."""

from __future__ import annotations

import json
import os
import pty
import random
import re
import shutil
import signal
import time
from contextlib import suppress
from pathlib import Path

import pytest

from plurel_cli import generate_corpus
from tests.cli.conftest import Run
from tests.cli.runs import at_once, children, running, start
from tests.corpus.permits import permits
from tests.corpus.samples import N_TABLES, TINY_YAML, databases, same_corpus
from tests.storage.samples import contents, rewrite

N = 8
N_ENDED = 20
"""More than all runs that are ended have permits for."""

ENDINGS = [
    (signal.SIGKILL, -signal.SIGKILL),
    (signal.SIGTERM, 143),
    (signal.SIGINT, 130),
    (signal.SIGHUP, 129),
]


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("corpora")
    (folder / "tiny.yaml").write_text(TINY_YAML)
    generate_corpus(folder / "undisturbed", folder / "tiny.yaml", range(N), jobs=1)
    return folder / "undisturbed"


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "tiny.yaml"
    path.write_text(TINY_YAML)
    return path


def _n_there(place: Path) -> int:
    return len(list(place.glob("db-*")))


def test_ended_runs_and_a_last_one_give_the_same_corpus(config: Path, tmp_path: Path) -> None:
    """Each run is ended at a random moment after it has made another database."""
    draws, place = random.Random(7), tmp_path / "c"
    options = "corpus", "-c", config, "--seeds", f"0:{N_ENDED}"
    arguments = *options, "-o", place, "--resume", "--jobs", "2"
    for number, code in ENDINGS:
        goal = _n_there(place) + 1
        with (
            permits(tmp_path / "permits") as given,
            running(*arguments, before=given.code, stdout=-1, stderr=-1) as process,
        ):
            # One of two workers makes a database, even if both first make what is there already.
            given.give(4 * N_TABLES - 1)
            while _n_there(place) < goal:
                assert process.poll() is None, process.communicate()
                time.sleep(0.005)
            given.give(N_TABLES)
            time.sleep(0.1 * draws.random())
            workers = children(process.pid)
            process.send_signal(number)
            out, err = process.communicate(timeout=60)
            _wait_for_end(workers)
        assert process.returncode == code
        assert goal <= _n_there(place) <= goal + 3
        assert out == b""
        assert b"Traceback" not in err
        if number != signal.SIGKILL:
            assert not [path.name for path in place.iterdir() if path.name.startswith(".")]
    assert not (place / "corpus.json").exists()
    assert at_once(*arguments) == (0, "", "")
    generate_corpus(tmp_path / "undisturbed", config, range(N_ENDED), jobs=1)
    assert same_corpus(place, tmp_path / "undisturbed")


def test_workers_end_with_whoever_started_them(config: Path, tmp_path: Path) -> None:
    endless = tmp_path / "endless.yaml"
    endless.write_text(
        "schema: {layout: explicit}\n"
        "tables: {parent: {rows: 1000}, child: {rows: 4000000000, parents: [parent]}}\n"
        "features: {model: none}\n"
    )
    place = tmp_path / "c"
    with start(
        "corpus", "-c", endless, "--seeds", "0:1", "-o", place, "--anyway", stderr=-1
    ) as process:
        while not (place / ".db-000000.plurel-new" / "child.parquet").exists():
            assert process.poll() is None, process.communicate()
            time.sleep(0.01)
        process.kill()
    owner = json.loads((place / ".db-000000.plurel-lock").read_text())
    _wait_for_end([owner["process"]])
    assert at_once("corpus", "-c", config, "--seeds", "0:1", "-o", place, "--force").code == 0
    assert sorted(os.listdir(place)) == ["corpus.json", "db-000000"]


def _wait_for_end(processes: list[int]) -> None:
    deadline = time.monotonic() + 60
    while any(map(_is_running, processes)):
        assert time.monotonic() < deadline
        time.sleep(0.01)


def _is_running(process: int) -> bool:
    """Whether a process runs; one that has ended may wait to be asked about."""
    try:
        status = Path(f"/proc/{process}/stat").read_text()
    except FileNotFoundError:
        return False
    return status.rpartition(")")[2].split()[0] != "Z"


@pytest.fixture
def copy(undisturbed: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(undisturbed, tmp_path / "c"))


def test_failed_database_is_told_and_exits_with_1(run: Run, copy: Path, config: Path) -> None:
    place = copy / f"db-{N:06}"
    place.mkdir()
    (place / "notes.txt").write_text("mine")
    arguments = "corpus", "-c", config, "--seeds", f"0:{N + 1}", "-o", copy, "--resume"
    code, out, err = run(*arguments)
    assert (code, out) == (1, "")
    assert re.fullmatch(rf"error: seed {N}: .* holds files but no database; .*\n", err)
    assert (place / "notes.txt").read_text() == "mine"
    failed = [
        e for e in json.loads((copy / "corpus.json").read_text())["databases"] if "error" in e
    ]
    assert [(entry["seed"], entry["status"]) for entry in failed] == [(N, "failed")]
    assert run("validate", copy).code == 1


def test_files_that_no_run_has_made_stay(run: Run, copy: Path, config: Path) -> None:
    """Also where a database was that has gone, and no database of the corpus is touched then."""
    shutil.rmtree(copy / "db-000003")
    (copy / "db-000003").mkdir()
    (copy / "db-000003" / "notes.txt").write_text("mine")
    before = databases(copy)
    arguments = "corpus", "-c", config, "--seeds", f"0:{N}", "-o", copy, "--resume"
    assert run(*arguments).is_refusal("db-000003: holds notes.txt, which no run has made")
    assert databases(copy) == before


def test_shards_and_merge(run: Run, undisturbed: Path, config: Path, tmp_path: Path) -> None:
    place = tmp_path / "c"
    arguments = "corpus", "-c", config, "--seeds", f"0:{N}", "-o", place
    assert run(*arguments, "--shard", "1/2") == (0, "", "")
    assert run("corpus", "--merge", place).is_refusal("lacks the index of shard 0/2")
    assert run(*arguments).is_refusal("holds 2 shards of a corpus; give --shard i/2")
    assert run(*arguments, "--shard", "0/3").is_refusal("holds 2 shards of a corpus")
    assert run(*arguments, "--shard", "0/2") == (0, "", "")
    path = place / "corpus-0-of-2.json"
    head = json.loads(path.read_text())
    head["made"][0]["numpy"] = "1.0"  # which no value depends on, nor on the CPU
    head["made"][0]["cpu"].append("ODD")
    path.write_text(json.dumps(head))
    assert run("corpus", "--merge", place) == (0, "", "")
    assert run("corpus", "--merge", place, "--quiet") == (0, "", "")
    assert databases(place) == databases(undisturbed)
    assert run("validate", place) == (0, "", "")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda shard: shard.update(fingerprint="x"), "has another config than corpus-0-of-2.json"),
        (
            lambda shard: shard.update(seeds=[0, 9]),
            "has another range of seeds than corpus-0-of-2.json",
        ),
        (lambda shard: shard["databases"].pop(), ""),
    ],
)
def test_shards_of_different_corpora_are_not_merged(
    run: Run, copy: Path, change: object, words: str
) -> None:
    _split(copy)
    path = copy / "corpus-1-of-2.json"
    shard = json.loads(path.read_text())
    change(shard)  # type: ignore[operator]
    path.write_text(json.dumps(shard))
    result = run("corpus", "--merge", copy)
    assert result.is_refusal(words or "corpus-1-of-2.json: must list the databases of its seeds")
    assert not (copy / "corpus.json").exists()


def _split(corpus: Path) -> None:
    """Make two shards of a corpus."""
    index = json.loads((corpus / "corpus.json").read_text())
    for number in range(2):
        its = index | {"shard": [number, 2], "databases": index["databases"][number::2]}
        (corpus / f"corpus-{number}-of-2.json").write_text(json.dumps(its))
    (corpus / "corpus.json").unlink()


def test_shards_are_merged_only_where_all_is_there(run: Run, copy: Path) -> None:
    _split(copy)
    shutil.rmtree(copy / "db-000005")
    result = run("corpus", "--merge", copy)
    assert result.is_refusal("db-000005: is missing or has changed", "--resume of shard 1/2")
    (copy / "corpus-1-of-2.json").rename(copy / "corpus-1-of-2.journal")
    assert run("corpus", "--merge", copy).is_refusal("of a shard that has not ended")
    assert run("corpus", "--merge", copy / "db-000001").is_refusal("holds no index of a shard")
    assert run("corpus", "--merge", copy / "none").is_refusal("no such folder")


def test_validate_finds_all_faults(run: Run, copy: Path) -> None:
    assert run("validate", copy) == (0, "", "")
    rewrite(copy / "db-000001", "table_0", lambda frame: frame.head(2))
    shutil.rmtree(copy / "db-000002")
    shutil.copytree(copy / "db-000003", copy / "db-000099")
    code, out, err = run("validate", copy)
    assert (code, err) == (1, "")
    lines = out.splitlines()
    assert lines[0] == f"{copy}/db-000001: has changed since corpus.json was written"
    assert "db-000001: table_0.parquet: must have" in lines[1]
    assert lines[2:] == [
        f"{copy}/db-000002: is missing",
        f"{copy}/db-000099: is not listed in corpus.json",
    ]
    (copy / "corpus.json").unlink()
    assert f"{copy}: corpus.json: is missing" in run("validate", copy).out


def test_measure_takes_a_corpus(run: Run, copy: Path) -> None:
    assert json.loads(run("measure", copy, "--json", "--quiet").out)


# Bad input.


@pytest.mark.parametrize(
    ("words", "refusal"),
    [
        (["--seeds", "0:3"], "--out: is missing"),
        (["--out", "x"], "--seeds: is missing"),
        (["--out", "x", "--seeds", "a:b"], "--seeds: must be FIRST:END"),
        (["--out", "x", "--seeds", "5:5"], "--seeds: must end above the first, got '5:5'"),
        (["--out", "x", "--seeds", f"0:{2**64 + 1}"], "--seeds: must lie from 0 to"),
        (["--out", "x", "--seeds", "0:3", "--shard", "3"], "--shard: must be NUMBER/COUNT"),
        (["--out", "x", "--seeds", "0:3", "--shard", "3/3"], "--shard: must be from 0 to 2 of 3"),
        (["--out", "x", "--seeds", "0:3", "--shard", "0/0"], "--shard: must be from 0 of at"),
        (["--out", "x", "--seeds", "0:3", "--memory", "4 cows"], "--memory: must be a size"),
        (["--out", "x", "--seeds", "0:3", "--memory", "4MB"], "--memory: must be at least 256MiB"),
        (["--out", "x", "--seeds", "0:3", "--jobs", "0"], "--jobs: must be at least 1, got 0"),
        (["--out", "x", "--seeds", "0:3", "--resume", "--force"], "--resume: keeps what --force"),
        (["--out", "x", "--seeds", "0:3", "-c", "none.yaml"], "none.yaml: no such config file"),
        (["--out", "tiny.yaml", "--seeds", "0:3"], "tiny.yaml: is not a folder"),
        (["--merge", "x", "--seeds", "0:3"], "--seeds: is of no use beside --merge"),
        (["--merge", "x", "--force"], "--force: is of no use beside --merge"),
    ],
    ids=lambda its: " ".join(its) if isinstance(its, list) else "",
)
def test_bad_input_is_refused(
    run: Run, config: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], refusal: str
) -> None:
    monkeypatch.chdir(config.parent)
    before = contents(Path())
    result = run("corpus", *words)
    assert result.is_refusal(refusal), result
    assert contents(Path()) == before
    assert sorted(os.listdir()) == ["tiny.yaml"]


@pytest.mark.parametrize("text", ["{", "[]", '{"format": "plurel-corpus", "version": 99}', "{}"])
def test_broken_index_is_refused(run: Run, copy: Path, config: Path, text: str) -> None:
    (copy / "corpus.json").write_text(text)
    arguments = "corpus", "-c", config, "--seeds", f"0:{N}", "-o", copy, "--resume"
    assert run(*arguments).is_refusal("corpus.json")
    assert (copy / "corpus.json").read_text() == text


# On a terminal.


def _on_terminal(*arguments: str | Path) -> tuple[int | None, str]:
    """Exit code, and what a terminal shows of standard error."""
    ours, theirs = pty.openpty()
    seen = b""
    with start(*arguments, stderr=theirs) as process:
        os.close(theirs)
        with suppress(OSError):  # the other end is closed
            while data := os.read(ours, 65536):
                seen += data
    os.close(ours)
    return process.returncode, seen.decode()


def test_terminal_sees_progress_and_a_summary(config: Path, tmp_path: Path) -> None:
    arguments = "corpus", "-c", config, "--seeds", "0:3", "-o", tmp_path / "c", "--jobs", "1"
    code, seen = _on_terminal(*arguments)
    assert code == 0
    assert "rows a second" in seen
    assert "3/3" in seen
    last = seen.splitlines()[-1]
    assert re.search(r"3 databases, [0-9,]+ rows, [0-9.]+ MB \([0-9.]+ s\)$", last)
    assert _on_terminal(*arguments, "--resume", "--quiet") == (0, "")
