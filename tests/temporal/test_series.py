from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction
from itertools import combinations, product
from typing import Literal

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from plurel_cli.choices.choice import Fixed, OneOf
from plurel_cli.features.sources.settings import SeriesConfig, SeriesScales
from plurel_cli.numerics.stream import BLOCK_ROWS, Stream
from plurel_cli.temporal.autoregression import AutoregressiveNoise
from plurel_cli.temporal.series import (
    CategoricalSeries,
    NumericalSeries,
    SeriesParameters,
    sample_series,
    series_column,
)
from tests.statistics import chi_square_p, counts_p, p_limit, z_limit

N_DRAWS = 4000

PLAIN = SeriesParameters(
    low=0.2,
    high=0.7,
    exponent=1.3,
    half_period=7,
    autocorrelation=0.6,
    trend_scale=1.0,
    cycle_scale=1.0,
    noise_scale=0.3,
)

VARIANTS = {
    "plain": PLAIN,
    "falling": replace(PLAIN, trend_scale=-1.0, cycle_scale=-1.0),
    "wide": replace(PLAIN, low=0.0, high=100.0),
    "narrow": replace(PLAIN, low=0.004, high=0.006),
    "steep": replace(PLAIN, exponent=1.999, half_period=1),
    "flat": replace(PLAIN, exponent=0.0, half_period=1000),
    "scaled": replace(PLAIN, trend_scale=2.5, cycle_scale=-0.4, low=3.0, high=4.0),
    "entity": replace(PLAIN, trend_scale=0.0, cycle_scale=0.0, noise_scale=1.0),
    "one value": replace(PLAIN, low=0.5, high=0.5),
}


def _trend(its: SeriesParameters, i: int, n: int) -> float:
    """min(s_t (i/N)^α + lo, hi)."""
    return min(its.trend_scale * (i / n) ** its.exponent + its.low, its.high)


def _cycle(its: SeriesParameters, i: int) -> float:
    """clip(s_c sin(π i / f), lo, hi)."""
    return min(max(its.cycle_scale * math.sin(math.pi * i / its.half_period), its.low), its.high)


def _clip(its: SeriesParameters, x: float) -> float:
    return min(max(x, its.low), its.high)


@pytest.mark.parametrize("name", VARIANTS)
@pytest.mark.parametrize("n", [1, 2, 10, 333])
def test_trend_alone(name: str, n: int) -> None:
    its = VARIANTS[name]
    expected = [_trend(its, i, n) for i in range(n)]
    np.testing.assert_allclose(NumericalSeries(its, n, Stream(1)).trend(0), expected, rtol=1e-13)


@pytest.mark.parametrize("name", VARIANTS)
@pytest.mark.parametrize("n", [1, 2, 10, 333])
def test_cycle_alone(name: str, n: int) -> None:
    its = VARIANTS[name]
    expected = [_cycle(its, i) for i in range(n)]
    np.testing.assert_allclose(
        NumericalSeries(its, n, Stream(1)).cycle(0), expected, rtol=1e-12, atol=1e-12
    )


@pytest.mark.parametrize("name", VARIANTS)
def test_noise_alone(name: str) -> None:
    """The recursion of innovations, each value clipped and the state never: with the bounds far
    away the same stream shows the state.
    """
    its, n = VARIANTS[name], 333
    free = replace(its, low=-math.inf, high=math.inf)
    state = NumericalSeries(free, n, Stream(1)).noise(0).tolist()
    noise = NumericalSeries(its, n, Stream(1)).noise(0).tolist()
    assert noise == [_clip(its, x) for x in state]
    before = [0.0, *state[:-1]]
    steps = [(x - 0.6 * b) / its.noise_scale for x, b in zip(state, before, strict=True)]
    assert stats.kstest(steps, "norm").pvalue > p_limit(len(VARIANTS))
    if its.low > 0.0 and its.high < 1.0:
        clipped = [0.0, *noise[:-1]]
        wrong = [(x - 0.6 * b) / its.noise_scale for x, b in zip(noise, clipped, strict=True)]
        assert stats.kstest(wrong, "norm").pvalue < p_limit(len(VARIANTS))


def test_written_out() -> None:
    """Four rows without noise: i/N is 0, ¼, ½, ¾ and the sine 0, 1, 0, −1."""
    its = replace(PLAIN, exponent=2.0, half_period=2, noise_scale=0.0)
    series = NumericalSeries(its, 4, Stream(1))
    assert series.trend(0).tolist() == pytest.approx([0.2, 0.2625, 0.45, 0.7])
    assert series.cycle(0).tolist() == pytest.approx([0.2, 0.7, 0.2, 0.2])
    assert series.noise(0).tolist() == pytest.approx([0.2, 0.2, 0.2, 0.2])
    assert series.block(0).tolist() == pytest.approx([0.6 / 3, 1.1625 / 3, 0.85 / 3, 1.1 / 3])


def test_zero_to_the_power_of_zero_is_one() -> None:
    """α = 0 makes the trend a constant, from the first row on."""
    its = replace(PLAIN, exponent=0.0, high=5.0)
    assert NumericalSeries(its, 3, Stream(1)).trend(0).tolist() == [1.2, 1.2, 1.2]


@pytest.mark.parametrize("name", VARIANTS)
def test_values_are_a_third_of_the_sum(name: str) -> None:
    its, n = VARIANTS[name], 333
    noise = AutoregressiveNoise(its.autocorrelation, its.noise_scale, n, Stream(1)).block(0)
    expected = [
        (_trend(its, i, n) + _cycle(its, i) + _clip(its, x)) / 3 for i, x in enumerate(noise)
    ]
    values = NumericalSeries(its, n, Stream(1)).block(0)
    np.testing.assert_allclose(values, expected, rtol=1e-12)
    assert its.low - 1 <= values.min()
    assert values.max() <= its.high + 1e-12


def test_rows_of_later_blocks_go_on_counting() -> None:
    n = 2 * BLOCK_ROWS + 10
    its = replace(PLAIN, half_period=30_001)
    series = NumericalSeries(its, n, Stream(1))
    whole = [series.block(index) for index in range(3)]
    assert [len(block) for block in whole] == [BLOCK_ROWS, BLOCK_ROWS, 10]
    for index in (2, 0, 1):
        rows = [index * BLOCK_ROWS + i for i in range(10)]
        trend, cycle = series.trend(index)[:10], series.cycle(index)[:10]
        np.testing.assert_allclose(trend, [_trend(its, i, n) for i in rows], rtol=1e-12)
        np.testing.assert_allclose(cycle, [_cycle(its, i) for i in rows], rtol=1e-9, atol=1e-12)
        alone = NumericalSeries(its, n, Stream(1)).block(index)
        np.testing.assert_array_equal(alone, whole[index])


# What is drawn once for a series.


def _drawn(
    kind: Literal["entity", "activity"] = "activity", n_rows: int = 1000, **settings: object
) -> list[SeriesParameters]:
    config = SeriesConfig(**settings)  # type: ignore[arg-type]
    return [sample_series(config, kind, n_rows, Stream(seed)) for seed in range(N_DRAWS)]


@pytest.fixture(scope="module")
def activity() -> list[SeriesParameters]:
    return _drawn()


def test_bounds_are_two_sorted_uniforms() -> None:
    """The lower of two has the distribution of Beta(1, 2), the upper that of Beta(2, 1)."""
    drawn = _drawn(value_scale=Fixed(1.0))
    low, high = np.array([its.low for its in drawn]), np.array([its.high for its in drawn])
    assert (low < high).all()
    assert stats.kstest(low, stats.beta(1, 2).cdf).pvalue > p_limit(4)
    assert stats.kstest(high, stats.beta(2, 1).cdf).pvalue > p_limit(4)
    # Given the upper, the lower is uniform below it.
    assert stats.kstest(low / high, "uniform").pvalue > p_limit(4)
    assert abs(stats.spearmanr(low / high, high).statistic) * math.sqrt(N_DRAWS) < z_limit()
    assert stats.kstest(low, "uniform").pvalue < p_limit(4)


def test_value_scale_is_one_of_five(activity: list[SeriesParameters]) -> None:
    """v multiplies both bounds and changes nothing else: it is their ratio to those of v = 1."""
    unit = _drawn(value_scale=Fixed(1.0))
    scales = []
    for its, plain in zip(activity, unit, strict=True):
        scale = its.high / plain.high
        assert its.low == pytest.approx(plain.low * scale, rel=1e-12)
        assert replace(its, low=0.0, high=0.0) == replace(plain, low=0.0, high=0.0)
        scales.append(f"{scale:.6g}")
    even = dict.fromkeys(["0.01", "0.1", "1", "10", "100"], 1.0)
    assert counts_p(scales, even) > p_limit()
    assert counts_p(scales, even | {"0.01": 1.5}) < p_limit()


@pytest.mark.parametrize(("name", "high"), [("exponent", 2.0), ("autocorrelation", 0.9)])
def test_exponent_and_autocorrelation_are_uniform_from_zero(
    activity: list[SeriesParameters], name: str, high: float
) -> None:
    values = np.array([getattr(its, name) for its in activity])
    assert values.min() >= 0
    assert values.max() < high
    assert stats.kstest(values, "uniform", (0, high)).pvalue > p_limit(2)
    assert stats.kstest(values, "uniform", (0, 1.1 * high)).pvalue < p_limit(2)


SHARES = ["0.1", "0.2", "0.3", "0.4", "0.5", "0.6", "0.7", "0.8", "0.9", "1.0"]


@pytest.mark.parametrize("n_rows", [1, 2, 3, 7, 10, 97, 1000, 2187, 10**9 + 7])
def test_half_period_is_the_ceiling_of_a_tenth_to_all_of_the_rows(n_rows: int) -> None:
    """f = ⌈N q⌉, in exact decimals."""
    drawn = [its.half_period for its in _drawn(n_rows=n_rows)]
    expected: dict[int, float] = {}
    for share in SHARES:
        f = math.ceil(Fraction(share) * n_rows)
        expected[f] = expected.get(f, 0.0) + 1.0
    assert set(drawn) == set(expected)
    if len(expected) > 1:
        assert counts_p(drawn, expected) > p_limit(9)
        skewed = {f: weight * (1 + k / 4) for k, (f, weight) in enumerate(expected.items())}
        assert counts_p(drawn, skewed) < p_limit(9)


def test_half_period_written_out() -> None:
    assert sorted({its.half_period for its in _drawn(n_rows=10)}) == list(range(1, 11))
    assert sorted({its.half_period for its in _drawn(n_rows=25)}) == [
        *[3, 5, 8, 10, 13],
        *[15, 18, 20, 23, 25],
    ]


def test_shares_are_counted_as_decimals() -> None:
    """0.07 of 100 rows is 7 rows, though 0.07 × 100 is 7.000000000000001."""
    assert {its.half_period for its in _drawn(n_rows=100, period=Fixed(0.07))} == {7}


def test_activity_tables_rise_or_fall_with_little_noise(activity: list[SeriesParameters]) -> None:
    signs = [(its.trend_scale, its.cycle_scale) for its in activity]
    even = dict.fromkeys(product((-1.0, 1.0), repeat=2), 1.0)
    assert counts_p(signs, even) > p_limit()
    assert counts_p(signs, even | {(1.0, 1.0): 1.5}) < p_limit()
    assert {its.noise_scale for its in activity} == {0.05}


def test_entity_tables_are_noise_alone(activity: list[SeriesParameters]) -> None:
    entity = _drawn("entity")
    assert {(its.trend_scale, its.cycle_scale) for its in entity} == {(0.0, 0.0)}
    assert {its.noise_scale for its in entity} == {1.0}
    for its, other in zip(entity, activity, strict=True):
        scales = {"trend_scale": 0.0, "cycle_scale": 0.0, "noise_scale": 0.0}
        assert replace(its, **scales) == replace(other, **scales)


def test_parameters_are_independent(activity: list[SeriesParameters]) -> None:
    columns = {
        "share of the bounds": [its.low / its.high for its in activity],
        "scale": [its.high for its in activity],
        "exponent": [its.exponent for its in activity],
        "half period": [its.half_period for its in activity],
        "autocorrelation": [its.autocorrelation for its in activity],
        "trend": [its.trend_scale for its in activity],
        "cycle": [its.cycle_scale for its in activity],
    }
    pairs = list(combinations(columns, 2))
    for one, other in pairs:
        rank = stats.spearmanr(columns[one], columns[other]).statistic
        assert abs(rank) * math.sqrt(N_DRAWS - 1) < z_limit(len(pairs)), (one, other)


def test_settings_are_followed() -> None:
    drawn = _drawn(
        value_scale=Fixed(3.0),
        exponent=OneOf((0.5, 1.5)),
        period=Fixed(0.29),
        autocorrelation=Fixed(0.25),
        activity=SeriesScales(trend=Fixed(4.0), cycle=Fixed(-2.0), noise=Fixed(0.5)),
        n_rows=100,
    )
    assert {its.exponent for its in drawn} == {0.5, 1.5}
    assert {(its.half_period, its.autocorrelation) for its in drawn} == {(29, 0.25)}
    assert {(its.trend_scale, its.cycle_scale, its.noise_scale) for its in drawn} == {
        (4.0, -2.0, 0.5)
    }
    assert 2.5 < max(its.high for its in drawn) < 3.0


# Categories.

N_ROWS = 6


def _quiet(low: float, high: float, sign: float = 1.0, half_period: int = 3) -> NumericalSeries:
    """A series of no noise, so that its values are known."""
    its = replace(
        PLAIN,
        low=low,
        high=high,
        trend_scale=sign,
        cycle_scale=sign,
        half_period=half_period,
        noise_scale=0.0,
    )
    return NumericalSeries(its, N_ROWS, Stream(1))


def _softmax(series: list[NumericalSeries], row: int, scale: float = 1.0) -> list[float]:
    weights = [math.exp(scale * float(its.block(0)[row])) for its in series]
    return [weight / sum(weights) for weight in weights]


@pytest.fixture(scope="module")
def three() -> list[NumericalSeries]:
    return [_quiet(0.0, 5.0), _quiet(1.0, 4.0, -1.0), _quiet(2.0, 3.0, 1.0, 2)]


@pytest.fixture(scope="module")
def categories(three: list[NumericalSeries]) -> NDArray[np.int32]:
    """Categories by seed, shape (8000, N_ROWS)."""
    return np.stack([CategoricalSeries(three, Stream(seed)).block(0) for seed in range(8000)])


@pytest.mark.parametrize("row", range(N_ROWS))
def test_categories_follow_the_softmax_at_every_row(
    three: list[NumericalSeries], categories: NDArray[np.int32], row: int
) -> None:
    counts = np.bincount(categories[:, row], minlength=3)
    assert chi_square_p(counts, _softmax(three, row)) > p_limit(N_ROWS)
    # The softmax of sums, three times the values, or another row's would be seen.
    assert chi_square_p(counts, _softmax(three, row, scale=3.0)) < p_limit(N_ROWS)
    assert chi_square_p(counts, np.roll(_softmax(three, row), 1)) < p_limit(N_ROWS)


def test_categories_of_neighbouring_rows_are_independent(
    three: list[NumericalSeries], categories: NDArray[np.int32]
) -> None:
    counts = np.bincount(3 * categories[:, 2] + categories[:, 3], minlength=9)
    expected = np.outer(_softmax(three, 2), _softmax(three, 3))
    assert chi_square_p(counts, expected) > p_limit()
    same = np.bincount(4 * categories[:, 2], minlength=9)
    assert chi_square_p(same, expected) < p_limit()


def test_values_of_a_thousand_overflow_nothing() -> None:
    series = [_quiet(0.0, 1.0), _quiet(3000.0, 3001.0), _quiet(2999.0, 3000.0)]
    drawn = np.concatenate(
        [CategoricalSeries(series, Stream(seed)).block(0) for seed in range(500)]
    )
    assert 0 not in drawn
    assert {1, 2} == set(drawn.tolist())


@pytest.mark.parametrize("n_categories", [2, 5, 10])
def test_columns_have_the_categories_they_should(n_categories: int) -> None:
    n, config = BLOCK_ROWS + 500, SeriesConfig(value_scale=Fixed(1.0))
    column = series_column(config, "entity", n, n_categories, Stream(3))
    whole = [column.block(index) for index in (0, 1)]
    assert [len(block) for block in whole] == [BLOCK_ROWS, 500]
    for index in (1, 0):
        own = series_column(config, "entity", n, n_categories, Stream(3)).block(index)
        assert own.dtype == np.int32
        np.testing.assert_array_equal(own, whole[index])
        assert set(own.tolist()) == set(range(n_categories))


def test_series_of_a_columns_categories_are_drawn_each_for_itself() -> None:
    """With nothing but bounds, billions apart, the category whose lower bound is highest is certain
    on every row, and each of four as likely to be that one. One series for all, or for two of
    them, would leave rows to chance.
    """
    config = SeriesConfig(value_scale=Fixed(1e9), entity=SeriesScales(noise=Fixed(0.0)))
    columns = [
        series_column(config, "entity", 50, 4, Stream(seed)).block(0).tolist()
        for seed in range(1000)
    ]
    assert {len(set(column)) for column in columns} == {1}
    assert counts_p([column[0] for column in columns], dict.fromkeys(range(4), 1.0)) > p_limit()


def test_numerical_columns_are_series() -> None:
    column = series_column(SeriesConfig(), "activity", 40, None, Stream(3))
    assert isinstance(column, NumericalSeries)
    values = column.block(0)
    assert values.dtype == np.float64
    assert values.shape == (40,)
    other = series_column(SeriesConfig(), "activity", 40, None, Stream(4)).block(0)
    assert (values != other).any()
