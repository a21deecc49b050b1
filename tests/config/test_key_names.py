"""A foreign key is stated by the name that it has, and by no name that none has."""

from __future__ import annotations

from typing import Any

import pytest

from plurel_cli import generate, parse_config
from plurel_cli.errors import ConfigError
from plurel_cli.schema.foreign_key import ForeignKey

NULLS = {"connectivity": {"p_nullable": 1.0, "null_rate": 0.5}}


def keys_of(raw: dict[str, Any], seed: int = 1) -> list[ForeignKey]:
    schema = generate(parse_config(raw), seed).schema
    return [key for table in schema.tables for key in table.foreign_keys]


def shop(parents: list[Any], keys: dict[str, Any]) -> dict[str, Any]:
    return {
        "schema": {"layout": "explicit", "columns": 0},
        "features": {"model": "scm"},
        "tables": {
            "customer": {"rows": 20, "columns": {"name": {"lens": "person_name"}}},
            "order": {"rows": 40, "parents": parents, "keys": keys},
        },
    }


BUYER = {"table": "customer", "column": "buyer"}


@pytest.mark.parametrize(
    ("parents", "keys", "names"),
    [
        (["customer"], {"customer_id": NULLS}, {"customer_id": True}),
        (["customer"], {"*_id": NULLS}, {"customer_id": True}),
        (["customer"], {"customer_id": {"name": "buyer", **NULLS}}, {"buyer": True}),
        ([BUYER], {"buyer": NULLS}, {"buyer": True}),
        ([BUYER], {"customer_id": NULLS}, {"buyer": True}),
        ([BUYER, "customer"], {"buyer": NULLS}, {"buyer": True, "customer_id_2": False}),
        (
            ["customer", "customer"],
            {"customer_id_2": NULLS},
            {"customer_id": False, "customer_id_2": True},
        ),
        (
            ["customer", "order"],
            {"parent_*": NULLS},
            {"customer_id": False, "parent_order_id": True},
        ),
    ],
)
def test_key_is_stated_by_its_name(
    parents: list[Any], keys: dict[str, Any], names: dict[str, bool]
) -> None:
    of_order = keys_of(shop(parents, keys))
    is_nullable = {key.name: key.nullable for key in of_order}
    roots = {key.name for key in of_order if key.to_self}  # a thread's roots refer to nobody
    assert is_nullable == names | dict.fromkeys(roots, True)


@pytest.mark.parametrize(
    ("key", "remedy"),
    [("custmer_id", "did you mean customer_id?"), ("bayer", "did you mean buyer?")],
)
def test_other_names_are_refused(key: str, remedy: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_config(shop(["customer", BUYER], {key: NULLS}))
    assert f"tables.order.keys.{key}: names no foreign key; {remedy}" in str(caught.value)


def test_pattern_fits_names_of_a_theme() -> None:
    rows = {"entity": 30, "activity": 60, "event": 40}
    schema = {"naming": "themed", "themes": "forum", "tables": 6, "columns": 1, "rows": rows}
    raw = {"extends": "realistic", "schema": schema, "connectivity": {"p_nullable": 0}}
    plain = keys_of(raw, 4)
    others = [key.name for key in plain if not key.nullable]
    start = others[0][:3]
    stated = keys_of({**raw, "tables": {"*": {"keys": {f"{start}*": NULLS}}}}, 4)
    assert [key.name for key in stated] == [key.name for key in plain]
    for before, after in zip(plain, stated, strict=True):
        assert after.nullable == (before.nullable or after.name.startswith(start))
    assert {key.name.startswith(start) for key in stated if not key.to_self} == {True, False}
