"""Formulas against Python's own parser and decimals, and what is no formula."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from plurel_cli.features.shown.aggregates import aggregated
from plurel_cli.formulas.evaluate import evaluated, label_problem
from plurel_cli.formulas.functions import rounded
from plurel_cli.formulas.parse import DEEPEST, LONGEST, FormulaError, parsed
from plurel_cli.formulas.tree import AggregateLeaf, ColumnLeaf, Leaf, leaves

Doubles = NDArray[np.float64]

NAMES = ("a", "b", "c")


def value(text: str, **columns: float) -> float:
    """What a formula gives for one row."""

    def numbers(leaf: Leaf) -> Doubles:
        return np.array([columns[str(leaf)]])

    def code(column: ColumnLeaf, label: str) -> float:
        return {"free": 0.0, "pro": 1.0}.get(label, math.nan)

    return float(np.ravel(evaluated(parsed(text), numbers, code))[0])


atoms = st.one_of(st.sampled_from(NAMES), st.integers(0, 99).map(str), st.just("2.5"))


def _grown(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.tuples(inner, st.sampled_from("+-*"), inner).map(" ".join),
        inner.map("({})".format),
        inner.map("-{}".format),
        st.tuples(inner, inner).map(lambda two: f"min({two[0]}, {two[1]})"),
        st.tuples(inner, inner).map(lambda two: f"max({two[0]}, {two[1]}, 3)"),
        inner.map("abs({})".format),
    )


@given(
    text=st.recursive(atoms, _grown, max_leaves=12),
    columns=st.tuples(*[st.integers(-20, 20)] * 3),
)
@settings(max_examples=300)
def test_arithmetic_is_that_of_python(text: str, columns: tuple[int, int, int]) -> None:
    """Small whole numbers and halves: both are exact."""
    names = dict(zip(NAMES, columns, strict=True))
    expected = eval(text, {"__builtins__": {}, "min": min, "max": max, "abs": abs}, dict(names))  # noqa: S307 (made above)
    if abs(expected) < 2**50:
        assert value(text, **names) == expected


@given(columns=st.tuples(*[st.integers(-3, 3)] * 3))
@pytest.mark.parametrize(
    ("text", "python"),
    [
        ("a < b and b <= c", lambda a, b, c: a < b and b <= c),
        ("a = b or not b >= c", lambda a, b, c: a == b or not b >= c),
        ("not not (a <> b)", lambda a, b, c: a != b),
        ("not a > b and c == a or a != c", lambda a, b, c: (not a > b and c == a) or a != c),
        ("if(a > 0, b, c)", lambda a, b, c: b if a > 0 else c),
        ("a - b - c", lambda a, b, c: a - b - c),
        ("a - b * c % 5 + 1", lambda a, b, c: a - b * c % 5 + 1),
        ("- a + - - b", lambda a, b, c: -a + b),
        ("floor(a / 2) + ceil(b / 2)", lambda a, b, c: math.floor(a / 2) + math.ceil(b / 2)),
        ("sqrt(a * a + 0)", lambda a, b, c: abs(a)),
        ("TRUE + false", lambda a, b, c: 1),
    ],
)
def test_precedence_and_truths(
    text: str, python: Callable[..., float], columns: tuple[int, int, int]
) -> None:
    assert value(text, **dict(zip(NAMES, columns, strict=True))) == float(python(*columns))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a + 1", math.nan),
        ("a * 0", math.nan),
        ("a = a", math.nan),
        ("a = 1 or true", 1.0),
        ("a = 1 or false", math.nan),
        ("a = 1 and false", 0.0),
        ("a = 1 and true", math.nan),
        ("not a", math.nan),
        ("if(a, 1, 2)", 2.0),
        ("coalesce(a, 5)", 5.0),
        ("coalesce(a, a, b)", 7.0),
        ("is_null(a)", 1.0),
        ("is_null(b)", 0.0),
        ("max(a, b)", math.nan),
        ("b / 0", math.nan),
        ("b % 0", math.nan),
        ("sqrt(-b)", math.nan),
        ("1e300 * 1e300", math.nan),
        ("a = 'free'", math.nan),
        ("a = 'unknown'", math.nan),
        ("b = 'unknown'", 0.0),
        ("b != 'unknown'", 1.0),
        ("p = 'pro'", 1.0),
        ("'free' != p", 1.0),
    ],
)
def test_nulls_and_labels(text: str, expected: float) -> None:
    """`a` is null, b is 7, and p is the label `pro`."""
    result = value(text, a=math.nan, b=7.0, p=1.0)
    assert result == expected or (math.isnan(expected) and math.isnan(result))


@given(st.decimals(-(10**9), 10**9, places=3), st.integers(0, 2))
def test_rounding_takes_halves_away_from_zero(number: Decimal, digits: int) -> None:
    exact = number.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
    assert value(f"round(a, {digits})", a=float(number)) == float(exact)
    assert float(rounded(np.float64(number), 10.0**digits)) == float(exact)


@given(
    quantity=st.integers(1, 1_000),
    price=st.integers(1, 1_000_000),
    discount=st.integers(0, 100),
)
def test_amounts_are_exact_to_the_cent(quantity: int, price: int, discount: int) -> None:
    exact = quantity * Decimal(price) / 100 * (100 - discount) / 100
    given_floats = {"q": float(quantity), "p": price / 100, "d": discount / 100}
    result = value("round(q * p * (1 - d), 2)", **given_floats)
    assert result == float(exact.quantize(Decimal("0.01"), ROUND_HALF_UP))


@given(st.datetimes(datetime(1700, 1, 1), datetime(2250, 1, 1)))
def test_parts_of_times_are_those_of_the_calendar(moment: datetime) -> None:
    seconds = float((moment - datetime(1970, 1, 1)) // timedelta(seconds=1))
    parts = {name: value(f"{name}(t)", t=seconds) for name in ("year", "month", "weekday", "hour")}
    assert parts == {
        "year": moment.year,
        "month": moment.month,
        "weekday": moment.weekday(),
        "hour": moment.hour,
    }
    assert value("days(t)", t=seconds) == seconds / 86_400
    assert value("hours(t)", t=seconds) == seconds / 3_600


def test_leaves() -> None:
    tree = parsed("sum(order_line.amount) + count(order by buyer_id) * customer_id.age - age")
    assert list(leaves(tree)) == [
        AggregateLeaf("sum", "order_line", "amount"),
        AggregateLeaf("count", "order", None, "buyer_id"),
        ColumnLeaf("age", key="customer_id"),
        ColumnLeaf("age"),
    ]
    assert list(leaves(parsed("max(a.b)"))) == [AggregateLeaf("max", "a", "b")]
    assert list(leaves(parsed("max(a.b, 1)"))) == [ColumnLeaf("b", key="a")]


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "a +", "(a", "a)", "a b", "1 2", "f(", "a..b", "a.1", "1 = 2 = 3", "min(a)"),
        *("nosuch(a)", "sum(a)", "if(a, b)", "a ** b", "a & b", "__import__('os')", "a; b"),
        *("count(a.b)", "sum(a.b, 1)", "'text", "abs()", "round(a, 1, 2)", "a.b.c", "[a]", "and"),
        "(" * (DEEPEST + 1) + "a" + ")" * (DEEPEST + 1),
        "a" + " + a" * LONGEST,
    ],
)
def test_what_is_no_formula_is_refused_in_one_sentence(text: str) -> None:
    with pytest.raises(FormulaError) as caught:
        parsed(text)
    assert 0 < len(str(caught.value)) < 400
    assert "\n" not in str(caught.value)


@given(st.text("ab1.(),'+-*/ <>=!#", max_size=30))
@settings(max_examples=500)
def test_any_text_is_a_formula_or_refused(text: str) -> None:
    try:
        tree = parsed(text)
    except FormulaError:
        return
    label_problem(tree)


@pytest.mark.parametrize("text", ["'free'", "a + 'free'", "a < 'free'", "'a' = 'b'", "abs('a')"])
def test_texts_are_only_compared_with_columns(text: str) -> None:
    assert label_problem(parsed(text)) is not None


rows = st.lists(
    st.tuples(st.integers(-1, 4), st.one_of(st.none(), st.integers(-(10**6), 10**6))),
    max_size=40,
)


def _twin(function: str, several: list[int]) -> Decimal | None:
    cents = [Decimal(n) / 100 for n in several]
    if function in ("sum", "count", "any"):
        n: Any = {"sum": sum(cents), "count": len(cents), "any": sum(cents) > 0}[function]
        return Decimal(n)
    if not cents:
        return None
    if function == "mean":
        return sum(cents) / len(cents)
    return min(cents) if function == "min" else max(cents)


@given(pairs=rows, cut=st.integers(0, 40))
@pytest.mark.parametrize("function", ["count", "sum", "mean", "min", "max", "any"])
def test_aggregates_are_those_of_decimals(
    function: str, pairs: list[tuple[int, int | None]], cut: int
) -> None:
    """In any two blocks."""

    def block(several: list[tuple[int, int | None]]) -> tuple[NDArray[np.int64], Doubles]:
        values = [math.nan if n is None else n / 100 for _, n in several]
        return np.array([k for k, _ in several], dtype=np.int64), np.array(values)

    result = aggregated(
        function, [block(pairs[:cut]), block(pairs[cut:])], 5, step=Fraction(1, 100)
    )
    for key in range(5):
        exact = _twin(function, [n for k, n in pairs if k == key and n is not None])
        if exact is None:
            assert math.isnan(result[key])
        else:
            tolerance = {"rel": 1e-15} if function == "mean" else {"abs": 0.0, "rel": 0.0}
            assert result[key] == pytest.approx(float(exact), **tolerance)
