"""When a corpus is inside, and when its spread is met."""

from __future__ import annotations

import pytest

from plurel_cli.measure.corpus import Measured, compare, is_inside, is_spread, summed_up
from plurel_cli.measure.family import Family
from plurel_cli.measure.quartiles import Quartiles, quartiles

FAMILY = Family(
    name="trial",
    statistics={"x": "an x", "y": "a y", "z": "a z"},
    more={"w": "a w"},
    measure=lambda view: {},
    reference={"x": Quartiles(0, 1, 2, 3, 4), "y": Quartiles(0, 0, 0, 0, 5)},
)


def _around(q25: float, median: float, q75: float) -> Quartiles:
    return Quartiles(q25, q25, median, q75, q75)


@pytest.mark.parametrize(
    ("median", "inside"), [(0.999, False), (1, True), (2.5, True), (3, True), (3.001, False)]
)
def test_inside(median: float, inside: bool) -> None:
    assert is_inside(_around(0, median, 9), Quartiles(0, 1, 2, 3, 4)) is inside


def test_inside_of_equal_quartiles_is_equal() -> None:
    equal = Quartiles(0, 0, 0, 0, 5)
    assert is_inside(_around(0, 0, 9), equal)
    assert not is_inside(_around(0, 0.01, 9), equal)


@pytest.mark.parametrize(
    ("q25", "q75", "spread"),
    [(0, 9, True), (1, 2, True), (1, 1.99, False), (2, 9, True), (2.01, 9, False), (4, 9, False)],
)
def test_spread(q25: float, q75: float, spread: bool) -> None:
    assert is_spread(_around(q25, q25, q75), Quartiles(0, 1, 2, 3, 4)) is spread


@pytest.mark.parametrize(("q25", "q75", "spread"), [(0, 0, True), (-1, 2, True), (1, 2, False)])
def test_spread_of_equal_quartiles(q25: float, q75: float, spread: bool) -> None:
    assert is_spread(_around(q25, q25, q75), Quartiles(0, 0, 0, 0, 5)) is spread


def test_quartiles_are_interpolated_and_pass_over_what_is_missing() -> None:
    assert quartiles([None, 4.0, 1.0, 2.0, 3.0]) == Quartiles(1.0, 1.75, 2.5, 3.25, 4.0)
    assert quartiles([None]) is None


def _measured(*xs: float | None) -> list[Measured]:
    return [
        Measured(f"db-{i}", i, {"x": x, "y": 0.0, "z": None, "w": 1.0}) for i, x in enumerate(xs)
    ]


def test_corpus() -> None:
    its = compare(FAMILY, _measured(1.0, 2.0, 3.0, None))
    x, y, z = its.judged
    assert (x.n, x.is_inside, x.is_spread) == (3, True, True)
    assert (y.n, y.is_inside, y.is_spread) == (4, True, True)
    assert (z.n, z.ours, z.is_inside, z.is_spread) == (0, None, None, None)
    assert (its.n_inside, its.n_spread) == (2, 2)
    assert its.more[0].is_inside is None
    data = its.as_dict()
    assert (data["inside"], data["spread"], data["of"]) == (2, 2, 3)
    assert data["summary"]["x"]["median"] == 2.0
    assert data["summary"]["z"]["median"] is None
    assert data["databases"][3]["statistics"]["x"] is None


def test_single_database_has_no_spread() -> None:
    its = compare(FAMILY, _measured(5.0))
    assert (its.judged[0].is_inside, its.judged[0].is_spread) == (False, None)
    assert its.as_dict()["spread"] is None


def test_another_corpus_takes_the_place_of_the_reference() -> None:
    theirs = summed_up(FAMILY, _measured(5.0, 6.0, 7.0))
    its = compare(FAMILY, _measured(1.0, 2.0, 3.0), "other", theirs)
    assert its.judged[0].is_inside is False
    assert its.judged[0].theirs == Quartiles(5.0, 5.5, 6.0, 6.5, 7.0)
    assert compare(FAMILY, _measured(5.0, 6.0, 7.0), "other", theirs).judged[0].is_inside
