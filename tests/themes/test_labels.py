"""Labels of themes in the style of a database."""

from __future__ import annotations

from typing import Any

import pytest

from plurel_cli import generate, load_config, parse_config
from plurel_cli.numerics.stream import Stream
from plurel_cli.schema.sample import sample_schema
from plurel_cli.themes.labels import LABEL_STYLES, written_labels
from plurel_cli.themes.mix import Mix


def category(*labels: str, **more: Any) -> dict[str, Any]:
    return {"lens": "category", "values": dict.fromkeys(labels, 1.0), **more}


def test_styles() -> None:
    written = {style: write("wrong_size") for style, write in LABEL_STYLES.items()}
    assert written == {
        "snake": "wrong_size",
        "spaced": "wrong size",
        "sentence": "Wrong size",
        "upper": "WRONG_SIZE",
    }
    drawn = [Mix.drawn(Stream(seed)).label_style for seed in range(300)]
    assert {*drawn} == {*LABEL_STYLES}


def test_what_nothing_names_is_written_in_the_style() -> None:
    statements = {
        "return": {
            "reason": category("wrong_size", "late"),
            "status": category("open", "sent_back"),
            "note": {"lens": "text", "templates": ["{status: open = Soon. | * = Done.}"]},
            "kind": category("web", "store"),
            "place": {"lens": "category", "under": "kind", "values": {"web": {"app": 1}}},
            "code": category("A1", "B2"),
            "days": {"lens": "integer", "numbers": {1: 2, 2: 1}},
        },
        "order": {
            "channel": category("web_shop", "phone"),
            "stage": category("new_one", "old_one"),
            "amount": {"lens": "formula", "of": "if(stage = 'new_one', 1, 2)"},
        },
    }
    written = written_labels(statements, "sentence")
    assert [*written["return"]["reason"]["values"]] == ["Wrong size", "Late"]
    assert [*written["order"]["channel"]["values"]] == ["Web shop", "Phone"]
    for table, name in (
        *(("return", name) for name in ("status", "note", "kind", "place", "code", "days")),
        *(("order", name) for name in ("stage", "amount")),
    ):
        assert written[table][name] == statements[table][name]
    assert written_labels(statements, "snake") == statements


@pytest.mark.parametrize("seed", range(4))
def test_no_label_of_a_database_is_lost(seed: int) -> None:
    """All that names a label finds it: the databases are sound, whatever their style."""
    rows = {"entity": {"min": 30, "max": 60}, "activity": {"min": 100, "max": 200}}
    rows["event"] = rows["activity"]
    config = parse_config({"extends": "realistic", "schema": {"tables": 8, "rows": rows}})
    database = generate(config, seed)
    for table in database.schema.tables:
        for column in table.contents:
            labels = getattr(column.lens, "labels", None)
            if column.lens is not None and column.lens.kind == "category" and labels:
                there = set(database.tables[table.name][column.name].drop_nulls().to_list())
                assert there <= {*labels}


def test_half_of_the_databases_or_more_have_labels_with_spaces() -> None:
    config, n = load_config("realistic"), 0
    for seed in range(12):
        schema = sample_schema(config, seed)
        labels = [
            str(label)
            for table in schema.tables
            for column in table.features
            for label in getattr(column.lens, "labels", None) or ()
        ]
        n += any(" " in label for label in labels)
    assert n >= 6
