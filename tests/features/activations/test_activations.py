import json
import math
from pathlib import Path

import numpy as np
import pytest
from scipy import special, stats

from plurel_cli.features.activations import activations
from plurel_cli.numerics.stream import Stream
from tests.statistics import p_limit

VECTORS = json.loads((Path(__file__).parents[2] / "data" / "activations.json").read_text())
INPUTS = np.array(VECTORS["inputs"], dtype=np.float32)
EPSILON = float(np.finfo(np.float32).eps)
NAMES = activations.names()


def made(name, seed=0):
    return activations[name].function(Stream(seed).generator())


def distance(values, expected):
    """In units of float32 rounding of the expected value, or of one where that is smaller."""
    expected = np.asarray(expected)
    return np.abs(values.astype(float) - expected) / (EPSILON * np.maximum(np.abs(expected), 1.0))


def test_all_of_the_published_method_are_there():
    assert len(NAMES) == 29
    assert set(NAMES) == {*VECTORS["values"], "random_function"}


@pytest.mark.parametrize("name", sorted(VECTORS["values"]))
def test_as_pytorch(name):
    assert distance(made(name)(INPUTS.copy()), VECTORS["values"][name]).max() < 4


def test_the_vectors_tell_all_but_equal_ones_apart():
    """Power: no activation passes for another one, unless they are the same by definition."""
    same = {frozenset(("elu", "celu")), frozenset(("hardtanh", "clip"))}
    names = sorted(VECTORS["values"])
    alike = {
        frozenset((a, b))
        for a in names
        for b in names
        if a < b and distance(made(a)(INPUTS.copy()), VECTORS["values"][b]).max() < 4
    }
    assert alike == same


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("shape", [(0, 3), (1, 1), (7, 33), (1000, 32)])
def test_shape_and_dtype_stay(name, shape):
    x = np.random.default_rng(1).standard_normal(shape, dtype=np.float32)
    y = made(name)(x)
    assert y.shape == shape
    assert y.dtype == np.float32


@pytest.mark.parametrize("name", NAMES)
def test_a_value_does_not_depend_on_its_neighbours(name):
    """Elementwise, whatever vector width the others fill, in any layout."""
    x = np.random.default_rng(2).standard_normal((257, 8), dtype=np.float32) * np.float32(4)
    function = made(name)
    whole = function(x.copy())
    ulp = np.spacing(np.maximum(np.abs(whole), np.float32(1)))
    for part in (x[100:101].copy(), x[100:107].copy()):
        assert (np.abs(function(part.copy()) - whole[100 : 100 + len(part)]) <= 2 * ulp[0]).all()
    columnwise = function(np.asfortranarray(x))
    assert (np.abs(columnwise - whole) <= 2 * ulp).all()


@pytest.mark.parametrize("name", NAMES)
def test_finite_for_large_inputs(name):
    sizes = np.logspace(-40, 9, 2000).astype(np.float32)
    assert np.isfinite(made(name)(np.concatenate([sizes, -sizes, [0.0]], dtype=np.float32))).all()


@pytest.mark.parametrize("name", sorted(set(NAMES) - {"random_function", "bent_identity"}))
def test_finite_up_to_the_largest_float(name):
    """All of these stay within their argument, or within 1.76 of zero."""
    largest = float(np.finfo(np.float32).max)
    ends = np.array([largest, -largest], dtype=np.float32) / np.float32(1.06)
    assert np.isfinite(made(name)(ends)).all()


def test_bent_identity_up_to_half_the_largest_float():
    ends = np.array([1e38, -1e38], dtype=np.float32)
    assert distance(made("bent_identity")(ends), [1.5e38, -0.5e38]).max() < 4


def test_error_function_within_one_in_a_million():
    """gelu(x) = x (1 + erf(x/√2))/2, so erf is 2 gelu(x)/x − 1, less the rounding of gelu."""
    x = np.linspace(0.01, 8, 100_001).astype(np.float32)
    exact = x.astype(float) * special.ndtr(x.astype(float))
    for sign in (1, -1):
        y = made("gelu")(sign * x).astype(float)
        wanted = exact if sign == 1 else exact - x
        assert (np.abs(y - wanted) < x * 1e-6 / 2 + EPSILON * np.abs(wanted)).all()


def test_random_function_is_a_sum_of_sines():
    x = np.linspace(-5, 5, 101).astype(np.float32)
    for seed in range(20):
        function = made("random_function", seed)
        wanted = [
            sum(
                a * math.sin(2 * math.pi * (f * float(v) + phase))
                for a, f, phase in np.array(function.terms)
            )
            for v in x
        ]
        sizes = sum(abs(a) * (1 + 2 * math.pi * f * np.abs(x)) for a, f, _ in function.terms)
        before = x.copy()
        assert (np.abs(function(x) - wanted) <= 4 * EPSILON * (1 + sizes)).all()
        assert (function(before) == function(x)).all()


def test_random_function_draws():
    """Numbers of sines, amplitudes, frequencies and phases have their distributions."""
    generator = Stream(5).generator()
    functions = [activations["random_function"].function(generator) for _ in range(2000)]
    numbers = [len(function.terms) for function in functions]
    a, f, phase = np.array([term for function in functions for term in function.terms]).T
    counts = [numbers.count(n) for n in range(3, 8)]
    f = 2 * math.pi * f
    log_f = np.log10(f)
    fits = {
        "numbers": stats.chisquare(counts).pvalue,
        "amplitudes": stats.kstest(a, "norm").pvalue,
        "frequencies": stats.kstest(log_f, "uniform", (-1, 2)).pvalue,
        "phases": stats.kstest(phase, "uniform", (0, 1)).pvalue,
    }
    assert sum(counts) == len(functions)
    assert min(fits.values()) > p_limit(len(fits)), fits
    # Power: frequencies that were uniform themselves, or from 0.1 to 8, would not pass.
    assert stats.kstest(f, "uniform", (0.1, 9.9)).pvalue < p_limit(len(fits))
    assert stats.kstest(log_f, "uniform", (-1, 1 + math.log10(8))).pvalue < p_limit(len(fits))


def test_a_layer_has_a_random_function_of_its_own():
    generator = Stream(6).generator()
    a, b = (activations["random_function"].function(generator) for _ in range(2))
    assert a.terms != b.terms
