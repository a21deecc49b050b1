"""What rows leave to the next with the same reference, against a loop and against its formula."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import stats

from plurel_cli.features import siblings
from plurel_cli.features.chains import along as memory
from plurel_cli.features.chains.along import memories
from plurel_cli.features.chains.chain import Chain
from plurel_cli.features.chains.fading import Fading
from plurel_cli.features.chains.sticky import Sticky
from plurel_cli.numerics.stream import BLOCK_ROWS, Stream
from tests.features.slow import remembered, stuck
from tests.statistics import assert_mean, mean_z, p_limit, z_limit

STREAM = Stream(3)


def chain_of(rho: float, sticks: bool) -> Chain:
    return (Sticky if sticks else Fading)(number=0, persistence=rho)


class Keys:
    """References by blocks of a few rows."""

    def __init__(self, keys: NDArray[np.int64], size: int = BLOCK_ROWS) -> None:
        self._keys, self._size = keys, size

    def block(self, index: int) -> NDArray[np.int64]:
        return self._keys[index * self._size : (index + 1) * self._size]


def drawn(n_rows: int, size: int, stream: Stream) -> NDArray[np.float32]:
    """The innovations of all rows."""
    sizes = [min(size, n_rows - first) for first in range(0, n_rows, size)]
    return np.concatenate(
        [np.empty(0, np.float32)]
        + [stream.generator(k).standard_normal(n, dtype=np.float32) for k, n in enumerate(sizes)]
    )


def uniforms(n_rows: int, size: int, stream: Stream) -> NDArray[np.float64]:
    """What decides whether a row stays where its chain is."""
    sizes = [min(size, n_rows - first) for first in range(0, n_rows, size)]
    return np.concatenate(
        [np.empty(0)] + [stream.generator(k).random(n) for k, n in enumerate(sizes)]
    )


@pytest.mark.parametrize("size", [1, 3, 100])
@given(
    keys=st.lists(st.integers(-1, 4), max_size=40),
    rhos=st.lists(st.floats(0, 0.999), min_size=1, max_size=3),
)
def test_a_chain_is_a_loop_over_the_rows(size: int, keys: list[int], rhos: list[float]) -> None:
    wanted = [(chain_of(rho, k % 2 == 1), STREAM.child(k)) for k, rho in enumerate(rhos)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(memory, "BLOCK_ROWS", size)
        bounds = lambda index, n: (index * size, min((index + 1) * size, n))  # noqa: E731
        patch.setattr(memory, "block_rows", bounds)
        made = memories(Keys(np.array(keys, dtype=np.int64), size), len(keys), 5, wanted)
    for found, (chain, stream) in zip(made, wanted, strict=True):
        rho, sticks = chain.persistence, isinstance(chain, Sticky)
        innovations = drawn(len(keys), size, stream).tolist()
        its_keys = [None if key < 0 else key for key in keys]
        if sticks:
            stays = (uniforms(len(keys), size, stream.child("sticks")) < rho).tolist()
            expected = stuck(its_keys, stays, innovations)
        else:
            expected = remembered(its_keys, rho, innovations)
        np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5)


@given(
    keys=st.lists(st.sampled_from([0, 1, 65_535, 65_536, 70_000, 2**33]), max_size=30),
)
def test_an_order_keeps_equal_keys_as_they_are(keys: list[int]) -> None:
    order = siblings._stable_order(np.array(keys, dtype=np.int64), 2**33 + 1)
    assert order.tolist() == sorted(range(len(keys)), key=keys.__getitem__)


N_PARENTS, N_LAGS = 900, 6


@pytest.fixture(scope="module", params=[(r, s) for s in (False, True) for r in (0.0, 0.4, 0.95)])
def chains(request: pytest.FixtureRequest) -> tuple[float, NDArray[np.float32]]:
    """ρ, and 200 rows of each of many parents, in turn: every parent's are in several blocks."""
    (rho, sticks), n_rows = request.param, 200 * N_PARENTS
    keys = np.arange(n_rows) % N_PARENTS
    chain = chain_of(rho, sticks), STREAM.child("chains")
    (found,) = memories(Keys(keys), n_rows, N_PARENTS, [chain])
    assert n_rows > 2 * BLOCK_ROWS
    return rho, found.reshape(200, N_PARENTS)


def test_autocorrelation_falls_by_the_persistence(
    chains: tuple[float, NDArray[np.float32]],
) -> None:
    rho, x = chains
    for lag in range(N_LAGS):
        products = (x[lag:] * x[: len(x) - lag]).mean(axis=0)  # parents are independent
        assert_mean(products, rho**lag, n_comparisons=6 * N_LAGS)
        if lag == 1:
            assert abs(mean_z(products, rho - 0.2)) > z_limit(6 * N_LAGS)


def test_every_event_of_a_chain_is_normal(chains: tuple[float, NDArray[np.float32]]) -> None:
    _, x = chains
    for event in (0, 1, 72, 73, 199):  # blocks end between the 73rd and the 74th
        assert stats.kstest(x[event], "norm").pvalue > p_limit(30)
    assert stats.kstest(1.5 * x[199], "norm").pvalue < p_limit(30)


def test_parents_have_nothing_in_common(chains: tuple[float, NDArray[np.float32]]) -> None:
    _, x = chains
    assert_mean((x[:, 1:] * x[:, :-1]).mean(axis=0)[::2], 0.0, n_comparisons=6)


def test_a_chain_that_sticks_stays_or_jumps() -> None:
    n_rows, rho = 200 * N_PARENTS, 0.7
    keys = np.arange(n_rows) % N_PARENTS
    chain = chain_of(rho, True), STREAM.child("sticky")
    (found,) = memories(Keys(keys), n_rows, N_PARENTS, [chain])
    x = found.reshape(200, N_PARENTS)
    stays = (x[1:] == x[:-1]).ravel().astype(float)
    assert_mean(stays, rho, n_comparisons=1)
    assert abs(mean_z(stays, rho - 0.01)) > z_limit(1)
