"""Stories of databases: every column is told of, in sentences that read as such."""

from __future__ import annotations

import json
import math
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from plurel_cli import Database, generate, generate_to, load_config, parse_config
from plurel_cli.connectivity.clusters import labels_of
from plurel_cli.errors import ConfigError
from plurel_cli.report.explain import Chapter, explained, only, render
from plurel_cli.schema.block_model import BlockModel
from plurel_cli.schema.foreign_key import KeySite
from plurel_cli.schema.forms.many import ManyKey
from plurel_cli.schema.model import Schema
from plurel_cli.schema.sample import sample_schema
from plurel_cli.schema.table import Table
from plurel_cli.storage.document import read_schema
from plurel_cli.storage.place import place_of
from tests.cli.conftest import Run
from tests.lenses.shop import shop
from tests.plans import graphs_drawn

ODD = re.compile(r"None|nan\b|  | ,|\.\.|,\.|\(\)|\band and\b|<|Field|object at|\bof \.|: \.")
"""What no sentence has."""

DISAGREEING = re.compile(r" 1 rows\b|rows of `[^`]*` has\b|% of rows has\b")


def _sentences(chapters: tuple[Chapter, ...]) -> list[str]:
    columns = [told for chapter in chapters for told in chapter.columns.values()]
    return [sentence for part in (*(c.sentences for c in chapters), *columns) for sentence in part]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("explain") / "db"
    generate_to(folder, shop(60, 200, 400), 1)
    return folder


def _story(folder: Path) -> tuple[Chapter, ...]:
    return explained(read_schema(place_of(folder)))


def test_every_column_is_told_of(folder: Path) -> None:
    schema, chapters = read_schema(place_of(folder)), _story(folder)
    told = {chapter.table: chapter for chapter in chapters if chapter.table is not None}
    assert told.keys() == schema.by_name.keys()
    for table in schema.tables:
        names = [column.name for column in table.columns if column.name != table.primary_key]
        assert list(told[table.name].columns) == names + [hidden.name for hidden in table.hidden]
        assert all(told[table.name].columns.values())


def test_sentences_say_what_the_schema_says(folder: Path) -> None:
    line = {c.table: c for c in _story(folder)}["line"].columns
    assert line["price"] == (
        "Amounts of money, to the cent, lognormal with median 40 and sigma 0.8.",
        "Of its variance, 50% comes from `weight` of the row that `order_id` refers to, 30% from "
        "chance and 20% from `quantity` (the more, the less).",
    )
    assert line["amount"] == ("Exactly `quantity * price`, rounded to 2 decimals.",)
    assert (
        line["order_id"][0] == "Refers to `order`, each of whose rows has 2 rows here on average."
    )


@pytest.mark.parametrize("name", ["default", "realistic", "hard", "broad", "snowflake"])
def test_sentences_read_as_such(name: str) -> None:
    """Whatever is drawn; the schema alone says what keys, columns and times are to be."""
    for seed in range(3):
        chapters = explained(graphs_drawn(load_config(name), seed))
        for sentence in _sentences(chapters):
            assert not ODD.search(sentence), sentence
            assert sentence.endswith(".")
            assert sentence[0].isupper() or sentence[0] in "`0123456789", sentence


def test_sentences_do_not_gainsay_each_other() -> None:
    """Of clusters, orders and numbers; nulls that a column tells are told by what that holds."""
    seen = set()
    for name, seed in [
        (name, seed) for name in ("realistic", "hard", "broad") for seed in range(4)
    ]:
        schema = graphs_drawn(load_config(name), seed)
        for chapter in explained(schema):
            if chapter.table is None:
                seen |= {"places"} if re.search(r"are of [A-Z][a-z]{3}", str(chapter)) else set()
                continue
            table = schema.by_name[chapter.table]
            if table.sorted_by is not None:
                seen.add("sorted")
                assert "tells nothing" not in " ".join(chapter.sentences)
            for column in table.columns:
                text = " ".join(chapter.columns.get(column.name, ()))
                assert not DISAGREEING.search(text), text
                for clause in re.findall(r"Of its variance, (.*?)\. ", f"{text} "):
                    *inner, _ = re.split(r"[,;](?: and)? (?=[\d.]+% from)| and (?=\d)", clause)
                    if any(", whose" in part for part in inner):
                        seen.add("clauses")
                        assert "; and " in clause, clause
                if isinstance(column, ManyKey):
                    seen |= _checked_clusters(schema, table.rows, column, text)
                if "first of all those where" in text:
                    seen.add("labels")
                    assert re.search(r"of all those where `[^`]+` is (yes|no|among)", text), text
    assert seen == {"sorted", "places", "clauses", "empty", "no clusters", "labels"}


def _checked_clusters(schema: Schema, rows: int, key: ManyKey, text: str) -> set[str]:
    if key.habits is not None and key.habits.returning == 1:
        assert "cluster" not in text, text
        return {"no clusters"}
    model = key.block_model
    if model is None or "Rows fall into" not in text:
        return set()
    sides = (
        (model.parent_radices, schema.by_name[key.references].rows),
        (model.child_radices, rows),
    )
    are_empty = any(math.prod(radices) > n for radices, n in sides)
    assert are_empty == ("Some clusters of" in text), text
    return {"empty"} if are_empty else set()


def test_clusters_refer_as_is_told() -> None:
    """Those that match, which are one or some, hold the share of the parents that is said."""
    told = set()
    for seed in range(8):
        database = generate(load_config("small"), seed)
        schema = database.schema
        for name, child, column in schema.edges:
            parent, table = schema.by_name[name], schema.by_name[child]
            key = table.by_column[column]
            assert isinstance(key, ManyKey)
            assert key.block_model is not None
            text = " ".join(key.sentences(_site(schema, table, key)))
            near, share, random = _near(key.block_model, table, parent, database, key)
            if "mostly refer" in text:
                told.add("several" if "that match" in text else "one")
                assert share > 0.5, text
                assert share > 2 * random or random > 0.4, text
            elif "cluster" not in text:
                told.add("alike")
                assert near.all() or len(near) == 1, text
    assert told >= {"several", "alike"}


def _site(schema: Schema, table: Table, key: ManyKey) -> KeySite:
    return KeySite(table.name, table.rows, schema.by_name[key.references].rows, is_timed=True)


def _near(
    model: BlockModel, table: Table, parent: Table, database: Database, key: ManyKey
) -> tuple[NDArray[np.bool_], float, float]:
    """Which pairs of rows match on every level; the share of keys that do, and of all pairs."""
    rows = _levels(table.rows, model.child_radices)
    parents = _levels(parent.rows, model.parent_radices)
    near = np.ones((parent.rows, table.rows), dtype=bool)
    for level, record in enumerate(model.levels):
        p = np.array(record.p)
        near &= (p >= 0.5 * (p.min() + p.max()))[np.ix_(parents[level], rows[level])]
    keys = database.tables[table.name][key.name].to_numpy()
    return near, float(near[keys, np.arange(table.rows)].mean()), float(near.mean())


def _levels(n_rows: int, radices: tuple[int, ...]) -> NDArray[np.int64]:
    """The cluster of each row on each level."""
    labels = labels_of(np.arange(n_rows), n_rows, radices)
    return np.array(np.unravel_index(labels, radices))


def test_what_others_determine_has_no_distribution_of_its_own() -> None:
    seen = set()
    for seed in range(6):
        schema = graphs_drawn(load_config("realistic"), seed)
        chapters = {chapter.table: chapter for chapter in explained(schema)}
        for table in schema.tables:
            for node in table.causal.nodes if table.causal is not None else ():
                if node.column and not node.is_variable:
                    text = " ".join(chapters[table.name].columns[node.column])
                    assert "It is exactly " in text
                    assert not re.search(r"weight|lognormal|uniform|Weibull", text), text
                    empty = [
                        name
                        for variable in node.reads(table.name)
                        for other in [schema.by_name[variable.table].causal.nodes[variable.node]]
                        for name in [other.column]
                        if other.null is not None
                    ]
                    seen.add(bool(empty))
                    assert all(f"`{name}`" in text.split("null where ")[-1] for name in empty)
                    assert bool(empty) == ("It is null where " in text), text
    assert seen == {True, False}


@pytest.mark.parametrize(
    ("lens", "told"),
    [
        ({"integer": {"numbers": {1: 2, 5: 1}}, "min": 0}, "one of the numbers 1 and 5."),
        ({"uniform": {"low": 0, "high": 359}, "min": 0, "max": 359}, "low 0 and high 359."),
        ({"normal": {"mean": 3, "sd": 2}, "min": 0, "max": 999.99}, "sd 2, at least 0."),
        ({"normal": {"mean": 3, "sd": 500}, "max": 999.99}, "sd 500, at most 999.99."),
        ({"lognormal": {"median": 3, "sigma": 1}, "min": 0.5}, "sigma 1, at least 0.5."),
    ],
)
def test_bounds_are_told_where_they_cut(lens: dict[str, Any], told: str) -> None:
    """And with all their digits."""
    lens = lens.pop("integer", {}) | lens
    tables = {"a": {"rows": 9, "columns": {"b": {"lens": "number", **lens}}}}
    config = parse_config({"schema": {"layout": "explicit"}, "tables": tables})
    story = explained(graphs_drawn(config, 1))
    assert story[-1].columns["b"][0].endswith(told)


def test_lines_are_no_wider_than_the_terminal(folder: Path) -> None:
    for width in (40, 60, 100, 200):
        for line in render(_story(folder), width).splitlines():
            assert len(line) <= width or " " not in line.strip(), line
    words = [render(_story(folder), width).split() for width in (40, 200)]
    assert [w for w in words[0] if "─" not in w] == [w for w in words[1] if "─" not in w]


def test_one_table_or_column(run: Run, folder: Path) -> None:
    out = run("explain", folder, "line.price").out
    assert out.startswith("line\n────\n\n  `price`: Amounts of money")
    assert "`quantity`:" not in out
    whole = json.loads(run("explain", folder, "--json").out)
    assert [chapter["title"] for chapter in whole] == ["database", "time", *_tables(folder)]
    assert json.loads(run("explain", folder, "line", "--json").out) == [whole[-1]]
    for place, rule in (("lines", "TABLE: must be one of"), ("line.x", "must be of line: ")):
        code, out, err = run("explain", folder, place)
        assert (code, out) == (2, "")
        assert rule in err


def _tables(folder: Path) -> list[str]:
    return list(read_schema(place_of(folder)).by_name)


def test_every_stage_has_a_story() -> None:
    config = parse_config({"schema": {"layout": "explicit"}, "tables": {"a": {"rows": 5}}})
    (database, table) = explained(sample_schema(config, 1))
    assert database.sentences[-1] == "So far only the schema is made, and there are no rows."
    assert table.sentences[0] == "An activity table of 5 rows; no other table refers to it."
    assert only((database, table), None) == (database, table)


def _free_texts(evil: str) -> dict[str, Any]:
    columns = {
        "kind": {"lens": "category", "values": {evil: 1, "plain": 2}},
        "size": {"lens": "number", "unit": evil},
        "note": {"lens": "text", "templates": [evil]},
    }
    return {
        "schema": {"layout": "explicit", "columns": 0},
        "tables": {"a": {"rows": 9, "columns": columns}},
    }


@pytest.mark.parametrize(
    "evil", ["\x1b[31mred", "two\nlines", "\u202eright to left", "\u2028", "\x07"]
)
def test_no_config_has_texts_that_act_on_a_terminal(evil: str) -> None:
    """Labels, units and templates are free texts; a schema that held these could not be read."""
    with pytest.raises(ConfigError, match="must hold no control characters") as refused:
        parse_config(_free_texts(evil))
    places = {problem.place for problem in refused.value.problems}
    assert len(places) == 3


def test_what_anybody_wrote_stays_as_it_is() -> None:
    text = render(explained(graphs_drawn(parse_config(_free_texts("[bold]<b>`:tea:`\"'")), 1)))
    assert text.count("[bold]<b>`:tea:`\"'") == 2
    assert all(line.isprintable() for line in text.splitlines())
