import itertools

import numpy as np
import pytest
from scipy import stats

from plurel_cli.features.edge_weights import edge_weights
from plurel_cli.numerics.generator import Generator
from tests.statistics import p_limit

EXPECTED = {
    "normal": stats.norm(),
    "lognormal": stats.lognorm(1),
    "cauchy": stats.cauchy(),
    "uniform": stats.uniform(-2, 4),
}
N = 100_000


def drawn(name, n=N):
    return edge_weights[name].function(Generator(np.random.SFC64(1)), n)


def test_all_of_the_published_method_are_there():
    assert set(edge_weights.names()) == set(EXPECTED)


@pytest.mark.parametrize("name", EXPECTED)
def test_distribution(name):
    weights = drawn(name)
    assert weights.shape == (N,)
    assert weights.dtype == np.float64
    assert stats.kstest(weights, EXPECTED[name].cdf).pvalue > p_limit(len(EXPECTED))


@pytest.mark.parametrize(("name", "other"), list(itertools.permutations(EXPECTED, 2)))
def test_another_distribution_would_be_seen(name, other):
    assert stats.kstest(drawn(name), EXPECTED[other].cdf).pvalue < p_limit(len(EXPECTED))


@pytest.mark.parametrize("name", EXPECTED)
def test_a_spread_off_by_a_tenth_would_be_seen(name):
    weights = drawn(name)
    wrong = weights**1.1 if name == "lognormal" else weights * 1.1
    assert stats.kstest(wrong, EXPECTED[name].cdf).pvalue < p_limit(len(EXPECTED))


@pytest.mark.parametrize("name", EXPECTED)
def test_no_edges_no_weights(name):
    assert drawn(name, 0).shape == (0,)
