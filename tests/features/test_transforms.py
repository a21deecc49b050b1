"""Column transforms against their formulas, SciPy's distributions and their own inverses."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.random import default_rng
from numpy.typing import NDArray
from scipy import stats

from plurel_cli.features.transforms import Transform, transforms
from plurel_cli.numerics.stream import BLOCK_ROWS, Stream
from tests.statistics import chi_square_p, p_limit

Floats = NDArray[np.float32]

PUBLISHED = ("identity", "rank", "signed_log", "signed_root", "standardise")
MARGINALS = (
    "uniform_marginal", "normal_marginal", "lognormal_marginal", "exponential_marginal",
    "pareto_marginal", "zero_inflated", "count", "binned",
)  # fmt: skip
INTEGERS = (
    "flag", "integer_uniform", "integer_normal", "integer_lognormal", "integer_power_law",
    "integer_zero_inflated", "heaped",
)  # fmt: skip
BY_RANK = ("rank", *MARGINALS)
FLOAT32 = 4 * float(np.finfo(np.float32).eps)

columns = arrays(
    np.float32,
    st.integers(1, 50),
    elements=st.one_of(
        st.sampled_from([-1e6, -3.0, -0.0, 0.0, 1e-40, 2.5, 1e6]), st.floats(-1e6, 1e6, width=32)
    ),
)


def fitted(name: str, raw: Floats, seed: int = 0, n_rows: int | None = None) -> Transform:
    return transforms[name].function(np.sort(raw), n_rows or len(raw), Stream(seed).generator())


def normals(n: int, seed: int = 0) -> Floats:
    return default_rng(seed).standard_normal(n, dtype=np.float32)


def test_names() -> None:
    assert set(transforms.names()) == {*PUBLISHED, *MARGINALS, *INTEGERS}


@pytest.mark.parametrize("name", sorted({*PUBLISHED, *MARGINALS, *INTEGERS}))
class TestAll:
    @settings(max_examples=50)
    @given(raw=columns, other=columns, seed=st.integers(0, 50))
    def test_is_finite_float32_and_rises(
        self, name: str, raw: Floats, other: Floats, seed: int
    ) -> None:
        transform = fitted(name, raw, seed)
        for block in (raw, other, np.append(raw, other)):
            before = block.copy()
            written = transform(block, default_rng(seed))
            assert written.dtype == np.float32
            assert written.shape == block.shape
            assert np.isfinite(written).all()
            np.testing.assert_array_equal(block, before)
            order = block.argsort(kind="stable")
            rises, falls = np.diff(block[order]) > 0, np.diff(written[order]) < 0
            assert not (rises & falls).any()

    @settings(max_examples=50)
    @given(raw=columns, written=st.floats(-1e30, 1e30), seed=st.integers(0, 50))
    @example(raw=np.zeros(1, np.float32), written=5e-324, seed=0)  # divided by a scale it is 0
    def test_inverse_is_a_float32(self, name: str, raw: Floats, written: float, seed: int) -> None:
        value = fitted(name, raw, seed).inverse(written)
        assert type(value) is float
        assert abs(value) <= np.finfo(np.float32).max

    def test_same_generators_same_values(self, name: str) -> None:
        raw = normals(500).round(1)
        once, twice = (fitted(name, raw, 3)(raw, default_rng(1)) for _ in range(2))
        np.testing.assert_array_equal(once, twice)

    def test_huge_table(self, name: str) -> None:
        n_rows = 10**12
        transform = fitted(name, normals(BLOCK_ROWS), 1, n_rows)
        written = transform(normals(100, 1), default_rng(0))
        assert np.isfinite(written).all()
        assert len(np.unique(written)) > 1


@pytest.mark.parametrize(
    ("name", "formula"),
    [
        ("identity", lambda x: x),
        ("signed_log", lambda x: math.copysign(math.log(1 + abs(x)), x)),
        ("signed_root", lambda x: math.copysign(abs(x) ** 0.5, x)),
    ],
)
def test_pointwise(name: str, formula: Callable[[float], float]) -> None:
    raw = np.float32([-1e6, -2.0, -1.0, -0.25, 0.0, 0.25, 1.0, 9.0, 1e6])
    transform = fitted(name, raw)
    written = transform(raw, default_rng(0))
    np.testing.assert_allclose(written, [formula(x) for x in raw.tolist()], FLOAT32)
    back = [transform.inverse(value) for value in written.tolist()]
    np.testing.assert_allclose(back, raw, 20 * FLOAT32)  # x = e^y - 1 has y times its error


def test_standardise() -> None:
    raw = (normals(1_000) * 3 + 100).astype(np.float32)
    values = raw.astype(float).tolist()
    mean = math.fsum(values) / len(values)
    sd = math.sqrt(math.fsum((value - mean) ** 2 for value in values) / len(values))
    transform = fitted("standardise", raw)
    np.testing.assert_allclose(
        transform(raw, default_rng(0)), [(x - mean) / sd for x in values], FLOAT32, 1e-7
    )
    np.testing.assert_allclose([transform.inverse(z) for z in (-2.0, 0.0, 1.0)],
                               [mean - 2 * sd, mean, mean + sd])  # fmt: skip


@pytest.mark.parametrize("value", [0.0, 0.1, -1e6, 1e-40])
@pytest.mark.parametrize("n", [1, 3, 3_001])
def test_standardised_constant_is_zero(value: float, n: int) -> None:
    raw = np.full(n, value, dtype=np.float32)
    np.testing.assert_array_equal(fitted("standardise", raw)(raw, default_rng(0)), 0.0)


@pytest.mark.parametrize("n", [1, 2, 3_500, BLOCK_ROWS])
def test_rank_is_a_permutation(n: int) -> None:
    raw = normals(n).round(1)
    written = fitted("rank", raw)(raw, default_rng(0))
    expected = (np.arange(1, n + 1) / (n + 1)).astype(np.float32)
    np.testing.assert_array_equal(np.sort(written), expected)


def test_rank_without_ties_is_the_ordinal() -> None:
    raw = default_rng(0).permutation(50).astype(np.float32)
    written = fitted("rank", raw)(raw, default_rng(0))
    expected = [(1 + sum(other < value for other in raw)) / 51 for value in raw]
    np.testing.assert_allclose(written, expected, FLOAT32)


def frozen(transform: Any) -> Any:
    """SciPy's distribution of the same parameters."""
    its = transform.distribution
    match type(its).__name__:
        case "UniformMarginal":
            return stats.uniform(its.low, its.width)
        case "Normal":
            return stats.norm(its.mean, its.sd)
        case "Lognormal":
            return stats.lognorm(its.sigma, scale=its.median)
        case "Exponential":
            return stats.expon(scale=its.mean)
        case "Pareto":
            return stats.pareto(its.alpha, scale=its.least)
        case "Geometric":
            return stats.geom(1 / (1 + its.mean), loc=-1)
        case "Bins":
            return stats.rv_discrete(values=(range(len(its.edges) - 1), np.diff(its.edges)))
    raise LookupError(type(its))


SIMPLE = tuple(name for name in MARGINALS if name != "zero_inflated")


@pytest.mark.parametrize("name", SIMPLE)
@pytest.mark.parametrize("seed", range(5))
def test_marginal_is_the_quantile_of_the_rank(name: str, seed: int) -> None:
    raw = normals(3_500, seed)
    transform = fitted(name, raw, seed)
    written = transform(raw, default_rng(0))
    u = np.arange(1, 3_501) / 3_501
    its = frozen(transform)
    expected = its.ppf(u)
    if name in ("count", "binned"):  # where the quantile jumps, an error of 1e-16 decides
        firm = (its.ppf(u - 1e-12) == expected) & (its.ppf(u + 1e-12) == expected)
        assert firm.mean() > 0.9
        np.testing.assert_array_equal(np.sort(written)[firm], expected[firm])
    else:
        np.testing.assert_allclose(
            np.sort(written), expected, FLOAT32, 1e-6 * np.ptp(its.interval(0.5))
        )
    assert (written.argsort(kind="stable")[[0, -1]] == raw.argsort()[[0, -1]]).all() or (
        name in ("count", "binned")
    )


@pytest.mark.parametrize("name", SIMPLE)
def test_marginal_of_a_large_table(name: str) -> None:
    transform = fitted(name, normals(BLOCK_ROWS), 7, 10**9)
    blocks = [normals(20_000, seed) for seed in (1, 2)]
    written = np.concatenate([transform(block, default_rng(0)) for block in blocks])
    other = frozen(fitted(name, normals(10), 8))
    n = 1 / (1 / len(written) + 1 / BLOCK_ROWS)  # the reference has a sampling error as well

    def p(distribution: Any) -> float:
        if name in ("count", "binned"):
            cells = np.arange(0, 400)
            counts = [(written == k).sum() for k in cells] + [(written > cells[-1]).sum()]
            means = [*distribution.pmf(cells), distribution.sf(cells[-1])]
            return chi_square_p(np.rint(np.array(counts) * n / len(written)), means)
        distance = stats.kstest(written, distribution.cdf).statistic
        return float(stats.kstwobign.sf(distance * math.sqrt(n)))

    assert p(frozen(transform)) > p_limit(len(SIMPLE))
    assert p(other) < p_limit(len(SIMPLE))


@pytest.mark.parametrize("seed", range(8))
def test_zero_inflated(seed: int) -> None:
    n = 4_000
    raw = normals(n, seed)
    transform: Any = fitted("zero_inflated", raw, seed)
    its = transform.distribution
    ordered = np.sort(transform(raw, default_rng(0)))
    u = np.arange(1, n + 1) / (n + 1)
    zeros = u < its.p_zero
    assert (ordered[zeros] == 0).all()
    assert (ordered[~zeros] > 0).all()
    rest = frozen(type("Rest", (), {"distribution": its.rest}))
    expected = rest.ppf((u[~zeros] - its.p_zero) / (1 - its.p_zero))
    np.testing.assert_allclose(
        ordered[~zeros], expected, FLOAT32, 1e-6 * np.ptp(rest.interval(0.5))
    )


def log_uniform(low: float, high: float) -> Callable[[Any], Any]:
    return lambda x: stats.uniform(math.log(low), math.log(high / low)).cdf(np.log(x))


def uniform(low: float, high: float) -> Callable[[Any], Any]:
    return stats.uniform(low, high - low).cdf


PARAMETERS: list[tuple[str, Callable[[Any], float], Callable[[Any], Any]]] = [
    ("uniform_marginal", lambda its: its.width, log_uniform(0.01, 100)),
    ("uniform_marginal", lambda its: its.low / its.width, uniform(-1, 1)),
    ("normal_marginal", lambda its: its.sd, log_uniform(0.01, 100)),
    ("normal_marginal", lambda its: its.mean / its.sd, uniform(-2, 2)),
    ("lognormal_marginal", lambda its: its.median, log_uniform(0.01, 100)),
    ("lognormal_marginal", lambda its: its.sigma, uniform(0.5, 1.5)),
    ("exponential_marginal", lambda its: its.mean, log_uniform(0.01, 100)),
    ("pareto_marginal", lambda its: its.least, log_uniform(0.01, 100)),
    ("pareto_marginal", lambda its: its.alpha, uniform(1.5, 4)),
    ("zero_inflated", lambda its: its.p_zero, uniform(0.1, 0.7)),
    ("count", lambda its: its.mean, log_uniform(1, 50)),
]


@pytest.mark.parametrize(("name", "parameter", "cdf"), PARAMETERS)
def test_parameters(
    name: str, parameter: Callable[[Any], float], cdf: Callable[[Any], Any]
) -> None:
    raw = normals(3)
    drawn: list[Any] = [fitted(name, raw, seed) for seed in range(800)]
    values = np.array([parameter(its.distribution) for its in drawn])
    assert stats.kstest(values, cdf).pvalue > p_limit(len(PARAMETERS))
    wrong = stats.kstest(np.abs(values) ** 1.3, cdf)
    assert wrong.pvalue < p_limit(len(PARAMETERS))


def test_what_is_inflated() -> None:
    drawn: list[Any] = [fitted("zero_inflated", normals(3), seed) for seed in range(800)]
    n_lognormal = sum(type(its.distribution.rest).__name__ == "Lognormal" for its in drawn)
    assert chi_square_p([n_lognormal, 800 - n_lognormal], [1, 1]) > p_limit()


def test_bins() -> None:
    drawn: list[Any] = [fitted("binned", normals(3), seed) for seed in range(3_000)]
    edges = [its.distribution.edges for its in drawn]
    sizes = np.array([len(its) - 1 for its in edges])
    assert chi_square_p(np.bincount(sizes, minlength=21)[2:], np.ones(19)) > p_limit(2)
    assert chi_square_p(np.bincount(sizes, minlength=21)[1:], np.ones(20)) < p_limit(2)
    first = [stats.beta(1, len(its) - 2).cdf(its[1]) for its in edges]
    assert stats.kstest(first, "uniform").pvalue > p_limit(2)
    wrong = [stats.beta(1, len(its) - 1).cdf(its[1]) for its in edges]
    assert stats.kstest(wrong, "uniform").pvalue < p_limit(2)


@pytest.mark.parametrize("name", BY_RANK)
@pytest.mark.parametrize("seed", range(3))
def test_inverse_of_what_is_written(name: str, seed: int) -> None:
    raw = default_rng(seed).permutation(np.linspace(-40, 60, 1_001)).astype(np.float32)
    transform = fitted(name, raw, seed)
    written = transform(raw, default_rng(0))
    for row in (0, 1, int(raw.argmin()), int(raw.argmax()), *range(2, 1_000, 97)):
        value = float(written[row])
        back = np.float32([transform.inverse(value)])
        again = float(transform(back, default_rng(0))[0])
        if name in ("count", "binned"):
            assert again == value
        elif name == "zero_inflated" and value == 0:
            assert again == 0
        else:
            # half a rank more or less: float32 holds 1e-7 of a value, 1e-4 of the step
            near = np.sort(np.unique(written))
            at = int(near.searchsorted(value))
            around = np.diff(near[max(at - 1, 0) : at + 2]).max()
            assert abs(again - value) < 0.01 * around
            assert abs(float(back[0]) - raw[row]) < 0.01 * 0.1


@pytest.mark.parametrize("name", ["uniform_marginal", "normal_marginal", "exponential_marginal"])
def test_inverse_between_what_is_written(name: str) -> None:
    raw = np.linspace(-1, 1, 201).astype(np.float32)
    transform = fitted(name, raw)
    written = transform(raw, default_rng(0))
    for left in range(0, 200, 13):
        value = float(written[left]) * 0.7 + float(written[left + 1]) * 0.3
        again = float(transform(np.float32([transform.inverse(value)]), default_rng(0))[0])
        assert abs(again - value) < 0.01 * float(written[left + 1] - written[left])


@pytest.mark.parametrize("wanted", [0, 1, 2, 3, 7])
def test_a_count_can_be_set(wanted: int) -> None:
    raw = normals(2_000)
    transform = fitted("count", raw, 5)
    held = np.full(2_000, transform.inverse(float(wanted)), dtype=np.float32)
    np.testing.assert_array_equal(transform(held, default_rng(0)), wanted)


@pytest.mark.parametrize("name", [*BY_RANK, *INTEGERS])
def test_what_is_out_of_range_becomes_the_nearest(name: str) -> None:
    raw = np.linspace(-1, 1, 101).astype(np.float32)
    transform = fitted(name, raw, 2)
    written = transform(raw, default_rng(0))
    for value, end in ((-1e9, written.min()), (1e9, written.max())):
        again = transform(np.float32([transform.inverse(value)]), default_rng(0))[0]
        assert (again <= end) if value < 0 else (again >= end)


@pytest.mark.parametrize("name", [*BY_RANK, *INTEGERS])
def test_a_constant_column_has_its_marginal_too(name: str) -> None:
    raw, other = np.zeros(700, dtype=np.float32), normals(700)
    of_ties, of_others = (
        np.sort(fitted(name, its, 4)(its, default_rng(0))) for its in (raw, other)
    )
    np.testing.assert_array_equal(of_ties, of_others)
