"""Periodic activations, and random functions made of them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from plurel_cli.features.activations import Activation, activations, compiled_as
from plurel_cli.numerics import single
from plurel_cli.numerics.elementary import exps, log
from plurel_cli.numerics.generator import Generator
from plurel_cli.numerics.normal_quantile import normal_table

Floats = NDArray[np.float32]

_FEWEST_SINES, _MOST_SINES = 3, 7
_LOG_LOWEST, _LOG_HIGHEST = log(0.1), log(10.0)  # of a frequency


@activations()
def sine(generator: Generator) -> Activation:
    """sin(x)."""
    return _sine


@compiled_as("sine")
def _sine(x: Floats) -> Floats:
    return single.sine(x)


@activations()
def cosine(generator: Generator) -> Activation:
    """cos(x)."""
    return _cosine


@compiled_as("cosine")
def _cosine(x: Floats) -> Floats:
    return single.sine(x, 1)


@compiled_as("sines")
@dataclass(frozen=True, slots=True)
class Sines:
    """Σ a sin 2π(f x + φ) over triples (a, f, φ)."""

    terms: tuple[tuple[np.float32, np.float32, np.float32], ...]

    def __call__(self, x: Floats) -> Floats:
        total = np.zeros_like(x)
        term = np.empty_like(x)
        for amplitude, frequency, phase in self.terms:
            np.multiply(x, frequency, out=term)
            term += phase
            single.sine_of_turns(term)
            term *= amplitude
            total += term
        return total


@activations()
def random_function(generator: Generator) -> Activation:
    """Σ a sin(f x + φ) over 3 to 7 sines drawn once.

    Notes
    -----
    a is standard normal, log f uniform from log 0.1 to log 10 and φ from 0 to 2π.
    """
    first, *bits = generator.quarters(1 + 3 * _MOST_SINES).tolist()
    n = _FEWEST_SINES + (first * (_MOST_SINES + 1 - _FEWEST_SINES) >> 16)
    amplitudes = normal_table().take(bits[:n])
    frequencies = _frequencies().take(bits[n : 2 * n])
    phases = np.array(bits[2 * n : 3 * n], dtype=np.float32)
    phases *= np.float32(2.0**-16)
    return Sines(tuple(zip(amplitudes, frequencies, phases, strict=True)))


@cache
def _frequencies() -> Floats:
    """Frequencies in turns, a table of 2¹⁶ whose logarithms rise evenly."""
    exponents = (np.arange(1 << 16) + 0.5) / (1 << 16)
    exponents *= _LOG_HIGHEST - _LOG_LOWEST
    exponents += _LOG_LOWEST
    return (exps(exponents) * (0.5 / math.pi)).astype(np.float32)
