"""What compiled code draws is what its definitions draw, and leaves the same bits to come."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from plurel_cli.compiled.code import TWINS, weights
from plurel_cli.compiled.code.bits import CompiledBits
from plurel_cli.features.initialisations import initialisations
from plurel_cli.features.mechanisms.mlp import MatrixGroup
from plurel_cli.kernel.twins import definitions
from plurel_cli.numerics.generator import Generator
from plurel_cli.numerics.normal_quantile import normal_table
from plurel_cli.numerics.stream import Stream

Floats = NDArray[np.float32]
NAMES = initialisations.names()

seeds = st.integers(0, 2**64 - 1)


def both(seed: int) -> tuple[Generator, Generator]:
    """Numpy's generator of an address, and the compiled one."""
    address = Stream(seed).child("x")._address
    numpys, ours = definitions["opened"](address), TWINS["opened"](definitions["opened"])(address)
    assert isinstance(numpys, np.random.SFC64)
    assert isinstance(ours, CompiledBits)
    return Generator(numpys), Generator(ours)


def same(name: str, seed: int, before: tuple[Any, ...], after: tuple[Any, ...]) -> None:
    """A twin gives what its definition gives, and both then go on with the same bits."""
    numpys, ours = both(seed)
    expected = definitions[name](*before, numpys, *after)
    made = TWINS[name](definitions[name])(*before, ours, *after)
    assert made.dtype == expected.dtype
    assert np.array_equal(made, expected)
    assert numpys.words(3).tolist() == ours.words(3).tolist()


@given(seeds, st.lists(st.one_of(st.none(), st.integers(0, 9)), max_size=9))
@settings(max_examples=200, deadline=None)
def test_bits_are_numpy_s(seed: int, sizes: list[int | None]) -> None:
    numpys, ours = (generator.bits for generator in both(seed))
    for size in sizes:
        expected, made = numpys.random_raw(size), ours.random_raw(size)
        assert type(expected) is type(made)
        if size is None:
            assert made == expected
        else:
            assert made.dtype == expected.dtype
            assert made.tolist() == expected.tolist()


def test_a_new_generator_begins_at_any_function() -> None:
    """Whatever is asked for first, what a new generator throws away is thrown away once."""
    for n in (0, 1, 5):
        numpys, ours = both(n)
        assert numpys.quarters(n).tolist() == ours.quarters(n).tolist()
        assert numpys.random() == ours.random()


@given(seeds, st.sampled_from((0, 1, 2, 3, 4, 5, 8191, 8192, 8193, 65536, 65537, 131075)))
@settings(max_examples=40, deadline=None)
def test_numbers_of_tables_are_the_same(seed: int, n: int) -> None:
    for factor in (1.0, 0.01, 3.0):
        same("looked_up", seed, (normal_table(),), (n, factor))


widths = st.one_of(st.integers(1, 9), st.sampled_from((16, 31, 32, 33, 64, 255, 256)))
groups = st.lists(
    st.builds(MatrixGroup, st.sampled_from(NAMES), widths, widths, st.integers(1, 9)),
    min_size=1,
    max_size=4,
)


def parts(seed: int, several: list[MatrixGroup]) -> tuple[NDArray[np.uint16], Floats]:
    """Last bits that are kept and gains of matrices, the ends of what may be among them."""
    n = sum(group.n for group in several)
    rng = np.random.default_rng(seed)
    last = rng.integers(0, 1 << 16, n).astype(np.uint16)
    last[::3] = rng.choice([0, 65535], len(last[::3]))
    return last, np.exp(rng.uniform(-10.0, 21.0, n)).astype(np.float32)


@given(seeds, groups)
@settings(max_examples=150, deadline=None)
def test_matrices_are_the_same(seed: int, several: list[MatrixGroup]) -> None:
    same("matrices", seed, (), (several, *parts(seed % 1000, several)))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "shape", [(1, 32, 900), (32, 32, 300), (5, 3, 7000), (32, 1, 2500), (2, 2, 3)]
)
def test_matrices_of_many_slices_are_the_same(name: str, shape: tuple[int, int, int]) -> None:
    several = [MatrixGroup(name, *shape), MatrixGroup("sparse_normal", 3, 3, 5)]
    same("matrices", 7, (), (several, *parts(1, several)))


def test_matrices_of_a_law_that_is_not_known_are_numpy_s(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weights, "matrices", None)  # which is not called
    monkeypatch.setattr(MatrixGroup, "law", None)
    several = [MatrixGroup(name, 3, 4, 5) for name in NAMES]
    same("matrices", 3, (), (several, *parts(1, several)))


def test_a_generator_of_numpy_s_bits_is_numpy_s() -> None:
    several = [MatrixGroup(name, 3, 4, 5) for name in NAMES]
    for name, before, after in (
        ("looked_up", (normal_table(),), (9, 2.0)),
        ("matrices", (), (several, *parts(1, several))),
    ):
        one, other = (Generator(Stream(1).bits()) for _ in range(2))
        made = TWINS[name](definitions[name])(*before, one, *after)  # type: ignore[misc]
        assert np.array_equal(made, definitions[name](*before, other, *after))  # type: ignore[misc]
        assert one.words(3).tolist() == other.words(3).tolist()


@pytest.mark.parametrize("name", ["looked_up", "matrices"])
def test_one_wrong_bit_is_seen(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    right = TWINS[name]
    several = [MatrixGroup("xavier_normal", 3, 4, 5)]
    before, after = (
        ((normal_table(),), (9, 2.0))
        if name == "looked_up"
        else ((), (several, *parts(1, several)))
    )

    def wrong(definition: Callable[..., Any]) -> Callable[..., Any]:
        def off(*given: Any) -> Any:
            made = right(definition)(*given)
            made.view(np.int32)[-1] ^= 1
            return made

        return off

    same(name, 5, before, after)
    monkeypatch.setitem(TWINS, name, wrong)  # type: ignore[misc]
    with pytest.raises(AssertionError):
        same(name, 5, before, after)
