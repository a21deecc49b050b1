"""Databases of a corpus by expressions: chosen, copied, removed."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from plurel_cli import load
from plurel_cli.corpus.check import validate_corpus
from plurel_cli.corpus.facts import facts_of
from plurel_cli.corpus.select import names, select
from plurel_cli.errors import FolderError, UsageError
from plurel_cli.pipeline import written_to
from plurel_cli.storage.document import read_schema
from plurel_cli.storage.index import INDEX_FILE, read_index
from plurel_cli.storage.naming import member_name
from tests.cli.runs import at_once
from tests.corpus.conftest import N
from tests.corpus.samples import tiny_config


def seeds(folder: Path, expression: str) -> list[int]:
    return [entry.seed for entry in select(folder, expression).entries]


def test_the_index_has_facts_of_every_database(undisturbed: Path) -> None:
    index = read_index(undisturbed / INDEX_FILE)
    assert index is not None
    for entry in index.databases:
        database = load(undisturbed / member_name("db", entry.seed))
        facts = entry.facts
        assert facts is not None
        assert facts.tables == len(database.schema.tables)
        assert facts.foreign_keys == len(database.schema.edges)
        assert facts.columns == sum(len(frame.columns) for frame in database.tables.values())
        assert facts.largest == max(frame.height for frame in database.tables.values())
        assert (facts.start, facts.end) == (
            database.schema.window.start if database.schema.window else None,
            database.schema.window.end if database.schema.window else None,
        )
        constant = sum(
            database.tables[table.name][column.name].drop_nulls().n_unique() < 2
            for table in database.schema.tables
            for column in table.contents
            if table.rows > 1
        )
        assert facts.constant == constant


def test_what_was_noted_while_a_database_was_written_gives_the_same_facts(tmp_path: Path) -> None:
    rows = {"min": 2, "max": 9}
    config = tiny_config(
        schema={"tables": 4, "rows": {"entity": rows, "activity": rows}},
        features={"model": "scm"},
        output={"part_rows": 4},
    )
    found = []
    for seed in range(4):
        folder = tmp_path / str(seed)
        schema, ledger = written_to(folder, config, seed)
        facts = facts_of(folder, schema, ledger)
        assert facts == facts_of(folder, schema)
        found.append(facts.constant)
    assert max(found) > 0


def test_a_database_is_no_corpus(undisturbed: Path, tmp_path: Path) -> None:
    with pytest.raises(FolderError, match="is a database, where a corpus is meant"):
        select(undisturbed / member_name("db", 0), "seed = 1")
    with pytest.raises(FolderError, match="no such folder"):
        select(tmp_path / "none", "seed = 1")
    with pytest.raises(FolderError, match=r"holds no corpus\.json"):
        select(tmp_path, "seed = 1")


def test_expressions_choose_by_facts(undisturbed: Path) -> None:
    index = read_index(undisturbed / INDEX_FILE)
    assert index is not None
    by_seed = {entry.seed: entry for entry in index.databases}
    assert seeds(undisturbed, "seed >= 3 and not seed = 5") == [3, 4, 6, 7]
    middle = sorted(entry.rows for entry in by_seed.values())[N // 2]
    few = seeds(undisturbed, f"rows < {middle}")
    assert few == [seed for seed, entry in by_seed.items() if entry.rows < middle]
    assert 0 < len(few) < N
    layouts = {seed: entry.facts.layout for seed, entry in by_seed.items() if entry.facts}
    chosen = seeds(undisturbed, f"layout = '{layouts[0]}'")
    assert chosen == [seed for seed, layout in layouts.items() if layout == layouts[0]]
    assert seeds(undisturbed, "layout = 'no such'") == []
    assert len(seeds(undisturbed, "1 < 2")) == N


def test_everything_can_be_spoken_of(undisturbed: Path) -> None:
    for name in names():
        if name not in ("layout", "theme", "config"):
            assert len(seeds(undisturbed, f"{name} >= 0 or not ({name} >= 0)")) in (0, N), name


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("tables <", "expected"),
        ("nothing > 1", "may speak of"),
        ("sum(order.total) > 1", "may speak of"),
        ("rows = 'many'", "compared with a text"),
    ],
)
def test_bad_expressions_are_refused(undisturbed: Path, expression: str, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        select(undisturbed, expression)


def test_a_folder_without_index_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FolderError, match="holds no corpus"):
        select(tmp_path, "rows > 1")


def test_an_index_of_an_earlier_release_has_no_facts(undisturbed: Path, tmp_path: Path) -> None:
    folder = tmp_path / "corpus"
    shutil.copytree(undisturbed, folder)
    index = read_index(folder / INDEX_FILE)
    assert index is not None
    bare = index.but(databases=tuple(entry.but(facts=None) for entry in index.databases))
    (folder / INDEX_FILE).write_text(bare.to_json())
    assert '"facts"' not in (folder / INDEX_FILE).read_text()
    assert seeds(folder, "tables >= 1") == list(range(N))


def test_they_are_copied_whole(undisturbed: Path, tmp_path: Path) -> None:
    chosen = select(undisturbed, "seed < 2")
    chosen.copy_to(tmp_path / "few")
    assert sorted(path.name for path in (tmp_path / "few").iterdir()) == ["db-000000", "db-000001"]
    for name in ("db-000000", "db-000001"):
        assert load(tmp_path / "few" / name).schema == read_schema(undisturbed / name)
    with pytest.raises(FolderError, match="is there already"):
        chosen.copy_to(tmp_path / "few")


def test_they_are_removed_and_the_index_says_so(undisturbed: Path, tmp_path: Path) -> None:
    folder = tmp_path / "corpus"
    shutil.copytree(undisturbed, folder)
    result = at_once("corpus", "--select", "seed = 1", "--out", folder, "--remove")
    assert (result.code, result.err) == (0, "")
    assert result.out.startswith("db-000001: ")
    assert not (folder / "db-000001").exists()
    assert list(validate_corpus(folder)) == []
    assert 1 not in seeds(folder, "seed >= 0")
    index = read_index(folder / INDEX_FILE)
    assert index is not None
    assert [entry.status for entry in index.databases].count("removed") == 1


def test_options_that_do_not_go_together_are_refused(undisturbed: Path) -> None:
    assert at_once("corpus", "--out", undisturbed, "--remove").is_refusal("--remove", "--select")
    both = ("--copy-to", "x", "--remove")
    assert at_once("corpus", "--select", "rows > 1", "--out", undisturbed, *both).is_refusal()
    assert at_once("corpus", "--select", "rows > 1", "--seeds", "0:1").is_refusal("--seeds")
