"""Encodings from a grid against the mechanisms themselves, with bounds on the difference.

Between two points of a grid, h apart, a mechanism f is a line. Where f is smooth that is off by
at most h² max|f″| / 8; where f jumps, only the rows between the two points beside the jump are,
at most one row in GRID_POINTS / 2 − 1 a jump.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst
from numpy.typing import NDArray

from plurel_cli.features.encoders import (
    MOST_ENCODING,
    Cause,
    Encoder,
    make_encoders,
)
from plurel_cli.features.grids import EXACT_ROWS, GRID_POINTS, Grid
from plurel_cli.features.mechanisms.settings import MlpConfig
from plurel_cli.features.roles.draws import Wanted, draw_embeddings, draw_mechanisms
from plurel_cli.numerics.generator import Generator

EPSILON = float(np.finfo(np.float32).eps)
FAMILIES = ("discretiser", "fourier", "linear", "matrix", "mlp", "quadratic", "tree")
SETTINGS = MlpConfig()
WIDTH = 4

Floats = NDArray[np.float32]

SAMPLES: dict[str, Callable[[Generator], Any]] = {
    "uniform": lambda generator: generator.random(20_000),
    "normal": lambda generator: 10 * generator.standard_normal(20_000),
    "lognormal": lambda generator: np.exp(3 * generator.standard_normal(20_000)),
    "few values": lambda generator: generator.integers(0, 200, size=20_000) / 7,
    "small table": lambda generator: generator.standard_normal(EXACT_ROWS + 1),
}


def make_encoder(
    cause: Cause, mechanism: Any, weight: float, embeddings: Floats | None = None
) -> Encoder:
    (encoder,) = make_encoders([cause], [mechanism], [weight], [embeddings])
    return encoder


def generator_of(seed: int = 0) -> Generator:
    return Generator(np.random.SFC64(seed))


def sample(name: str) -> Floats:
    return np.asarray(SAMPLES[name](generator_of()), dtype=np.float32)


def encoded(mechanism: Any, values: Floats, weight: float = 1.0) -> tuple[Floats, Grid]:
    """Values through the grid of their own."""
    grid = Grid.of(np.sort(values))
    assert grid is not None
    encoder = make_encoder(Cause(grid=grid), mechanism, weight)
    return encoder(values, grid.positions(values)), grid


def wave(frequency: float) -> Any:
    phases = np.arange(WIDTH, dtype=np.float32)
    return lambda x: np.cos(x * np.float32(frequency) + phases)


def steps(jumps: list[float]) -> Any:
    """Another value after each jump."""
    bounds = np.array(jumps, dtype=np.float32)
    levels = generator_of(5).standard_normal((len(jumps) + 1, WIDTH), dtype=np.float32)
    return lambda x: levels[(x > bounds).sum(axis=1)]


# Grids.


@given(npst.arrays(np.float32, st.integers(2, 400), elements=st.floats(-1e6, 1e6, width=32)))
def test_a_grid_goes_from_the_least_to_the_greatest(values: Floats) -> None:
    grid = Grid.of(np.sort(values))
    if values.min() == values.max():
        assert grid is None
        return
    assert grid.points[0] == values.min()
    assert grid.points[-1] == values.max()
    assert (np.diff(grid.points) > 0).all()
    assert len(grid.points) <= GRID_POINTS
    assert grid.points.dtype == np.float32


@pytest.mark.parametrize("name", SAMPLES)
def test_few_rows_lie_between_two_points_of_a_grid(name: str) -> None:
    values = sample(name)
    points = Grid.of(np.sort(values)).points
    most = math.ceil((len(values) - 1) / (GRID_POINTS // 2 - 1))
    widest = (float(values.max()) - float(values.min())) / (GRID_POINTS // 2 - 1)
    for low, high in pairwise(points):
        assert ((low < values) & (values < high)).sum() <= most
        assert high - low <= widest * (1 + 1e-5)


@pytest.mark.parametrize("name", SAMPLES)
@pytest.mark.parametrize("family", FAMILIES)
def test_the_grid_is_linear_interpolation(name: str, family: str) -> None:
    values = sample(name)
    wanted = [Wanted(family, 1, WIDTH)] * 5
    for mechanism in draw_mechanisms(wanted, SETTINGS, generator_of(1)):
        found, grid = encoded(mechanism, values)
        at_points = np.clip(mechanism(grid.points[:, None]), -MOST_ENCODING, MOST_ENCODING)
        for k in range(WIDTH):
            its = at_points[:, k].astype(np.float64)
            expected = np.interp(values.astype(np.float64), grid.points.astype(np.float64), its)
            # the place within a cell is a difference of float32 numbers, each exact to its rounding
            assert np.abs(found[:, k] - expected).max() <= 8 * EPSILON * np.abs(its).max()


@pytest.mark.parametrize("name", SAMPLES)
@pytest.mark.parametrize("n_waves", [0.5, 4.0, 20.0])
def test_smooth_mechanisms_are_off_by_the_square_of_a_step(name: str, n_waves: float) -> None:
    values = sample(name)
    span = float(values.max()) - float(values.min())
    frequency = 2 * math.pi * n_waves / span
    found, grid = encoded(wave(frequency), values)
    exact = wave(frequency)(values[:, None])
    cell = np.clip(grid.points.searchsorted(values, "right") - 1, 0, len(grid.points) - 2)
    step = np.diff(grid.points.astype(np.float64))[cell]
    rounding = 8 * EPSILON * (1 + frequency * float(np.abs(values).max()))
    bound = (frequency * step) ** 2 / 8 + rounding
    error = np.abs(found - exact).max(axis=1)
    assert (error <= bound).all()
    # of a few waves over the whole range, a hundredth of their height and less
    assert error.max() <= (2 * math.pi * n_waves / (GRID_POINTS // 2 - 1)) ** 2 / 8 + rounding


@pytest.mark.parametrize("name", SAMPLES)
def test_jumps_blur_few_rows_and_no_others(name: str) -> None:
    values = sample(name)
    jumps = np.quantile(values, [0.03, 0.2, 0.21, 0.5, 0.9, 0.999]) + 1e-3
    mechanism = steps(jumps.tolist())
    found, grid = encoded(mechanism, values)
    is_off = (found != mechanism(values[:, None])).any(axis=1)
    at_points = mechanism(grid.points[:, None])
    cell = np.clip(grid.points.searchsorted(values, "right") - 1, 0, len(grid.points) - 2)
    has_jump = (at_points[cell] != at_points[cell + 1]).any(axis=1)
    assert not is_off[~has_jump].any()
    assert is_off.sum() <= len(jumps) * math.ceil((len(values) - 1) / (GRID_POINTS // 2 - 1))
    # and those lie between what is on both sides
    low, high = (
        np.minimum(at_points[cell], at_points[cell + 1]),
        np.maximum(at_points[cell], at_points[cell + 1]),
    )
    slack = 8 * EPSILON * np.abs(at_points).max()
    assert ((low - slack <= found) & (found <= high + slack)).all()


@pytest.mark.parametrize("family", FAMILIES)
def test_points_of_a_grid_and_what_is_beyond_it(family: str) -> None:
    values = sample("normal")
    (mechanism,) = draw_mechanisms([Wanted(family, 1, WIDTH)], SETTINGS, generator_of(2))
    grid = Grid.of(np.sort(values))
    encoder = make_encoder(Cause(grid=grid), mechanism, 1.0)
    at_points = np.clip(mechanism(grid.points[:, None]), -MOST_ENCODING, MOST_ENCODING)
    slack = 8 * EPSILON * np.abs(at_points).max()
    found = encoder(grid.points, grid.positions(grid.points))
    assert np.abs(found - at_points).max() <= slack
    beyond = np.array([-1e9, 1e9, -3e38, 3e38], dtype=np.float32)
    ends = at_points[[0, -1, 0, -1]]
    assert np.abs(encoder(beyond, grid.positions(beyond)) - ends).max() <= slack


# What is exact.


@pytest.mark.parametrize("weight", [1.0, -0.3, 1e5])
@pytest.mark.parametrize("family", FAMILIES)
def test_numbers_without_a_grid_are_exact(family: str, weight: float) -> None:
    values = sample("small table")
    (mechanism,) = draw_mechanisms([Wanted(family, 1, WIDTH)], SETTINGS, generator_of(3))
    encoder = make_encoder(Cause(), mechanism, weight)
    expected = mechanism(values[:, None]) * np.float32(weight)
    assert np.array_equal(encoder(values, None), expected.clip(-MOST_ENCODING, MOST_ENCODING))


@pytest.mark.parametrize("weight", [1.0, -0.3, 1e5])
@pytest.mark.parametrize("family", FAMILIES)
def test_categories_are_exact(family: str, weight: float) -> None:
    codes = generator_of().integers(0, 6, 3000).astype(np.int32)
    wanted = [Wanted(family, WIDTH, WIDTH), Wanted(family, 1, WIDTH)]
    embedded, numbered = draw_mechanisms(wanted, SETTINGS, generator_of(4))
    (embeddings,) = draw_embeddings([(6, WIDTH)], SETTINGS, generator_of(7))
    encoders = [
        make_encoder(Cause(6, is_embedded=True), embedded, weight, embeddings),
        make_encoder(Cause(6), numbered, weight),
    ]
    numbers = np.arange(6, dtype=np.float32)[:, None]
    for encoder, mechanism, inputs in zip(
        encoders, (embedded, numbered), (embeddings, numbers), strict=True
    ):
        by_category = (mechanism(inputs) * np.float32(weight)).clip(-MOST_ENCODING, MOST_ENCODING)
        assert np.array_equal(encoder(codes, None), by_category[codes])


@pytest.mark.parametrize("family", FAMILIES)
def test_what_is_held_is_encoded_as_its_value_everywhere(family: str) -> None:
    wanted = [Wanted(family, 1, WIDTH), Wanted(family, WIDTH, WIDTH)]
    of_number, of_category = draw_mechanisms(wanted, SETTINGS, generator_of(6))
    values = sample("normal")
    grid = Grid.of(np.sort(values))
    (embeddings,) = draw_embeddings([(6, WIDTH)], SETTINGS, generator_of(7))
    held = Cause(6, is_embedded=True, held=4.0)
    encoders = [
        make_encoder(Cause(grid=grid, held=2.5), of_number, 0.7),
        make_encoder(held, of_category, 0.7, embeddings),
    ]
    inputs = [np.array([[2.5]], np.float32), embeddings[4:5]]
    for encoder, mechanism, x in zip(encoders, (of_number, of_category), inputs, strict=True):
        expected = (mechanism(x) * np.float32(0.7)).clip(-MOST_ENCODING, MOST_ENCODING)
        found = encoder(values, grid.positions(values))
        assert np.array_equal(found, np.repeat(expected, len(values), axis=0))


@pytest.mark.parametrize("cause", ["number", "grid", "category"])
def test_encodings_are_the_callers_to_overwrite(cause: str) -> None:
    values = sample("normal")
    its = {"number": Cause(), "grid": Cause(grid=Grid.of(np.sort(values))), "category": Cause(4)}[
        cause
    ]
    if cause == "category":
        values = generator_of().integers(0, 4, 500).astype(np.int32)
    (mechanism,) = draw_mechanisms([Wanted("mlp", 1, WIDTH)], SETTINGS, generator_of(8))
    encoder = make_encoder(its, mechanism, 1.0)
    positions = None if its.grid is None else its.grid.positions(values)
    first = encoder(values, positions).copy()
    encoder(values, positions)[:] = 7
    assert np.array_equal(encoder(values, positions), first)


def test_mechanisms_drawn_together_are_those_of_their_places() -> None:
    wanted = [
        Wanted("mlp", 1, 3),
        Wanted("tree", 2, 5),
        Wanted("mlp", 1, 3),
        Wanted("linear", 3, 1),
    ]
    drawn = draw_mechanisms(wanted, SETTINGS, generator_of(9))
    for its, mechanism in zip(wanted, drawn, strict=True):
        x = generator_of(1).standard_normal((6, its.n_in), dtype=np.float32)
        assert mechanism(x).shape == (6, its.n_out)
    x = generator_of(1).standard_normal((6, 1), dtype=np.float32)
    assert (drawn[0](x) != drawn[2](x)).any()


def test_embeddings_drawn_together_are_those_of_their_places() -> None:
    shapes = [(3, 2), (5, 4), (3, 2), (2, 1)] * 20
    drawn = draw_embeddings(shapes, SETTINGS, generator_of(9))
    assert [its.shape for its in drawn] == shapes
    assert len({its.tobytes() for its in drawn}) == len(shapes)
    assert draw_embeddings([], SETTINGS, generator_of(9)) == []
