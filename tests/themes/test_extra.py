"""Columns that make up a table's number: names that fit, and what they hold."""

from __future__ import annotations

import re
from functools import cache

import pytest

from plurel_cli import generate, load_config, parse_config
from plurel_cli.numerics.stream import Stream
from plurel_cli.schema.model import Schema
from plurel_cli.schema.sample import sample_schema
from plurel_cli.themes.circumstances import Circumstances
from plurel_cli.themes.mix import Mix
from plurel_cli.themes.model import ROLES
from plurel_cli.themes.names import theme_names
from plurel_cli.themes.plain import TableSite, plain_column, plain_lens
from plurel_cli.themes.statements import drawn_statement
from plurel_cli.words.customs import CUSTOMS, customs
from plurel_cli.words.places import places


@cache
def schemas() -> list[Schema]:
    return [sample_schema(load_config("realistic"), seed) for seed in range(600, 624)]


def test_no_column_is_named_by_a_number() -> None:
    names = [c.name for schema in schemas() for table in schema.tables for c in table.columns]
    assert len(names) > 1_500
    assert [name for name in names if re.search(r"_\d+$|extra_", name.lower())] == []


@pytest.mark.parametrize("role", [*ROLES])
@pytest.mark.parametrize("is_timed", [False, True])
def test_every_role_has_enough_of_them(role: str, is_timed: bool) -> None:
    draws, mix = Stream(3).draws(), Mix.drawn(Stream(4))
    site = TableSite(role, 1_000, is_timed=is_timed)
    taken: dict[str, None] = {}
    for _ in range(25):
        name, statement = plain_column(plain_lens(mix, draws), mix, site, taken, draws)
        assert name not in taken
        assert not name.startswith("extra_"), [*taken]
        assert is_timed or "after" not in statement
        taken[name] = None
    for _ in range(300):  # more than there are words for
        name, _ = plain_column(plain_lens(mix, draws), mix, site, taken, draws)
        assert name not in taken
        taken[name] = None


def test_those_who_enter_rows_are_few_and_not_the_row_itself() -> None:
    staff = Circumstances(Stream(5), ("DE",)).staff
    assert 60 < len({*staff}) == len(staff)
    stated = {"lens": "category", "staff": True}
    several = drawn_statement(stated, 5_000, Stream(6).draws(), Circumstances(Stream(5), ("DE",)))
    assert {*several["values"]} <= {*staff}


def test_what_countries_pay_and_speak_is_known_of_each() -> None:
    for country in places().countries:
        for custom in CUSTOMS:
            assert customs(custom, [country.code]), (country.code, custom)
    assert customs("currency", ["europe"]) == {}
    stated = {"lens": "category", "home": "currency", "values": {"EUR": 1.0, "USD": 2.0}}
    at_home = drawn_statement(stated, 50, Stream(1).draws(), Circumstances(Stream(5), ("JP",)))
    assert max(at_home["values"], key=at_home["values"].__getitem__) == "JPY"
    anywhere = drawn_statement(stated, 50, Stream(1).draws(), Circumstances(Stream(5), ("europe",)))
    assert anywhere["values"] == stated["values"]


def test_a_database_of_one_country_has_its_currency() -> None:
    rows = {"entity": {"min": 100, "max": 200}, "activity": {"min": 200, "max": 300}}
    seen = 0
    for seed, name in enumerate(theme_names() * 2):
        config = parse_config(
            {"extends": "realistic", "schema": {"tables": 9, "themes": name, "rows": rows}}
        )
        schema = sample_schema(config, seed)
        columns = [
            (table.name, column.name)
            for table in schema.tables
            for column in table.columns
            if column.name.lower() == "currency"
        ]
        usual = customs("currency", schema.places)
        if columns and usual:
            database = generate(config, seed)
            for table, column in columns:
                assert {*database.tables[table][column].drop_nulls().to_list()} <= {*usual}
            seen += 1
            if seen == 3:
                break
    assert seen == 3


def test_lines_are_counted_within_what_they_belong_to() -> None:
    counted = 0
    for seed in range(500, 525):
        schema = sample_schema(load_config("realistic"), seed)
        for table in schema.tables:
            columns = [getattr(column, "lens", None) for column in table.columns]
            if any(lens is not None and lens.kind == "sequence" for lens in columns):
                assert table.foreign_keys, table.name
                counted += 1
    assert counted > 1
