from __future__ import annotations

import json
import math
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plurel_cli.choices.choice import (
    Choice,
    Fixed,
    IntegerRange,
    OneOf,
    RealRange,
    reads_like_range,
)
from plurel_cli.choices.kind import Kind, Refused
from plurel_cli.choices.kinds import Integers, Names, Reals
from plurel_cli.numerics.stream import Stream
from tests.statistics import counts_p, p_limit

COLOURS = Names(("red", "green", "blue"))


def _refusal(kind: Kind[Any], raw: object) -> list[str]:
    with pytest.raises(Refused) as caught:
        kind.parse(raw)
    return [str(problem) for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("kind", "raw", "choice"),
    [
        (Integers(), 3, Fixed(3)),
        (Integers(), {"min": 3, "max": 20}, IntegerRange(3, 20)),
        (Integers(), {"min": 3, "max": 3}, IntegerRange(3, 3)),
        (Integers(), {"min": 3, "max": 9, "p": "uniform"}, IntegerRange(3, 9)),
        (Integers(), {"min": 3, "max": 9, "p": "inverse"}, IntegerRange(3, 9, inverse=True)),
        (Integers(), [3, 20], OneOf((3, 20))),
        (Integers(), (3, 20), OneOf((3, 20))),
        (Integers(), {"choices": [3, 20]}, OneOf((3, 20))),
        (Integers(), {"choices": {3: 2, 20: 1}}, OneOf((3, 20), (2.0, 1.0))),
        (Integers(), {"choices": {"3": 2, "20": 0}}, OneOf((3, 20), (2.0, 0.0))),
        (Integers(even=True), {"min": 2, "max": 6}, OneOf((2, 4, 6))),
        (
            Integers(even=True),
            {"min": 2, "max": 4, "p": "inverse"},
            OneOf((2, 4), (0.5, 0.25)),
        ),
        (Reals(), 3, Fixed(3.0)),
        (Reals(), {"min": 0, "max": 0.5}, RealRange(0.0, 0.5)),
        (Reals(ge=0, lt=1), {"min": 0, "max": 1}, RealRange(0.0, 1.0)),
        (Reals(ge=0, lt=1), RealRange(0.0, 1.0), RealRange(0.0, 1.0)),
        (Reals(), {"choices": {"-1.0": 1, "1": 1}}, OneOf((-1.0, 1.0), (1.0, 1.0))),
        (COLOURS, "red", Fixed("red")),
        (COLOURS, ["red", "blue"], OneOf(("red", "blue"))),
        (COLOURS, {"choices": {"red": 1, "blue": 3}}, OneOf(("red", "blue"), (1.0, 3.0))),
    ],
)
def test_what_may_stand_at_a_place(kind: Kind[Any], raw: object, choice: Choice[Any]) -> None:
    assert kind.parse(raw) == choice
    assert kind.parse(choice) == choice


@pytest.mark.parametrize(
    ("kind", "raw", "problems"),
    [
        (Integers(ge=1), 0, ["must be at least 1, got 0"]),
        (Integers(ge=1), True, ["must be an integer at least 1, got True"]),
        (Integers(ge=1, le=9), "3", ["must be an integer at least 1 and at most 9, got '3'"]),
        (Integers(), 3.0, ["must be an integer, got 3.0"]),
        (Integers(), None, ["must be an integer, got None"]),
        (Integers(), 1 << 63, ["must fit in 64 bits, got 9223372036854775808"]),
        (Integers(even=True), 3, ["must be even, got 3"]),
        (Integers(even=True), {"min": 2, "max": 5}, ["max: must be even, got 5"]),
        (Integers(), {"min": 5, "max": 3}, ["min must not exceed max, but 5 is more than 3"]),
        (Integers(), {"min": 5}, ["max: is missing; write {min: …, max: …}"]),
        (
            Integers(),
            {},
            ["min: is missing; write {min: …, max: …}", "max: is missing; write {min: …, max: …}"],
        ),
        (
            Integers(ge=1),
            {"min": 0, "max": "x", "step": 2},
            [
                "step: is not a key here; allowed are min, max, p",
                "min: must be at least 1, got 0",
                "max: must be an integer at least 1, got 'x'",
            ],
        ),
        (
            Integers(),
            {"min": 1, "max": 2, "p": "normal"},
            ["p: must be uniform or inverse, got 'normal'"],
        ),
        (
            Integers(),
            {"min": 0, "max": 2, "p": "inverse"},
            ["min: must be at least 1 where p is inverse, got 0"],
        ),
        (Integers(), [], ["must name at least one value to choose from, got []"]),
        (Integers(), [3, 3], ["must name each value once, got [3, 3]"]),
        (
            Integers(ge=1),
            [0, 2, -1],
            ["[0]: must be at least 1, got 0", "[2]: must be at least 1, got -1"],
        ),
        (Integers(), [[1, 2]], ["[0]: must be an integer, got [1, 2]"]),
        (Integers(), {"choices": 3}, ["choices: must map values to weights, got 3"]),
        (Integers(), {"choices": {}}, ["choices: must map values to weights, got {}"]),
        (
            Integers(),
            {"choices": [1], "min": 2},
            ["min: is not a key here; allowed are choices"],
        ),
        (
            Integers(),
            {"choices": {1: -1, 2: float("inf"), 3: "x"}},
            [
                "choices.1: must be a weight of at least 0, got -1",
                "choices.2: must be a weight of at least 0, got inf",
                "choices.3: must be a weight of at least 0, got 'x'",
            ],
        ),
        (Integers(), {"choices": {"a": 1}}, ["choices[0]: must be an integer, got 'a'"]),
        (
            Integers(),
            {"choices": {1: 0, 2: 0}},
            ["choices: must have weights with a finite sum above 0"],
        ),
        (
            Integers(),
            {"choices": {1: 1e308, 2: 1e308}},
            ["choices: must have weights with a finite sum above 0"],
        ),
        (Reals(gt=0, lt=1), 1, ["must be above 0 and below 1, got 1"]),
        (Reals(gt=0), {"min": 0, "max": 1}, ["min: must be above 0, got 0"]),
        (Reals(), float("nan"), ["must be a number, got nan"]),
        (Reals(), float("inf"), ["must be a number, got inf"]),
        (Reals(), False, ["must be a number, got False"]),
        (
            Reals(lt=1),
            {"min": 1, "max": 1},
            ["min: must be below 1, got 1", "max: must be below 1, got 1"],
        ),
        (Reals(lt=1), {"min": 0, "max": 1.5}, ["max: must be below 1, got 1.5"]),
        (
            Reals(),
            {"min": 1, "max": 2, "p": "inverse"},
            ["p: must be uniform for real numbers, got 'inverse'"],
        ),
        (
            Reals(),
            {"min": -1e308, "max": 1e308},
            ["must be a range of finite width, got {'min': -1e+308, 'max': 1e+308}"],
        ),
        (
            COLOURS,
            "gren",
            ["must be one of red, green, blue, got 'gren'; did you mean green?"],
        ),
        (COLOURS, 3, ["must be one of red, green, blue, got 3"]),
        (
            COLOURS,
            {"min": 1, "max": 2},
            ["must be one of red, green, blue, got {'min': 1, 'max': 2}"],
        ),
        (COLOURS, ["red", "pink"], ["[1]: must be one of red, green, blue, got 'pink'"]),
    ],
)
def test_what_may_not(kind: Kind[Any], raw: object, problems: list[str]) -> None:
    assert _refusal(kind, raw) == problems


@pytest.mark.parametrize("kind", [Integers(), Reals(), Reals(ge=0, le=1)])
def test_a_number_of_400_digits_is_refused(kind: Kind[Any]) -> None:
    for raw in (10**400, {"min": 0, "max": 10**400}, {"choices": {1: 10**400}}):
        (problem,) = _refusal(kind, raw)
        assert len(problem) < 200


def test_names_may_come_from_a_list_that_grows() -> None:
    names = ["a"]
    kind = Names(lambda: tuple(names))
    with pytest.raises(Refused):
        kind.parse("b")
    names.append("b")
    assert kind.parse("b") == Fixed("b")
    assert kind.json_schema() == {"enum": ["a", "b"]}


_INTEGERS = st.integers(-(2**63), 2**63 - 1)
_REALS = st.floats(allow_nan=False, allow_infinity=False)
_WEIGHTS = st.floats(0, 1e9).filter(lambda w: w == 0 or w > 1e-9)


def _spans(numbers: st.SearchStrategy[Any], make: Callable[[Any, Any], Any]) -> Any:
    return st.tuples(numbers, numbers).map(lambda ends: make(min(ends), max(ends)))


def _several(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    items = st.lists(values, min_size=1, max_size=5, unique_by=str)
    plain = items.map(lambda v: OneOf(tuple(v)))
    weighed = items.flatmap(
        lambda v: (
            st.lists(_WEIGHTS, min_size=len(v), max_size=len(v))
            .filter(lambda w: sum(w) > 0)
            .map(lambda w: OneOf(tuple(v), tuple(w)))
        )
    )
    return plain | weighed


_CHOICES: list[tuple[Kind[Any], st.SearchStrategy[Any]]] = [
    (
        Integers(),
        st.one_of(
            _INTEGERS.map(Fixed),
            _spans(_INTEGERS, IntegerRange),
            _spans(st.integers(1, 2**40), lambda a, b: IntegerRange(a, b, inverse=True)),
            _several(_INTEGERS),
        ),
    ),
    (
        Reals(),
        st.one_of(
            _REALS.map(Fixed),
            _spans(st.floats(-1e300, 1e300), RealRange),
            _several(_REALS.filter(bool)),  # 0.0 and -0.0 are one key
        ),
    ),
    (COLOURS, st.sampled_from(COLOURS.names).map(Fixed) | _several(st.sampled_from(COLOURS.names))),
]


@pytest.mark.parametrize(("kind", "choices"), _CHOICES, ids=["integers", "reals", "names"])
@given(data=st.data())
def test_parse_of_dump_is_the_same_choice(
    kind: Kind[Any], choices: st.SearchStrategy[Any], data: st.DataObject
) -> None:
    choice = data.draw(choices)
    assert kind.parse(choice.dump()) == choice
    assert kind.parse(choice) == choice
    assert kind.parse(json.loads(json.dumps(choice.dump()))) == choice
    assert not reads_like_range(choice.dump())


@pytest.mark.parametrize(("kind", "choices"), _CHOICES, ids=["integers", "reals", "names"])
@given(data=st.data())
def test_what_is_drawn_lies_within_bounds(
    kind: Kind[Any], choices: st.SearchStrategy[Any], data: st.DataObject
) -> None:
    choice = data.draw(choices.filter(lambda c: not (isinstance(c, IntegerRange) and c.inverse)))
    value = choice.draw(Stream(data.draw(st.integers(0, 9))).draws())
    low, high = choice.bounds
    assert low <= value <= high
    if isinstance(choice, OneOf):
        assert value in choice.possible
    kind.value(value)


def test_a_fixed_value_consumes_nothing() -> None:
    draws = Stream(1).draws()
    assert Fixed("x").draw(draws) == "x"
    assert Fixed("x").many(Stream(1).generator(), 3) == ["x"] * 3
    assert draws.word() == Stream(1).draws().word()


def test_weights_and_even_odds_of_one_of() -> None:
    draws = Stream(2).draws()
    even = [OneOf(("a", "b", "c")).draw(draws) for _ in range(6000)]
    odd = [OneOf(("a", "b", "c"), (2.0, 1.0, 0.0)).draw(draws) for _ in range(6000)]
    assert counts_p(even, {"a": 1.0, "b": 1.0, "c": 1.0}) > p_limit(2)
    assert counts_p(odd, {"a": 2.0, "b": 1.0}) > p_limit(2)
    assert counts_p(odd, {"a": 1.0, "b": 1.0}) < p_limit()


def test_bounds_leave_out_what_has_no_weight() -> None:
    assert OneOf((9, 3, 5), (0.0, 1.0, 1.0)).bounds == (3, 5)
    assert OneOf((9, 3, 5)).bounds == (3, 9)
    assert RealRange(0.5, 2.0).bounds == (0.5, 2.0)


@pytest.mark.parametrize(
    ("values", "does"),
    [
        ([3, 20], True),
        ([3.0, 20.0], True),
        ([20, 3], False),
        ([3, 20, 40], False),
        ([3], False),
        ([0.5, 1], False),
        (["a", "b"], False),
        ((3, 20), False),
        ([1.0, float("inf")], False),
        (3, False),
    ],
)
def test_only_a_list_of_two_rising_integers_reads_like_a_range(values: object, does: bool) -> None:
    assert reads_like_range(values) is does


def test_json_schema_has_every_form() -> None:
    assert Integers(ge=1, even=True).full_json_schema() == {
        "anyOf": [
            (one := {"type": "integer", "multipleOf": 2, "minimum": 1}),
            {
                "type": "object",
                "properties": {"min": one, "max": one, "p": {"enum": ["uniform", "inverse"]}},
                "required": ["min", "max"],
                "additionalProperties": False,
            },
            (several := {"type": "array", "items": one, "minItems": 1}),
            {
                "type": "object",
                "properties": {
                    "choices": {
                        "anyOf": [
                            several,
                            {
                                "type": "object",
                                "additionalProperties": {"type": "number", "minimum": 0},
                            },
                        ]
                    }
                },
                "required": ["choices"],
                "additionalProperties": False,
            },
        ]
    }
    assert Reals(gt=0, lt=1).json_schema() == {
        "type": "number",
        "exclusiveMinimum": 0,
        "exclusiveMaximum": 1,
    }
    assert len(COLOURS.full_json_schema()["anyOf"]) == 3  # no range of names


def test_wide_inverse_range_is_drawn_at_once() -> None:
    """Plain rejection would take fifty million draws from this one."""
    wide = IntegerRange(1, 10**9, inverse=True)
    drawn = [wide.draw(Stream(seed).draws()) for seed in range(2000)]
    assert all(1 <= k <= 10**9 for k in drawn)
    middle = sum(k < 31_623 for k in drawn) / len(drawn)  # half of the sum of 1/k, but for 3 %
    assert abs(middle - (math.log(31_623) + 0.577) / (math.log(1e9) + 0.577)) < 0.05


def test_octaves_of_an_inverse_range_are_its_distribution(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("plurel_cli.choices.choice._ATTEMPTS", 0)
    for low, high in ((1, 9), (3, 17)):
        choice = IntegerRange(low, high, inverse=True)
        drawn = [choice.draw(Stream(seed).draws()) for seed in range(6000)]
        assert counts_p(drawn, {k: 1 / k for k in range(low, high + 1)}) > p_limit(2)
        assert counts_p(drawn, {k: 1 / k**1.3 for k in range(low, high + 1)}) < p_limit()


def test_range_of_reals_wider_than_a_float_is_drawn() -> None:
    drawn = [RealRange(-1.7e308, 1.7e308).draw(Stream(seed).draws()) for seed in range(100)]
    assert all(math.isfinite(value) for value in drawn)
    assert min(drawn) < -1e308 < 1e308 < max(drawn)
