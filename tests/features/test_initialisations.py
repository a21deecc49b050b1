import math

import numpy as np
import pytest
from scipy import stats

from plurel_cli.features.initialisations import initialisations
from plurel_cli.features.initialisations.bits import normals, uniforms
from plurel_cli.numerics.generator import Generator
from tests.statistics import assert_mean, chi_square_p, p_limit, z_limit

SHAPES = [(1, 32), (32, 32), (7, 3), (5, 1)]


def expected(name, n_in, n_out):
    """SPEC section 4, in scipy's words."""
    kaiming, xavier = math.sqrt(2 / n_out), math.sqrt(2 / (n_in + n_out))
    return {
        "kaiming_normal": stats.norm(0, kaiming),
        "kaiming_uniform": stats.uniform(-kaiming * 3**0.5, 2 * kaiming * 3**0.5),
        "xavier_normal": stats.norm(0, xavier),
        "xavier_uniform": stats.uniform(-xavier * 3**0.5, 2 * xavier * 3**0.5),
        "truncated_normal": stats.truncnorm(-2, 2),
        "sparse_normal": stats.norm(0, 0.01),
    }[name]


NAMES = [
    "kaiming_normal",
    "kaiming_uniform",
    "sparse_normal",
    "truncated_normal",
    "xavier_normal",
    "xavier_uniform",
]
CASES = [(name, *shape) for name in NAMES for shape in SHAPES]


def _generator(seed):
    return Generator(np.random.SFC64(seed))


def drawn(name, n_in, n_out, seed=0, n=100_000):
    generator = Generator(np.random.SFC64(seed))
    return initialisations[name].function(generator, n // (n_in * n_out), n_in, n_out)


def test_all_of_the_published_method_are_there():
    assert initialisations.names() == tuple(NAMES)


@pytest.mark.parametrize(("name", "n_in", "n_out"), CASES)
def test_distribution(name, n_in, n_out):
    weights = drawn(name, n_in, n_out, seed=n_in * n_out)
    assert weights.shape[1:] == (n_in, n_out)
    assert weights.dtype == np.float32
    values = weights[weights != 0].astype(float)
    right = expected(name, n_in, n_out)
    n_tests = 3 * len(CASES)
    assert stats.kstest(values, right.cdf).pvalue > p_limit(n_tests)
    assert_mean(values, 0.0, right.std(), n_tests)
    fourth = right.stats(moments="k") + 3
    assert_mean(values**2, right.var(), right.var() * math.sqrt(fourth - 1), n_tests)


@pytest.mark.parametrize(("name", "n_in", "n_out"), CASES)
def test_a_wrong_spread_would_be_seen(name, n_in, n_out):
    """Power: five per cent off fails, and so does taking inputs for outputs where they differ."""
    values = drawn(name, n_in, n_out, seed=1).astype(float)
    values = values[values != 0]
    right = expected(name, n_in, n_out)
    fourth = right.stats(moments="k") + 3
    error = right.var() * math.sqrt((fourth - 1) / values.size)
    assert abs((1.05**2 - 1) * right.var()) > 2 * z_limit(3 * len(CASES)) * error
    if name.startswith("kaiming") and n_in != n_out:
        wrong = expected(name, n_out, n_in)
        assert stats.kstest(values, wrong.cdf).pvalue < p_limit(3 * len(CASES))


def test_no_two_families_pass_for_each_other():
    """Power of the comparison of distributions, at 32 × 32 and the same number of weights."""
    shape = (32, 20)
    samples = {name: drawn(name, *shape).astype(float).ravel() for name in NAMES}
    for name, values in samples.items():
        for other in NAMES:
            if other != name:
                p = stats.kstest(values[values != 0], expected(other, *shape).cdf).pvalue
                assert p < p_limit(30), (name, other)


@pytest.mark.parametrize("n_in", [1, 2, 3, 4, 31, 32, 33, 255, 256])
def test_half_of_each_column_is_zero_but_never_all(n_in):
    weights = drawn("sparse_normal", n_in, 5)
    zeros = (weights == 0).sum(axis=1)
    assert (zeros == (0 if n_in == 1 else math.ceil(n_in / 2) if n_in > 2 else 1)).all()


@pytest.mark.parametrize("n_in", [2, 3, 5])
def test_every_half_is_as_likely(n_in):
    """All patterns of zeros of a column are equally likely, and columns are independent."""
    weights = drawn("sparse_normal", n_in, 2, seed=3, n=200_000)
    patterns = ((weights == 0) * (1 << np.arange(n_in))[:, None]).sum(axis=1)
    kinds = [k for k in range(1 << n_in) if k.bit_count() == min(-(-n_in // 2), n_in - 1)]
    table = np.array([[((patterns == (a, b)).all(axis=1)).sum() for a in kinds] for b in kinds])
    assert table.sum() == len(weights)
    assert chi_square_p(table, np.ones_like(table)) > p_limit(3)
    shifted = table.copy()  # power: were one pattern a third rarer
    moved = shifted[:, 0] // 3
    shifted[:, 0] -= moved
    shifted[:, 1] += moved
    assert chi_square_p(shifted, np.ones_like(table)) < p_limit(3)


def test_where_a_zero_is_does_not_depend_on_the_row():
    weights = drawn("sparse_normal", 32, 32, n=400_000)
    counts = (weights == 0).sum(axis=(0, 2))
    n = weights.shape[0] * weights.shape[2]
    # Each row is a binomial of one half; one of them is off by no more than its error.
    assert np.abs(counts - n / 2).max() < z_limit(32) * math.sqrt(n) / 2


def test_truncated_normals_stay_within_two():
    weights = drawn("truncated_normal", 32, 32, n=400_000)
    assert np.abs(weights).max() <= 2.0
    assert np.abs(weights).max() > 1.99


def test_weights_of_a_draw_are_independent():
    """Neighbours in any of the three directions, and the two normals of one pair."""
    for name in NAMES:
        w = drawn(name, 10, 10, n=200_000).astype(float)
        w = w / w.std()
        pairs = [(w[1:], w[:-1]), (w[:, 1:], w[:, :-1]), (w[..., 1:], w[..., :-1])]
        flat = w.ravel()
        pairs.append((flat[: flat.size // 2], flat[flat.size // 2 :]))
        for a, b in pairs:
            assert_mean(a * b, 0.0, None, len(NAMES) * len(pairs))


@pytest.mark.parametrize("count", [0, 1, 3])
@pytest.mark.parametrize("name", NAMES)
def test_any_count(name, count):
    weights = initialisations[name].function(_generator(0), count, 4, 3)
    assert weights.shape == (count, 4, 3)
    assert weights.flags.c_contiguous


@pytest.mark.parametrize("n", [0, 1, 2, 7, 16_384, 16_385, 40_001])
def test_normals_of_any_number(n):
    values = normals(_generator(0), n, 2.0)
    assert values.shape == (n,)
    assert values.dtype == np.float32
    if n > 1000:
        assert stats.kstest(values, stats.norm(0, 2).cdf).pvalue > p_limit(3)


def test_normals_in_their_tails():
    """Beyond three and four standard deviations there are as many as there should be."""
    n = 2_000_000
    size = np.abs(normals(Generator(np.random.SFC64(4)), n))
    for limit in (3.0, 4.0):
        p = 2 * stats.norm.sf(limit)
        z = ((size > limit).sum() - n * p) / math.sqrt(n * p)
        assert abs(z) < z_limit(2)


def test_bits_and_uniforms_are_even():
    generator = Generator(np.random.SFC64(5))
    bits = generator.quarters(200_001)
    assert bits.shape == (200_001,)
    counts = np.bincount(bits >> 8, minlength=256), np.bincount(bits & 255, minlength=256)
    assert min(chi_square_p(its, np.ones(256)) for its in counts) > p_limit(3)
    values = uniforms(generator, 200_001, 3.0)
    assert stats.kstest(values, "uniform", (-3, 6)).pvalue > p_limit(3)
    assert np.abs(values).max() <= 3.0
