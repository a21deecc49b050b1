"""A compiled function gives what its definition gives, to the bit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from plurel_cli.compiled.code import betas
from plurel_cli.compiled.code.columns import COLUMN_TWINS
from plurel_cli.compiled.code.digest_twins import DIGEST_TWINS
from plurel_cli.compiled.code.drawing import DRAWING_TWINS
from plurel_cli.compiled.code.folds import CODES
from plurel_cli.compiled.code.judging import JUDGING_TWINS
from plurel_cli.compiled.code.key_twins import KEY_TWINS
from plurel_cli.compiled.code.packing import PACKING_TWINS
from plurel_cli.compiled.code.reference_twins import REFERENCE_TWINS
from plurel_cli.compiled.code.search_twins import SEARCH_TWINS
from plurel_cli.compiled.code.series import SERIES_TWINS
from plurel_cli.compiled.code.sources import SOURCE_TWINS
from plurel_cli.compiled.code.twins import TWINS
from plurel_cli.compiled.code.whole_nodes import NODE_TWINS
from plurel_cli.features.activations import activations, number_of
from plurel_cli.features.aggregations import aggregations
from plurel_cli.features.aggregations.folds import Fold, fold_of
from plurel_cli.kernel.names import ACTIVATIONS
from plurel_cli.kernel.twins import definitions
from plurel_cli.numerics.beta_quantile import Points, beta_quantiles
from plurel_cli.numerics.stream import Stream
from tests.compiled.alike import alike

Floats = NDArray[np.float32]

HOSTILE = (
    *(0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 1e-45, -1e-45, 1e-39, -1e-38, 1e-20, 88.5, -88.5, 1e4),
    *(-1e4, 1e6, -1e6, 1e18, -1e18, 3e38, -3e38, 2.0**23, 1.5 * 2.0**23, -80.0, 3.0, -3.0, 20.0),
)
INFINITE = (np.inf, -np.inf, np.nan)

numbers = st.one_of(
    st.sampled_from(HOSTILE),
    st.floats(-100.0, 100.0, width=32),
    st.floats(width=32, allow_nan=False, allow_infinity=False),
)


def arrays(n: int, width: int, each: st.SearchStrategy[float] = numbers) -> st.SearchStrategy[Any]:
    """Arrays of float32, of which some do not lie in order in memory."""

    def made(drawn: tuple[list[float], int]) -> Floats:
        flat, layout = drawn
        array = np.array(flat, dtype=np.float32).reshape(n, width)
        if layout == 1:
            return np.asfortranarray(array)
        if layout == 2:
            wide = np.zeros((n, width + 3), dtype=np.float32)
            wide[:, 1 : width + 1] = array
            return wide[:, 1 : width + 1]
        return array

    size = n * width
    return st.tuples(st.lists(each, min_size=size, max_size=size), st.integers(0, 2)).map(made)


def twin_of(name: str) -> Callable[..., Any]:
    return TWINS[name](definitions[name])


def copied(value: Any) -> Any:
    return value.copy(order="K") if isinstance(value, np.ndarray) else value


def same(name: str, *arguments: Any) -> None:
    """Both give the same, and leave the same in what they overwrite."""
    with np.errstate(all="ignore"):
        here, there = [copied(each) for each in arguments], [copied(each) for each in arguments]
        expected, given_ = definitions[name](*here), twin_of(name)(*there)
    if expected is not None:
        assert expected.dtype == given_.dtype
        assert alike(expected, given_)
    else:
        assert alike(here[0], there[0])


def test_every_twin_has_a_definition() -> None:
    assert set(TWINS) == set(definitions)


@pytest.mark.parametrize("name", activations.names())
def test_every_activation_is_known_to_compiled_code(name: str) -> None:
    number = number_of(activations[name].function(Stream(1).generator()))
    assert number is not None
    assert 0 <= number < len(ACTIVATIONS)


FOLDS = [fold for name in aggregations.names() if (fold := fold_of(name)) is not None]
near = st.one_of(
    st.sampled_from((0.0, -0.0, 1e-45, -1e-39, 1e4, -1e4, -1e30)), st.floats(-1e4, 1e4, width=32)
)


def test_every_fold_is_known_to_compiled_code() -> None:
    assert {fold.name for fold in FOLDS} == set(CODES)
    assert len(FOLDS) == len(aggregations.names())


@given(st.data(), st.sampled_from(FOLDS))
@settings(max_examples=300, deadline=None)
def test_folds_are_the_same(data: st.DataObject, fold: Fold) -> None:
    n, width, points = (data.draw(st.integers(low, 9)) for low in (0, 1, 2))
    table = np.ascontiguousarray(data.draw(arrays(points, width, near)))
    total = data.draw(st.one_of(st.none(), arrays(n, width, near)))
    cells = st.lists(st.integers(0, points - 2), min_size=n, max_size=n)
    cell = np.array(data.draw(cells), dtype=np.int64)
    share = data.draw(arrays(n, 1, st.floats(0.0, 1.0, width=32)))[:, 0].copy()
    same("fold_grid", fold, total, table, table[1:] - table[:-1], cell, share)
    same("fold_rows", fold, total, table, cell.astype(np.int32))
    same("fold_all", fold, total, data.draw(arrays(n, width, near)))


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_sums_of_exponentials_are_the_same(data: st.DataObject) -> None:
    n, width = data.draw(st.integers(0, 9)), data.draw(st.integers(1, 9))
    largest = data.draw(arrays(1, width, near))[0].copy()
    below = data.draw(arrays(n, width, st.floats(-70.0, 0.0, width=32)))
    same("exponentials", below + largest, largest)
    sums = data.draw(arrays(n, width, st.floats(2.0**-120, 2.0**100, width=32)))
    same("logarithm", sums, largest)
    same("logsumexp", data.draw(arrays(n, width, near)), data.draw(arrays(n, width, near)))


@pytest.mark.parametrize("width", [1, 2, 3, 8, 9, 63, 64, 65, 200])
def test_many_sums_of_exponentials_are_the_same(width: int) -> None:
    """More numbers than are worked on at once."""
    rng = np.random.default_rng(width)
    largest, below = rng.normal(size=width), -rng.exponential(9.0, (300, width))
    same("exponentials", (below + largest).astype(np.float32), largest.astype(np.float32))
    sums = rng.lognormal(0.0, 20.0, (300, width)).astype(np.float32)
    same("logarithm", sums, largest.astype(np.float32))


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_places_on_grids_are_the_same(data: st.DataObject) -> None:
    points = np.unique(np.array(data.draw(st.lists(near, min_size=3, max_size=99)), np.float32))
    if len(points) < 2:
        points = np.array([-1.0, 1.0], np.float32)
    each = st.one_of(near, st.sampled_from((*points.tolist(), *HOSTILE, *INFINITE)))
    values = data.draw(arrays(data.draw(st.integers(0, 40)), 1, each))[:, 0]
    cells = np.empty((2, len(values)), dtype=np.int64)
    with np.errstate(all="ignore"):
        expected = definitions["placed"](points, values, cells[0])
        assert alike(expected, twin_of("placed")(points, values, cells[1]))
    assert np.array_equal(*cells)


parameters = st.one_of(
    st.floats(1e-3, 1e4), st.floats(5e-324, 1e308), st.sampled_from((0.5, 1.0, 5.0))
)


@given(st.lists(st.tuples(parameters, parameters), max_size=4), st.integers(1, 300), st.booleans())
@settings(max_examples=300, deadline=None)
def test_quantiles_are_the_same(
    several: list[tuple[float, float]], n: int, are_outermost: bool
) -> None:
    shares = (np.arange(n) + 0.5) / n
    if are_outermost:
        shares = np.sort(np.concatenate([shares, shares * 1e-9, 1.0 - shares * 1e-9]))
    a, b = np.array(several).reshape(-1, 2).T
    with np.errstate(all="ignore"):
        same("rising", beta_quantiles(a, b), Points.of(shares))


def test_quantiles_of_no_distribution_are_the_definition_s() -> None:
    of_nan = beta_quantiles([1.0, np.nan], [1.0, 1.0])
    assert betas.rising(
        of_nan.a, of_nan.b, Points.of(np.array([0.5])).stacked, np.empty((2, 1), np.float32)
    )


doubles = st.one_of(
    st.sampled_from((0.0, -0.0, 5e-324, 1e-310, 2.0**-1022, 1.0, np.inf, 700.0, 700.1)),
    st.floats(0.0, 800.0),
    st.floats(min_value=0.0, allow_nan=False),
)


@given(st.lists(doubles, max_size=40), st.integers(1, 3))
@settings(max_examples=300, deadline=None)
def test_exponentials_and_logarithms_are_the_same(numbers: list[float], step: int) -> None:
    x = np.array(numbers)[::step]
    for name, arguments in (("exps", (x, -x)), ("logs", (x, -x))):
        for each in arguments:
            same(name, each)


OF_OTHER_TESTS = {
    *(*NODE_TWINS, *COLUMN_TWINS, *DRAWING_TWINS, *JUDGING_TWINS, *KEY_TWINS, *SEARCH_TWINS),
    *(*REFERENCE_TWINS, *SERIES_TWINS, *SOURCE_TWINS, *DIGEST_TWINS, *PACKING_TWINS),
}


@pytest.mark.parametrize("name", sorted({*TWINS} - OF_OTHER_TESTS))
def test_a_twin_that_is_wrong_in_one_bit_is_seen(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every comparison above fails if the last bit of one number is changed."""
    x = np.linspace(-2.0, 2.0, 6, dtype=np.float32).reshape(2, 3)
    table, cell = np.arange(6, dtype=np.float32).reshape(3, 2) + 1, np.array([0, 1])
    arguments: dict[str, tuple[Any, ...]] = {
        "fold_grid": (
            FOLDS[0],
            None,
            table,
            table[1:] - table[:-1],
            cell,
            np.full(2, 0.5, np.float32),
        ),
        "fold_rows": (FOLDS[0], None, table, cell.astype(np.int32)),
        "fold_all": (FOLDS[0], x, x),
        "exponentials": (x, x[1]),
        "logarithm": (x + 3, x[1]),
        "logsumexp": (x, x),
        "placed": (np.arange(9, dtype=np.float32), x[0], np.empty(3, np.int64)),
        "rising": (beta_quantiles([1.0], [2.0]), Points.of(np.array([0.2, 0.4]))),
        "exps": (np.linspace(-1.0, 1.0, 20),),
        "logs": (np.linspace(1.0, 2.0, 20),),
    }
    right = TWINS[name]

    def wrong(definition: Callable[..., Any]) -> Callable[..., Any]:
        def off(*given: Any) -> Any:
            made = right(definition)(*given)
            values = given[0] if made is None else made
            values.reshape(-1).view(np.int32)[-1] ^= 1
            return made

        return off

    same(name, *arguments[name])
    monkeypatch.setitem(TWINS, name, wrong)  # type: ignore[misc]
    with pytest.raises(AssertionError):
        same(name, *arguments[name])
