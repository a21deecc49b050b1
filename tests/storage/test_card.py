"""Cards of databases and of corpora: what they say, and that they stay with what they are of."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml

from plurel_cli import (
    Config,
    add_tasks,
    generate_corpus,
    generate_portion,
    generate_to,
    merge_corpus,
    merge_portions,
    parse_config,
    validate,
)
from plurel_cli.cards.card import plain
from plurel_cli.corpus.check import validate_corpus
from plurel_cli.corpus.select import select
from plurel_cli.errors import PlurelError
from plurel_cli.pipeline import run_stage, schema_to
from plurel_cli.schema.stages import STAGES
from plurel_cli.storage.document import read_schema
from plurel_cli.tasks.add import add_to_corpus

CARD = ("README.md", "schema.svg")

CONFIG: dict[str, Any] = {
    "schema": {"layout": "explicit"},
    "features": {"model": "scm"},
    "tables": {
        "person": {"rows": 60, "timed": True, "columns": {"age": {"lens": "integer"}}},
        "visit": {
            "rows": 300,
            "parents": ["person"],
            "columns": {"price": {"lens": "money", "nulls": 0.1}},
        },
    },
}


LEARNT: dict[str, Any] = {
    "schema": {"tables": 3, "rows": {"entity": 60, "activity": 300, "event": 100}},
    "output": {"card": True},
}


def config_with(**output: Any) -> Config:
    return Config.model_validate({**CONFIG, "output": {"card": True, **output}})


def head_of(folder: Path) -> dict[str, Any]:
    _, head, _ = (folder / "README.md").read_text("utf-8").split("---\n", 2)
    data: dict[str, Any] = yaml.safe_load(head)
    return data


def cards_of(folder: Path) -> list[bytes]:
    return [(folder / name).read_bytes() for name in CARD]


@pytest.mark.parametrize("output", [{}, {"layout": "relbench"}])
def test_a_card_names_files_that_hold_the_rows(tmp_path: Path, output: dict[str, Any]) -> None:
    generate_to(tmp_path / "db", config_with(**output), seed=3)
    schema = read_schema(tmp_path / "db")
    for one in head_of(tmp_path / "db")["configs"]:
        frame = pl.read_parquet(tmp_path / "db" / one["data_files"])
        assert frame.height == schema.by_name[one["config_name"]].rows
    text = (tmp_path / "db" / "README.md").read_text("utf-8")
    columns = [column.name for table in schema.tables for column in table.columns]
    assert all(f"| `{name}` |" in text for name in columns)
    drawing = ET.parse(tmp_path / "db" / "schema.svg").getroot()  # noqa: S314 (our own)
    assert {"person", "visit"} <= {"".join(node.itertext()) for node in drawing.iter()}


def test_a_card_is_the_same_wherever_and_however_a_database_is_made(tmp_path: Path) -> None:
    config = config_with()
    for name in ("one", "other"):
        generate_to(tmp_path / name, config, seed=3)
    schema_to(tmp_path / "staged", config, seed=3)
    for stage in STAGES[1:]:
        assert not any((tmp_path / "staged" / name).exists() for name in CARD)
        run_stage(stage, tmp_path / "staged")
    for number in range(2):
        generate_portion(tmp_path / "portions", config, 3, portion=(number, 2))
    merge_portions(tmp_path / "portions")
    for name in ("other", "staged", "portions"):
        assert cards_of(tmp_path / name) == cards_of(tmp_path / "one")
        assert validate(tmp_path / name) == []


def test_without_the_setting_there_is_no_card(tmp_path: Path) -> None:
    generate_to(tmp_path / "db", config_with(), seed=3)
    generate_to(tmp_path / "db", Config.model_validate(CONFIG), seed=3, force=True)
    assert not any((tmp_path / "db" / name).exists() for name in CARD)


@pytest.mark.parametrize("name", CARD)
def test_a_card_that_has_changed_or_is_gone_is_a_fault(tmp_path: Path, name: str) -> None:
    generate_to(tmp_path / "db", config_with(), seed=3)
    file = tmp_path / "db" / name
    file.write_bytes(file.read_bytes() + b"\n")
    (fault,) = validate(tmp_path / "db")
    assert fault.place == name
    file.unlink()
    (fault,) = validate(tmp_path / "db")
    assert (fault.place, fault.rule) == (name, "is missing")


def test_added_tasks_are_on_the_card(tmp_path: Path) -> None:
    generate_to(tmp_path / "db", LEARNT, seed=3)
    tasks = add_tasks(tmp_path / "db", kinds=["completion"])
    text = (tmp_path / "db" / "README.md").read_text("utf-8")
    assert tasks
    assert all(f"| `{task.name}` | {plain(task.description)} |" in text for task in tasks)
    assert validate(tmp_path / "db") == []


# Of corpora.


def stats_of(folder: Path, what: str) -> pl.DataFrame:
    return pl.read_parquet(folder / "STATS" / f"{what}.parquet")


def test_a_corpus_has_a_row_for_each_database_and_task(tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    generate_corpus(corpus, LEARNT, range(3), jobs=1)
    assert not (corpus / "STATS" / "tasks.parquet").exists()
    list(add_to_corpus(corpus, kinds=["completion"]))
    databases, tasks = stats_of(corpus, "databases"), stats_of(corpus, "tasks")
    schemas = {name: read_schema(corpus / name) for name in databases["database"]}
    assert databases["seed"].to_list() == [0, 1, 2]
    assert databases["rows"].to_list() == [
        sum(table.rows for table in schema.tables) for schema in schemas.values()
    ]
    assert tasks.select("database", "task", "train").rows() == [
        (name, task.name, task.rows[0])
        for name, schema in schemas.items()
        for task in schema.tasks or ()
    ]
    for one in head_of(corpus)["configs"]:
        assert pl.read_parquet(corpus / one["data_files"]).height > 0
    assert list(validate_corpus(corpus)) == []


def test_a_corpus_has_the_same_card_whole_and_from_shards(tmp_path: Path) -> None:
    config = config_with()
    generate_corpus(tmp_path / "whole", config, range(4), jobs=1)
    for number in range(2):
        assert not (tmp_path / "shards" / "README.md").exists()
        generate_corpus(tmp_path / "shards", config, range(4), jobs=1, shard=(number, 2))
    merge_corpus(tmp_path / "shards")
    for name in ("README.md", "STATS/databases.parquet"):
        assert (tmp_path / "shards" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()
    select(tmp_path / "whole", "seed = 1").remove()
    assert stats_of(tmp_path / "whole", "databases")["seed"].to_list() == [0, 2, 3]
    generate_corpus(tmp_path / "whole", config, range(5), jobs=1, resume=True)
    assert stats_of(tmp_path / "whole", "databases")["seed"].to_list() == [0, 1, 2, 3, 4]


def test_a_text_of_somebody_else_stays(tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (corpus / "README.md").write_text("mine")
    generate_corpus(corpus, config_with(), range(2), jobs=1)
    assert (corpus / "README.md").read_text() == "mine"
    assert stats_of(corpus, "databases").height == 2
    generate_corpus(corpus, CONFIG, range(2), jobs=1, force=True)
    assert (corpus / "README.md").read_text() == "mine"
    assert not list((corpus / "STATS").glob("*"))


def test_words_of_a_cell_are_no_markup() -> None:
    assert plain("<script>|`x`\n&") == "&lt;script>\\|\\`x\\` &amp;"


def test_settings_say_what_a_card_may_be() -> None:
    with pytest.raises(PlurelError, match=r"output\.card"):
        parse_config({"output": {"card": "perhaps"}})
