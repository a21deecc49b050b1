import json
import math
from itertools import permutations
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from plurel_cli.config.scm import ScmConfig
from plurel_cli.features.activations import activations
from plurel_cli.features.activations.several import of_functions
from plurel_cli.features.mechanisms import mechanisms
from plurel_cli.features.mechanisms.cells import INNERMOST, Intervals, Nearest
from plurel_cli.features.mechanisms.mlp import LIMIT
from plurel_cli.features.mechanisms.perceptrons import Layers, Perceptron
from plurel_cli.features.mechanisms.products import GAINS
from plurel_cli.features.mechanisms.scales import stratified
from plurel_cli.features.mechanisms.settings import MlpConfig
from plurel_cli.numerics.generator import Generator
from plurel_cli.numerics.stream import Stream
from tests.statistics import chi_square_p, counts_p, p_limit, z_limit

VECTORS = json.loads((Path(__file__).parents[1] / "data" / "activations.json").read_text())
FAMILIES = ("discretiser", "fourier", "linear", "matrix", "mlp", "quadratic", "tree")
SHAPES = [(1, 1), (1, 2), (2, 1), (3, 4), (1, 32), (32, 32), (8, 9), (256, 1), (1, 256), (256, 256)]
EPSILON = float(np.finfo(np.float32).eps)


def made(name, count, n_in, n_out, seed=0, **settings):
    config = ScmConfig.model_validate(settings)
    generator = Generator(np.random.SFC64(seed))
    return mechanisms[name].function(generator, count, n_in, n_out, config.mlp)


def rows(n, n_in, scale=1.0, seed=1):
    x = np.random.default_rng(seed).standard_normal((n, n_in), dtype=np.float32)
    return x * np.float32(scale)


def test_all_families_are_there():
    assert mechanisms.names() == FAMILIES


@pytest.mark.parametrize("name", FAMILIES)
@pytest.mark.parametrize(("n_in", "n_out"), SHAPES)
def test_shape_dtype_and_an_argument_left_alone(name, n_in, n_out):
    for n in (0, 1, 50):
        x = rows(n, n_in)
        before = x.copy()
        for mechanism in made(name, 3, n_in, n_out):
            y = mechanism(x)
            assert y.shape == (n, n_out)
            assert y.dtype == np.float32
            assert (x == before).all()
            assert not np.shares_memory(x, y)


@pytest.mark.parametrize("name", FAMILIES)
@pytest.mark.parametrize("n_in", [1, 32])
def test_finite_up_to_a_million(name, n_in):
    for mechanism in made(name, 60, n_in, 4):
        for scale in (1e-6, 1.0, 1e6):
            x = np.clip(rows(50, n_in, scale), -1e6, 1e6)
            assert np.isfinite(mechanism(x)).all()


@pytest.mark.parametrize("name", FAMILIES)
@pytest.mark.parametrize(("n_in", "n_out"), [(1, 2), (4, 3), (32, 32)])
def test_a_row_does_not_depend_on_the_others(name, n_in, n_out):
    smooth = {"mlp": {"activation": ["tanh", "relu", "sine", "softplus"]}}
    for mechanism in made(name, 10, n_in, n_out, mlp=smooth["mlp"]):
        x = rows(300, n_in)
        whole = mechanism(x)
        size = np.abs(whole).max() + 1
        for part in (slice(7, 8), slice(100, 107), slice(0, 299)):
            assert np.abs(mechanism(x[part]) - whole[part]).max() < 200 * EPSILON * size
        backwards = mechanism(x[::-1])[::-1]
        assert np.abs(backwards - whole).max() < 200 * EPSILON * size


@pytest.mark.parametrize("name", FAMILIES)
@pytest.mark.parametrize("scale", [0.01, 1.0, 100.0])
@pytest.mark.parametrize("n_in", [1, 32])
def test_inputs_of_any_scale_are_told_apart(name, scale, n_in):
    """Less than a quarter of the mechanisms give all rows the same; sparse ones are the worst."""
    flat = [np.ptp(mechanism(rows(300, n_in, scale)), axis=0).max() == 0 for mechanism in
            made(name, 200, n_in, 2)]  # fmt: skip
    assert stats.binomtest(sum(flat), len(flat), 0.25, alternative="greater").pvalue > p_limit(42)


@pytest.mark.parametrize("name", FAMILIES)
def test_the_generator_alone_decides(name):
    x = rows(20, 3)
    for n_in, n_out in ((3, 2), (3, 20)):
        first, again, other = (made(name, 4, n_in, n_out, seed) for seed in (5, 5, 6))
        assert all((a(x) == b(x)).all() for a, b in zip(first, again, strict=True))
        assert any((a(x) != b(x)).any() for a, b in zip(first, other, strict=True))
        assert any((first[0](x) != its(x)).any() for its in first[1:])
    assert list(made(name, 0, 3, 2)) == []


# The perceptron


@pytest.mark.parametrize(
    "case", VECTORS["perceptrons"], ids=lambda case: "-".join(case["activations"])
)
def test_a_perceptron_as_pytorch(case):
    generator = Stream(0).generator()
    matrices = [np.array(matrix, dtype=np.float32) for matrix in case["matrices"]]
    scales = np.array([1.0, *case["scales"]], dtype=np.float32)
    held = [matrix * scale for matrix, scale in zip(matrices, scales, strict=True)]
    ends = np.cumsum([matrix.size for matrix in held])
    layers = Layers(
        weights=np.concatenate([matrix.ravel() for matrix in held]),
        begins=np.array([0, *ends[:-1]]),
        shapes=np.array([matrix.shape for matrix in held]),
        firsts=np.array([0, len(held)]),
        between=of_functions(
            [activations[name].function(generator) for name in case["activations"]]
        ),
        limits=(LIMIT / scales).astype(np.float32),
    )
    y = Perceptron(layers, 0)(np.array(case["rows"], dtype=np.float32))
    wanted = np.array(case["values"])
    assert y.shape == wanted.shape
    assert np.abs(y - wanted).max() < 40 * EPSILON * np.abs(wanted).max()


def test_the_committed_perceptrons_reach_the_limits():
    case = VECTORS["perceptrons"][-1]
    first = np.array(case["rows"]) @ np.array(case["matrices"][0])
    assert np.abs(first * case["scales"][0]).max() < LIMIT
    last = np.abs(np.array(case["values"])).max()
    assert last <= 8 * LIMIT * np.abs(case["matrices"][-1]).max()
    assert np.abs(first).max() * np.prod(case["scales"]) > LIMIT


SLOW = {
    "tanh": math.tanh,
    "relu": lambda x: max(x, 0.0),
    "sine": math.sin,
    "identity": lambda x: x,
    "absolute": abs,
    "signed_log": lambda x: math.copysign(math.log1p(abs(x)), x),
}


def times(row, matrix):
    return [sum(v * w for v, w in zip(row, column, strict=True)) for column in zip(*matrix)]  # noqa: B905


@pytest.mark.parametrize(("n_in", "n_out"), [(1, 32), (32, 1), (5, 3)])
@pytest.mark.parametrize("log_scale", [{"min": -1.0, "max": 1.0}, 8.0])
def test_a_perceptron_row_by_row(n_in, n_out, log_scale):
    """In plain Python: scaled by s, held within ±1e6, and the matrix as it was before scaling.

    Factors of e⁸ bring layers of identities to the limits. None of the activations is steeper than
    1, so a rounding grows by no more than the product of the matrices' norms.
    """
    names = {activations[name].function(None): name for name in SLOW}
    settings = {"activation": list(SLOW), "log_scale": log_scale, "layers": [1, 2, 5]}
    held = 0
    for mechanism in made("mlp", 30, n_in, n_out, mlp=settings):
        x = rows(3, n_in)
        fast = mechanism(x)
        growth = np.prod([np.linalg.norm(its.astype(float), 2) for its in layers(mechanism)])
        for row, value in zip(x.tolist(), fast, strict=True):
            slow = times(row, mechanism.first.held.tolist())
            for function, limit, weights in mechanism.layers:
                s = LIMIT / float(limit)
                act = [s * SLOW[names[function]](v) for v in slow]
                held += sum(abs(v) > 1e6 for v in act)
                act = [min(max(v, -1e6), 1e6) for v in act]
                slow = times(act, (weights.held.astype(float) / s).tolist())
            assert np.abs(value - slow).max() <= 64 * EPSILON * growth * np.linalg.norm(row)
    assert (held > 0) == (log_scale == 8.0)


def layers(mechanism):
    return [mechanism.first.held, *(weights.held for _, _, weights in mechanism.layers)]


def test_numbers_of_layers_and_widths():
    drawn = made("mlp", 3000, 7, 5, mlp={"hidden": 6})
    counts = {n: sum(len(layers(its)) == n for its in drawn) for n in (2, 3, 4)}
    assert sum(counts.values()) == len(drawn)
    assert counts_p(counts, dict.fromkeys(counts, 1.0)) > p_limit()
    assert counts_p(counts, {2: 1.5, 3: 1.0, 4: 1.0}) < p_limit()
    for mechanism in drawn[:50]:
        shapes = [its.shape for its in layers(mechanism)]
        assert shapes == [(7, 6), *[(6, 6)] * (len(shapes) - 2), (6, 5)]


def test_scales_are_drawn_for_each_layer():
    drawn = made("mlp", 2000, 1, 1, mlp={"hidden": 2})
    logs = [math.log(LIMIT / limit) for its in drawn for _, limit, _ in its.layers]
    pairs = np.array(
        [
            [math.log(LIMIT / its.layers[k][1]) for k in (0, 1)]
            for its in drawn
            if len(its.layers) > 1
        ]
    )
    assert stats.kstest(logs, "uniform", (-1, 2)).pvalue > p_limit()
    assert stats.kstest(logs, "uniform", (-1.2, 2.4)).pvalue < p_limit()
    correlation = np.corrcoef(pairs.T)[0, 1]
    assert abs(correlation) * math.sqrt(len(pairs)) < z_limit()


def test_a_scale_is_part_of_the_next_matrix():
    """Truncated normals end at ±2, so at ±2 s once scaled; matrices without one stay as drawn."""
    settings = {"keep": 1.0, "initialisation": "truncated_normal", "log_scale": 1.0}
    for mechanism in made("mlp", 20, 32, 32, mlp=settings):
        first, *others = layers(mechanism)
        assert 1.9 < np.abs(first).max() <= 2.0
        for (_, limit, _), weights in zip(mechanism.layers, others, strict=True):
            assert limit == np.float32(LIMIT / math.e)
            assert 1.9 * math.e < np.abs(weights).max() <= 2 * math.e * (1 + EPSILON)


def test_activations_are_drawn_for_each_layer():
    names = list(MlpConfig().activation.values)
    functions = {
        activations[name].function(None): name for name in names if name != "random_function"
    }
    drawn = made("mlp", 3000, 1, 1, mlp={"hidden": 2})
    counts = dict.fromkeys({functions[f] for f in functions} | {"random_function"}, 0)
    for its in drawn:
        for function, _, _ in its.layers:
            counts[functions.get(function, "random_function")] += 1
    # Two pairs are one function each: it counts twice.
    expected = {
        name: 2.0 if name in ("celu", "elu", "clip", "hardtanh") else 1.0 for name in counts
    }
    assert len(names) == 29
    assert counts_p(counts, expected) > p_limit()
    assert counts_p(counts, dict.fromkeys(expected, 1.0)) < p_limit()


def test_weights_are_kept_with_a_share_of_each_matrix():
    """Shares of zeros are 1 − d, d uniform from 0.3 to 1; what is kept is divided by d."""
    settings = {"initialisation": "truncated_normal", "log_scale": 0.0, "layers": 2, "hidden": 40}
    matrices = [its for m in made("mlp", 1000, 40, 40, mlp=settings) for its in layers(m)]
    kept = np.array([(its != 0).mean() for its in matrices])
    largest = np.array([np.abs(its).max() for its in matrices])
    # The share of 1600 weights is d but for its sampling error, under 0.0125 and far below KS'.
    assert stats.kstest(kept, "uniform", (0.3, 0.7)).pvalue > p_limit(5)
    assert stats.kstest(kept, "uniform", (0.25, 0.75)).pvalue < p_limit(5)
    # The largest of a matrix is (2 − gap)/d; a gap g has probability exp(−2 g f(2) n) of n weights.
    gap = -math.log(p_limit(len(kept))) / (2 * stats.truncnorm(-2, 2).pdf(1.9999) * kept * 1600)
    error = z_limit(len(kept)) * math.sqrt(0.25 / 1600)
    share = 2 / largest
    assert (share > kept - error).all()
    assert (share * (1 - gap / 2) < kept + error).all()
    first, second = kept[::2], kept[1::2]
    assert abs(np.corrcoef(first, second)[0, 1]) * math.sqrt(len(first)) < z_limit(5)


def test_kept_weights_are_those_of_the_initialisation_divided_by_the_share():
    settings = {"initialisation": "xavier_normal", "keep": 0.5, "layers": 1}
    weights = np.array([its.first.held for its in made("mlp", 400, 16, 16, mlp=settings)]).astype(
        float
    )
    kept = weights[weights != 0]
    share = stats.binomtest(kept.size, weights.size, 0.5)
    assert share.pvalue > p_limit(3)
    assert stats.kstest(kept * 0.5, stats.norm(0, math.sqrt(2 / 32)).cdf).pvalue > p_limit(3)
    assert stats.kstest(kept, stats.norm(0, math.sqrt(2 / 32)).cdf).pvalue < p_limit(3)
    # Each place alike, and places independent: pairs of neighbours are kept in all four ways.
    mask = weights != 0
    pairs = np.bincount((2 * mask[:, :, 1:] + mask[:, :, :-1]).ravel(), minlength=4)
    assert chi_square_p(pairs, np.ones(4)) > p_limit(3) / 10


def test_a_share_of_one_keeps_all():
    for its in made("mlp", 20, 8, 8, mlp={"keep": 1.0, "initialisation": "xavier_uniform"}):
        assert all((weights != 0).all() for weights in layers(its))


def test_initialisations_are_drawn_for_each_matrix():
    settings = {
        "initialisation": {"choices": {"truncated_normal": 3, "sparse_normal": 1}},
        "layers": 3,
        "log_scale": 0.0,
    }
    drawn = made("mlp", 1000, 32, 32, mlp=settings)
    wide = np.array([[np.abs(weights).max() > 1 for weights in layers(its)] for its in drawn])
    counts = np.bincount(wide @ [4, 2, 1], minlength=8)
    odds = [0.75 ** k.bit_count() * 0.25 ** (3 - k.bit_count()) for k in range(8)]
    assert chi_square_p(counts, odds) > p_limit()
    assert chi_square_p(counts, np.ones(8)) < p_limit()


# The other families


def close(fast, slow, n=100):
    slow = np.asarray(slow)
    return np.abs(fast - slow).max() < n * EPSILON * (np.abs(slow).max() + 1)


@pytest.mark.parametrize(("n_in", "n_out"), [(1, 1), (1, 6), (5, 3)])
def test_linear_row_by_row(n_in, n_out):
    for mechanism in made("linear", 5, n_in, n_out):
        x = rows(9, n_in)
        slow = [times(row, mechanism.weights.held.tolist()) for row in x.tolist()]
        assert close(mechanism(x), slow)


def test_linear_weights_are_normal():
    weights = np.array([its.weights.held for its in made("linear", 500, 9, 4)]).ravel()
    assert stats.kstest(weights, stats.norm(0, 1 / 3).cdf).pvalue > p_limit()
    assert stats.kstest(weights, stats.norm(0, 1 / 2).cdf).pvalue < p_limit()


@pytest.mark.parametrize(("n_in", "n_out"), [(1, 1), (1, 6), (5, 3), (20, 30)])
def test_matrix_row_by_row(n_in, n_out):
    names = {activations[name].function(None): name for name in SLOW}
    for mechanism in made("matrix", 20, n_in, n_out, mlp={"activation": list(SLOW)}):
        x = rows(9, n_in)
        function = SLOW[names[mechanism.activation]]
        slow = [
            [function(v) for v in times(row, mechanism.weights.held.tolist())] for row in x.tolist()
        ]
        assert close(mechanism(x), slow)


def test_matrix_is_of_low_rank():
    ranks = [
        int(
            np.linalg.matrix_rank(
                its.weights.held.astype(float) / np.abs(its.weights.held).max(0), 1e-3
            )
        )
        for its in made("matrix", 800, 20, 30)
    ]
    assert counts_p(ranks, dict.fromkeys((1, 2, 3, 4), 0.25)) > p_limit()
    assert (
        max(np.linalg.matrix_rank(its.weights.held, 1e-3) for its in made("matrix", 100, 20, 2))
        == 2
    )


@pytest.mark.parametrize(("n_in", "n_out"), [(1, 1), (1, 6), (5, 3), (20, 30)])
def test_quadratic_is_a_form_of_inputs_and_a_constant(n_in, n_out):
    """xᵀ A x for an explicit matrix A of each output, x with a one behind it."""
    for mechanism in made("quadratic", 10, n_in, n_out):
        x = rows(9, n_in)
        affine = np.hstack([mechanism.factors.held.T, mechanism.offsets]).astype(float)
        u, v = np.split(affine, 2)
        slow = np.zeros((9, n_out))
        for j in range(n_out):
            form = sum(
                float(c) * np.outer(a, b)
                for c, a, b in zip(mechanism.mixing.held[:, j], u, v, strict=True)
            )
            for i, row in enumerate(x):
                extended = np.append(row.astype(float), 1.0)
                slow[i, j] = extended @ form @ extended
        assert close(mechanism(x), slow)


@pytest.mark.parametrize(("n_in", "n_out"), [(1, 1), (1, 6), (5, 3), (20, 30)])
def test_fourier_row_by_row(n_in, n_out):
    for mechanism in made("fourier", 10, n_in, n_out):
        x = rows(9, n_in)
        terms = zip(
            mechanism.frequencies.held.T.tolist(),
            mechanism.phases[:, 0].tolist(),
            mechanism.amplitudes.held.astype(float),
            strict=True,
        )
        slow = np.zeros((9, n_out))
        for frequency, phase, amplitude in terms:
            for i, row in enumerate(x.tolist()):
                angle = sum(f * v for f, v in zip(frequency, row, strict=True)) + phase
                slow[i] += amplitude * math.sin(2 * math.pi * angle)
        # An angle of some hundreds is rounded in proportion to its size.
        size = 2 * math.pi * np.abs(mechanism.frequencies.held).max() * np.abs(x).max() * n_in
        assert close(mechanism(x), slow, 10 + 10 * size)


@pytest.mark.parametrize(("n_in", "n_out"), [(1, 1), (1, 6), (5, 8), (20, 30)])
def test_trees_comparison_by_comparison(n_in, n_out):
    for mechanism in made("tree", 20, n_in, n_out):
        x = rows(40, n_in, 3.0)
        inputs = [0] * 8 if mechanism.inputs is None else mechanism.inputs
        slow = []
        for row in x:
            beyond = [
                bool(row[i] > limit) for i, limit in zip(inputs, mechanism.thresholds, strict=True)
            ]
            cell = [sum(beyond[4 * half + bit] << bit for bit in range(4)) for half in (0, 1)]
            slow.append(mechanism.low[cell[0]] + mechanism.high[cell[1]])
        assert (mechanism(x) == slow).all()


def test_half_an_ensemble_is_a_sum_of_its_trees():
    """A table of sixteen that is a sum over the bits' groups has as many degrees of freedom.

    Tables of (4), (3, 1), (2, 2) and (2, 1, 1) comparisons span 16, 9, 7 and 6 dimensions
    (sums of 2^depth, less one for each tree beyond the first).
    """
    indicator = np.arange(16)[:, None] >> np.arange(4) & 1

    def basis(depths):
        blocks, start = [], 0
        for depth in depths:
            leaf = indicator[:, start : start + depth] @ (1 << np.arange(depth))
            blocks.append(np.eye(1 << depth)[leaf])
            start += depth
        return np.hstack(blocks)

    kinds = {d: basis(d) for d in ((4,), (3, 1), (2, 2), (2, 1, 1))}
    dimensions = {d: np.linalg.matrix_rank(b) for d, b in kinds.items()}
    assert list(dimensions.values()) == [16, 9, 7, 6]
    counts = dict.fromkeys(kinds, 0)
    for mechanism in made("tree", 600, 1, 3):
        for table in (mechanism.low, mechanism.high):
            fits = [
                d
                for d, b in kinds.items()
                if np.abs(b @ np.linalg.lstsq(b, table, rcond=None)[0] - table).max() < 1e-4
            ]
            counts[min(fits, key=lambda d: dimensions[d])] += 1
    assert counts_p(counts, dict.fromkeys(kinds, 1.0)) > p_limit()


@pytest.mark.parametrize(("n_in", "n_out"), [(2, 1), (5, 8), (20, 30)])
def test_discretiser_takes_the_nearest_centre(n_in, n_out):
    for mechanism in made("discretiser", 20, n_in, n_out):
        assert isinstance(mechanism, Nearest)
        used = np.isfinite(mechanism.offsets)
        assert 3 <= used.sum() <= 9
        centres = mechanism.centres.held.T[used].astype(float)
        for scale in (0.01, 1.0, 50.0):
            x = rows(40, n_in, scale)
            for row, value in zip(x.astype(float), mechanism(x), strict=True):
                distances = [math.dist(row, centre) for centre in centres]
                assert (value == mechanism.vectors[used][int(np.argmin(distances))]).all()


def test_discretiser_of_one_input_counts_bounds():
    numbers = []
    for mechanism in made("discretiser", 700, 1, 2):
        assert isinstance(mechanism, Intervals)
        bounds = mechanism.bounds.tolist()
        assert bounds == sorted(bounds)
        numbers.append(1 + sum(math.isfinite(b) for b in bounds))
        x = rows(20, 1)
        slow = [mechanism.vectors[sum(v > b for b in bounds)] for (v,) in x.tolist()]
        assert (mechanism(x) == slow).all()
    assert counts_p(numbers, dict.fromkeys(range(3, 10), 1.0)) > p_limit()


# How their weights are spread


def test_stratified_scales_cover_the_decades_in_any_order():
    scales = stratified(Stream(0).generator(), 4000, 4)
    strata = np.log10(scales) + 2
    assert (np.sort(strata.astype(int), axis=1) == [0, 1, 2, 3]).all()
    assert stats.kstest(strata[:, 0], "uniform", (0, 4)).pvalue > p_limit(3)
    assert stats.kstest(strata[:, 0] % 1, "uniform", (0, 1)).pvalue > p_limit(3)
    orders = [tuple(row) for row in strata.astype(int).tolist()]
    expected = dict.fromkeys(permutations(range(4)), 1.0)
    assert counts_p(orders, expected) > p_limit(3)


def test_sums_of_leaves_are_standard_normal():
    """Whatever the number of trees: a cell of each mechanism, and not the same one of all."""
    drawn = made("tree", 3000, 1, 1)
    cells = np.random.default_rng(0).integers(0, 16, (2, len(drawn)))
    sums = [m.low[a, 0] + m.high[b, 0] for m, a, b in zip(drawn, *cells, strict=True)]
    assert stats.kstest(sums, "norm").pvalue > p_limit()
    assert stats.kstest(np.multiply(sums, 1.3), "norm").pvalue < p_limit()


def log_sizes_p(values, ends=(0.01, 100.0)):
    """Fit of log |z s|, z normal and s log-uniform, against a sample made the plain way."""
    generator = np.random.default_rng(99)
    n = 200_000
    plain = np.abs(generator.standard_normal(n)) * np.exp(generator.uniform(*np.log(ends), n))
    return stats.ks_2samp(np.log(np.abs(values)), np.log(plain)).pvalue


def test_splits_offsets_and_frequencies_have_all_scales():
    samples = {
        "tree": [m.thresholds[3] for m in made("tree", 3000, 1, 1)],
        "fourier": [2 * math.pi * m.frequencies.held[0, 3] for m in made("fourier", 3000, 1, 1)],
        "quadratic": [m.offsets[1, 0] for m in made("quadratic", 3000, 1, 1)],
    }
    for name, values in samples.items():
        assert log_sizes_p(values) > p_limit(6), name
        assert log_sizes_p(values, (0.01, 30.0)) < p_limit(6), name
        assert stats.binomtest(int(np.sum(np.array(values) > 0)), 3000).pvalue > p_limit(6), name


def test_trees_compare_any_input():
    inputs = np.concatenate([m.inputs for m in made("tree", 1000, 5, 1)])
    assert counts_p(inputs.tolist(), dict.fromkeys(range(5), 1.0)) > p_limit()


def test_mixing_and_vectors_are_normal():
    samples = {
        "quadratic": ([m.mixing.held[0, 0] for m in made("quadratic", 3000, 5, 1)], 0.5),
        "discretiser": ([m.vectors[2, 0] for m in made("discretiser", 3000, 1, 1)], 1.0),
        "discretiser of two": ([m.vectors[2, 0] for m in made("discretiser", 3000, 2, 1)], 1.0),
    }
    for values, sd in samples.values():
        assert stats.kstest(values, stats.norm(0, sd).cdf).pvalue > p_limit(6)
        assert stats.kstest(values, stats.norm(0, 1.3 * sd).cdf).pvalue < p_limit(6)


def test_amplitudes_of_fine_waves_are_damped():
    """By the root of the scale above 1: of variance 1/4 for the slow, 1/(4 s) for the fast.

    A frequency is the scale times a normal; one below 0.02 has a scale above 1 in one case of some
    hundreds, one above 150 has a scale from 30 to 100.
    """
    drawn = made("fourier", 3000, 1, 1)
    f = np.abs(np.array([2 * math.pi * m.frequencies.held[0] for m in drawn])).ravel()
    a = np.array([m.amplitudes.held[:, 0] for m in drawn]).ravel()
    slow, fast = a[f < 0.02], a[f > 150]
    assert stats.kstest(slow, stats.norm(0, 0.5).cdf).pvalue > p_limit(4)
    assert stats.kstest(slow, stats.norm(0, 0.3).cdf).pvalue < p_limit(4)
    assert stats.kstest(fast * math.sqrt(75), stats.norm(0, 0.5).cdf).pvalue > p_limit(4)
    assert stats.kstest(fast, stats.norm(0, 0.5).cdf).pvalue < p_limit(4)


def test_centres_near_zero_and_beyond():
    drawn = made("discretiser", 2000, 2, 1)
    for index, ends in ((0, INNERMOST), (1, INNERMOST), (2, (0.01, 100.0))):
        values = np.array([m.centres.held[0, index] for m in drawn]) * math.sqrt(2)
        assert log_sizes_p(values, ends) > p_limit(3)
    assert log_sizes_p(values, (0.02, 300.0)) < p_limit(3)


def test_matrix_weights_are_products_times_a_gain():
    weights = np.array([m.weights.held[1, 2] for m in made("matrix", 4000, 4, 4)])
    generator = np.random.default_rng(98)
    n = 200_000
    ranks = generator.integers(1, 5, n)
    left, right = generator.standard_normal((2, n, 4))
    products = (left * right * (np.arange(4) < ranks[:, None])).sum(axis=1) / 2
    gains = np.exp(generator.uniform(*np.log(GAINS), n))
    plain = np.log(np.abs(products / np.sqrt(ranks) * gains))
    assert stats.ks_2samp(np.log(np.abs(weights)), plain).pvalue > p_limit(3)
    for wrong in (np.log(np.abs(products * gains)), np.log(np.abs(products / np.sqrt(ranks)))):
        assert stats.ks_2samp(np.log(np.abs(weights)), wrong).pvalue < p_limit(3)
