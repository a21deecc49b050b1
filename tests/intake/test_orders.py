"""Numbers that must not lie above others are shares of them, or have ranges apart."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from plurel_cli import generate
from plurel_cli.intake.ddl import read_ddl
from plurel_cli.intake.writer import checked

NAMES = ["cost", "price", "orders", "paid_orders", "min_guests", "max_guests", "start_year"]
TYPES = ["numeric(8,2)", "numeric(4,1)", "int", "smallint", "double precision", "numeric(10)"]


def _of(ddl: str) -> tuple[dict[str, Any], bool]:
    """A config, and whether all that is demanded is held."""
    written = checked(read_ddl(ddl, "x.sql", "postgres"))
    return yaml.safe_load(written.text), not any(note.is_lost for note in written.notes)


def test_a_cost_is_a_share_of_the_price() -> None:
    raw, is_held = _of(
        "CREATE TABLE product (id int PRIMARY KEY, cost numeric(8,2) NOT NULL CHECK (cost > 0),"
        " price numeric(8,2) NOT NULL, CHECK (cost < price));"
    )
    assert is_held
    assert "prices" in raw["tables"]["product"]["columns"]["price"]
    frame = generate(raw, 1).tables["product"]
    shares = frame["cost"] / frame["price"]
    assert shares.is_between(0.45, 0.85).all()
    assert shares.round(2).n_unique() > 20
    assert (frame["cost"] > 0).all()


def test_years_lie_some_years_apart() -> None:
    raw, is_held = _of(
        "CREATE TABLE job (id int PRIMARY KEY, first_year int NOT NULL, last_year int NOT NULL,"
        " CHECK (first_year <= last_year));"
    )
    assert is_held
    frame = generate(raw, 1).tables["job"]
    assert (frame["last_year"] - frame["first_year"]).is_between(1, 12).all()
    assert frame["last_year"].is_between(1980, 2026).all()


@st.composite
def _tables(draw: st.DrawFn) -> tuple[str, list[str], bool]:
    names = draw(st.lists(st.sampled_from(NAMES), min_size=2, max_size=4, unique=True))
    is_strict, type_ = draw(st.booleans()), draw(st.sampled_from(TYPES))
    lines = ["id int PRIMARY KEY"]
    for name in names:
        words = [name, draw(st.sampled_from([type_, type_, draw(st.sampled_from(TYPES))]))]
        words += draw(st.sampled_from([[], ["NOT NULL"]]))
        words += draw(
            st.sampled_from(
                [[], *([f"CHECK ({name} {c})"] for c in (">= 0", "> 0", ">= 3", "< 900"))]
            )
        )
        lines.append(" ".join(words))
    sign = "<" if is_strict else "<="
    pairs = pairwise(names)
    lines += [f"CHECK ({one} {sign} {other})" for one, other in pairs]
    return f"CREATE TABLE t ({', '.join(lines)});", names, is_strict


@settings(max_examples=40, deadline=None)
@given(_tables(), st.integers(0, 9))
def test_what_is_demanded_holds(table: tuple[str, list[str], bool], seed: int) -> None:
    ddl, names, is_strict = table
    raw, is_held = _of(ddl)
    if not is_held:
        return
    raw["tables"]["t"]["rows"] = 300
    frame = generate(raw, seed).tables["t"]
    for low, high in pairwise(names):
        holds = frame[low] < frame[high] if is_strict else frame[low] <= frame[high]
        assert holds.drop_nulls().all(), ddl
    for name in names:
        for sign, bound in ((">= 0", 0), ("> 0", 1e-9), (">= 3", 3)):
            if f"CHECK ({name} {sign})" in ddl:
                assert (frame[name].drop_nulls() >= bound).all(), ddl
        if f"{name} " in ddl and f"CHECK ({name} < 900)" in ddl:
            assert (frame[name].drop_nulls() < 900).all(), ddl


@pytest.mark.parametrize("kind", ["numeric(4,1)", "smallint"])
def test_a_narrow_type_has_room(kind: str) -> None:
    raw, is_held = _of(
        f"CREATE TABLE t (id int PRIMARY KEY, cost {kind} NOT NULL, price {kind} NOT NULL,"
        " CHECK (cost < price));"
    )
    assert is_held
    frame = generate(raw, 1).tables["t"]
    assert (frame["cost"] < frame["price"]).all()
    assert frame["price"].max() < {"smallint": 32768, "numeric(4,1)": 1000}[kind]  # type: ignore[operator]
