"""What compiled code draws is what its definitions draw, and leaves the same bits to come."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from plurel_cli.choices.choice import Fixed, OneOf
from plurel_cli.compiled.code import cells as compiled_cells
from plurel_cli.compiled.code import drawing, families, weights
from plurel_cli.compiled.code import perceptrons as compiled_perceptrons
from plurel_cli.compiled.code.bits import CompiledBits
from plurel_cli.compiled.code.drawing import DRAWING_TWINS
from plurel_cli.compiled.code.packing import row_of
from plurel_cli.compiled.code.twins import TWINS
from plurel_cli.config.scm import ScmConfig
from plurel_cli.features.activations import waves as activation_waves
from plurel_cli.features.initialisations import initialisations
from plurel_cli.features.initialisations.embeddings import Embeddings, WantedEmbeddings
from plurel_cli.features.initialisations.groups import MatrixGroup
from plurel_cli.features.mechanisms import cells, mechanisms, products, waves
from plurel_cli.features.mechanisms.drawn import DrawnTogether, rows_of_layouts
from plurel_cli.features.mechanisms.perceptrons import Layers
from plurel_cli.features.mechanisms.recipes import Recipe
from plurel_cli.features.mechanisms.settings import MlpConfig
from plurel_cli.kernel.twins import definitions
from plurel_cli.numerics.generator import Generator
from plurel_cli.numerics.normal_quantile import normal_table
from plurel_cli.numerics.products import weights_of
from plurel_cli.numerics.stream import Stream
from tests.compiled.alike import alike

Floats = NDArray[np.float32]
NAMES = initialisations.names()
mechanisms.names()  # whose modules hold definitions

seeds = st.integers(0, 2**64 - 1)


def both(seed: int) -> tuple[Generator, Generator]:
    """Numpy's generator of an address, and the compiled one."""
    address = Stream(seed).child("x")._address
    numpys, ours = definitions["opened"](address), TWINS["opened"](definitions["opened"])(address)
    assert isinstance(numpys, np.random.SFC64)
    assert isinstance(ours, CompiledBits)
    return Generator(numpys), Generator(ours)


def same(name: str, seed: int, *given: Any) -> None:
    """A twin gives what its definition gives, the sign of zero included, and both then go on with
    the same bits. What is given is said with `BITS` or `GENERATOR` in place of randomness.
    """
    numpys, ours = both(seed)
    expected = definitions[name](*_with(numpys, given))
    made = TWINS[name](definitions[name])(*_with(ours, given))
    for one, other in zip(_parts(expected), _parts(made), strict=True):
        assert one.dtype == other.dtype
        assert alike(one, other)
    assert numpys.words(3).tolist() == ours.words(3).tolist()


BITS, GENERATOR = object(), object()


def _with(generator: Generator, given: tuple[Any, ...]) -> list[Any]:
    of_bits = {id(BITS): generator.bits, id(GENERATOR): generator}
    return [of_bits.get(id(each), each) for each in given]


def _parts(made: Any) -> list[NDArray[Any]]:
    if isinstance(made, Layers):
        between = made.between.which, made.between.counts, made.between.terms
        of_layers = made.packed.layers, made.begins, made.shapes, made.firsts, made.limits
        return [*between, *of_layers, made.weights]
    if isinstance(made, Embeddings):
        return [np.array(made.begins), made.numbers]
    parts = [made] if isinstance(made, np.ndarray) else made
    return [part for part in parts if part is not None]


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
        same("looked_up", seed, normal_table(), GENERATOR, n, factor)


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
    same("matrices", seed, GENERATOR, several, *parts(seed % 1000, several))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "shape", [(1, 32, 900), (32, 32, 300), (5, 3, 7000), (32, 1, 2500), (2, 2, 3)]
)
def test_matrices_of_many_slices_are_the_same(name: str, shape: tuple[int, int, int]) -> None:
    several = [MatrixGroup(name, *shape), MatrixGroup("sparse_normal", 3, 3, 5)]
    same("matrices", 7, GENERATOR, several, *parts(1, several))


def test_matrices_of_a_law_that_is_not_known_are_numpy_s(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weights, "matrices", None)  # which is not called
    monkeypatch.setattr(MatrixGroup, "law", None)
    several = [MatrixGroup(name, 3, 4, 5) for name in NAMES]
    same("matrices", 3, GENERATOR, several, *parts(1, several))


scales = st.sampled_from((0.0, -2.0, 8.0, {"min": -1.0, "max": 1.0}, {"min": 0.5, "max": 0.75}))
choices_of_laws = st.one_of(
    st.sampled_from(NAMES).map(Fixed),
    st.lists(st.sampled_from(NAMES), min_size=1, max_size=9).map(lambda names: OneOf((*names,))),
    st.just(OneOf(NAMES, tuple(float(index % 3) for index in range(len(NAMES))))),
)
wanted_embeddings = st.builds(
    lambda choice, several: WantedEmbeddings(choice, *zip(*several, strict=True)),
    choices_of_laws,
    st.lists(st.tuples(st.tuples(widths, widths), st.booleans()), min_size=1, max_size=12),
)


@given(seeds, wanted_embeddings)
@settings(max_examples=200, deadline=None)
def test_embeddings_are_the_same(seed: int, wanted: WantedEmbeddings) -> None:
    assert wanted.described is not None
    same("embeddings", seed, GENERATOR, wanted)
    _, ours = both(seed)
    numbers, begins, compared = TWINS["embeddings"](definitions["embeddings"])(ours, wanted)
    for begin, (n, width), is_compared in zip(begins, *wanted[1:], strict=True):
        if is_compared:
            of_one = numbers[begin : begin + n * width].reshape(n, width)
            expected = weights_of(np.ascontiguousarray(of_one.T)[None])[0].held
            held = compared[begin : begin + n * width].reshape(width, n)
            assert np.array_equal(held.view(np.int32), expected.view(np.int32))


def test_embeddings_of_a_law_that_is_not_known_are_numpy_s(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawing, "embedded", None)  # which is not called
    monkeypatch.setattr(WantedEmbeddings, "described", None)
    wanted = WantedEmbeddings(OneOf(NAMES), [(3, 4)] * 9, [True] * 9)
    same("embeddings", 3, GENERATOR, wanted)


perceptron_settings = st.fixed_dictionaries(
    {
        "layers": st.sampled_from((1, 2, 5, {"min": 1, "max": 3}, {"min": 2, "max": 4})),
        "hidden": st.sampled_from((1, 2, 5, 32)),
        "keep": st.sampled_from((1.0, 0.5, {"min": 0.3, "max": 1.0}, {"min": 1e-6, "max": 1e-5})),
        "log_scale": scales,
        "initialisation": st.one_of(
            st.sampled_from(NAMES),
            st.lists(st.sampled_from(NAMES), min_size=2, unique=True),
            st.just({"choices": {name: float(index % 3) for index, name in enumerate(NAMES)}}),
        ),
        "activation": st.one_of(
            st.sampled_from(("relu", "random_function")),
            st.just(["tanh", "random_function", "sine"]),
            st.just({"choices": {"random_function": 3.0, "identity": 0.0, "silu": 1.0}}),
        ),
    }
)


def _without_places(layers: Layers) -> NDArray[np.int64]:
    """Rows of perceptrons, with how far behind the first address each lies in place of it."""
    rows, arrays = layers.packed.rows.copy(), (layers.weights, layers.packed.layers, layers.limits)
    rows[:, 3:6] -= np.array([array.ctypes.data for array in arrays])
    rows[:, 6] -= layers.between.terms.ctypes.data
    return rows


def _same_layers(seed: int, count: int, given: MlpConfig, shape: tuple[int, int]) -> None:
    recipe = Recipe(given, *shape)
    assert recipe.described is not None
    same("layers", seed, GENERATOR, count, recipe)
    numpys, ours = both(seed)
    expected = definitions["layers"](numpys, count, recipe)
    made = TWINS["layers"](definitions["layers"])(ours, count, recipe)
    assert made.drawn_as is not None
    assert expected.drawn_as is None
    assert expected.between.named is made.between.named
    assert np.array_equal(_without_places(expected), _without_places(made))


@given(seeds, st.integers(1, 30), perceptron_settings, st.tuples(widths, widths))
@settings(max_examples=200, deadline=None)
def test_layers_are_the_same(
    seed: int, count: int, given_: dict[str, Any], shape: tuple[int, int]
) -> None:
    _same_layers(seed, count, ScmConfig.model_validate({"mlp": given_}).mlp, shape)


@pytest.mark.parametrize("shape", [(1, 32), (32, 32), (32, 1), (1, 1)])
def test_layers_of_the_default_settings_are_the_same(shape: tuple[int, int]) -> None:
    for seed in range(3):
        _same_layers(seed, 200, MlpConfig(), shape)


FAMILIES = ("linear", "low_rank", "forms", "waves", "trees", "cells")


@pytest.mark.parametrize("name", FAMILIES)
@given(seeds, st.integers(0, 9), widths, widths)
@settings(max_examples=60, deadline=None)
def test_families_are_the_same(name: str, seed: int, count: int, n_in: int, n_out: int) -> None:
    n_in = max(n_in, 2) if name == "cells" else n_in
    same(name, seed, GENERATOR, count, n_in, n_out)


@given(seeds, st.integers(0, 50), widths)
@settings(max_examples=60, deadline=None)
def test_intervals_are_the_same(seed: int, count: int, n_out: int) -> None:
    same("intervals", seed, GENERATOR, count, n_out)


@pytest.mark.parametrize("name", FAMILIES)
def test_families_by_the_hundred_are_the_same(name: str) -> None:
    """More numbers than are drawn at once."""
    for n_in, n_out in ((2, 8), (5, 1), (33, 40)):
        same(name, n_in, GENERATOR, 300, n_in, n_out)


def test_numbers_of_parts_are_those_of_the_definitions() -> None:
    assert families.MOST_RANK == products.MAX_RANK
    assert families.N_WAVES == waves.N_WAVES
    assert compiled_cells.N_SPLITS == cells.N_SPLITS
    assert (compiled_cells.FEWEST_CENTRES, compiled_cells.MOST_CENTRES) == cells.CENTRES
    trees = [
        depths[:n] for depths, n in zip(compiled_cells.DEPTHS, compiled_cells.N_TREES, strict=True)
    ]
    assert tuple(trees) == cells.HALVES
    sines = compiled_perceptrons.FEWEST_SINES, compiled_perceptrons.N_COUNTS
    assert sines == (activation_waves._FEWEST_SINES, activation_waves._N_COUNTS)
    assert compiled_perceptrons.N_QUARTERS == activation_waves._QUARTERS
    assert compiled_perceptrons.N_OF_TERM == activation_waves.N_OF_TERM


@pytest.mark.usefixtures("with_twins")
@pytest.mark.parametrize("n_in", [1, 3])
@pytest.mark.parametrize("name", mechanisms.names())
def test_rows_of_all_that_are_drawn_are_those_of_each(name: str, n_in: int) -> None:
    """But for where the terms of an activation lie, which one alone has copied."""
    given_ = MlpConfig(activation=OneOf(("random_function", "tanh")))
    several = mechanisms[name].function(Stream(1).child("x").generator(), 7, n_in, 5, given_)
    assert isinstance(several, DrawnTogether)
    kept: list[Any] = []
    rows = [row_of(each, n_in, kept) for each in several]
    packed = several.packed
    made = rows_of_layouts([packed], [7]) if isinstance(packed, tuple) else packed.copy()
    expected = np.array(rows)
    if name == "matrix":
        columns = expected[:, 4].tolist(), made[:, 4].tolist(), made[:, 6].tolist()
        for one, other, n in zip(*columns, strict=True):
            of_one, of_other = ((ctypes.c_float * n).from_address(at) for at in (one, other))
            assert of_one[:] == of_other[:]
        expected[:, 4] = made[:, 4]
    assert np.array_equal(expected, made)


@given(
    seeds,
    st.lists(
        st.one_of(
            st.sampled_from((0.0, 1e-310, 1e-9, 0.5, 1.0, 1.0 - 2.0**-53, 1e9, 1e300)),
            st.floats(0.0, 10.0),
        ),
        max_size=30,
    ),
)
@settings(max_examples=300, deadline=None)
def test_gammas_are_the_same(seed: int, shapes: list[float]) -> None:
    with np.errstate(all="ignore"):
        same("gammas", seed, BITS, np.array(shapes, dtype=np.float64))


SEVERAL = [MatrixGroup("xavier_normal", 3, 4, 5)]
EXAMPLES: dict[str, tuple[Any, ...]] = {
    "looked_up": (normal_table(), GENERATOR, 9, 2.0),
    "matrices": (GENERATOR, SEVERAL, *parts(1, SEVERAL)),
    "embeddings": (GENERATOR, WantedEmbeddings(Fixed("xavier_normal"), [(3, 4)], [True])),
    "layers": (GENERATOR, 5, Recipe(MlpConfig(), 3, 4)),
    "gammas": (BITS, np.array([0.5, 2.0])),
    "intervals": (GENERATOR, 3, 2),
    **dict.fromkeys(FAMILIES, (GENERATOR, 3, 4, 5)),
}


@pytest.mark.parametrize("name", sorted({*DRAWING_TWINS} - {"opened"}))
def test_a_generator_of_numpy_s_bits_is_numpy_s(name: str) -> None:
    one, other = (Generator(Stream(1).bits()) for _ in range(2))
    made = TWINS[name](definitions[name])(*_with(one, EXAMPLES[name]))
    expected = definitions[name](*_with(other, EXAMPLES[name]))
    for part, expected_part in zip(_parts(made), _parts(expected), strict=True):
        assert np.array_equal(part, expected_part)
    assert one.words(3).tolist() == other.words(3).tolist()


@pytest.mark.parametrize("name", sorted({*DRAWING_TWINS} - {"opened"}))
def test_one_wrong_bit_is_seen(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    right = TWINS[name]

    def wrong(definition: Callable[..., Any]) -> Callable[..., Any]:
        def off(*given: Any) -> Any:
            made = right(definition)(*given)
            _parts(made)[-1].reshape(-1).view(np.uint8)[-2] ^= 1
            return made

        return off

    same(name, 5, *EXAMPLES[name])
    monkeypatch.setitem(TWINS, name, wrong)  # type: ignore[misc]
    with pytest.raises(AssertionError):
        same(name, 5, *EXAMPLES[name])
