"""A foreign key is stated by the name that it has, and by no name that none has."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plurel_cli import generate, parse_config
from plurel_cli.config.names import is_table_name, natural_key, natural_keys
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


LONG = st.builds(
    lambda start, n, end: f"{start}{'a' * (n - len(start) - len(end))}{end}",
    st.sampled_from(["a", "A"]),
    st.integers(54, 63),
    st.sampled_from(["", "b", "_id", "_id_2", "B", "parent"]),
)
NAMES = st.one_of(LONG, st.sampled_from(["a", "b", "a_id", "a_id_2", "parent_a"]))


@given(table=NAMES, parents=st.lists(NAMES, max_size=6))
def test_natural_names_are_as_long_as_names_may_be_and_each_is_one_keys(
    table: str, parents: list[str]
) -> None:
    names = [natural_key(table), *natural_keys(table, parents)]
    assert len({name.lower() for name in names}) == len(names)
    assert all(map(is_table_name, names))


def test_tables_of_long_names_refer_to_each_other() -> None:
    first, second = "a" * 63, "a" * 62 + "b"
    tables: dict[str, Any] = {
        first: {"rows": 20},
        second: {"rows": 40, "parents": [first, first, second]},
    }
    raw = {"schema": {"layout": "explicit", "naming": "natural", "columns": 1}, "tables": tables}
    names = [key.name for key in keys_of(raw)]
    assert len(names) == 3
    assert len({*names}) == 3


@pytest.mark.parametrize(
    ("parents", "keys", "key"),
    [
        ([{"table": "customer", "column": "buyer_id"}, "shop"], {"shop_id": {"name": "x"}}, None),
        ([{"table": "customer", "column": "shop_id"}, "shop"], {"shop_id": NULLS}, "shop_id"),
        (["customer", "shop"], {"customer_id": {"name": "shop_id"}, "shop_id": NULLS}, "shop_id"),
        ([{"table": "customer", "column": "shop"}, "shop"], {"shop": NULLS}, "shop"),
        (["shop", "shop"], {"shop": NULLS}, None),
    ],
)
def test_name_of_one_key_is_not_that_of_another(
    parents: list[Any], keys: dict[str, Any], key: str | None
) -> None:
    raw = shop(parents, keys)
    raw["schema"]["naming"] = "natural"
    raw["tables"]["shop"] = {"rows": 20}
    if key is None:
        keys_of(raw)
        return
    with pytest.raises(ConfigError) as caught:
        parse_config(raw)
    place = f"tables.order.keys.{key}: is what several foreign keys"
    assert place in str(caught.value)
    assert "state each by its number, foreign_row_0 or foreign_row_1" in str(caught.value)
