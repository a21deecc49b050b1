"""Periodic activations, and random functions made of them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from plurel_cli.features.activations import Activation, activations, always, compiled_as
from plurel_cli.numerics import single
from plurel_cli.numerics.elementary import exps, log
from plurel_cli.numerics.generator import Generator
from plurel_cli.numerics.normal_quantile import normal_table

Floats = NDArray[np.float32]

_FEWEST_SINES, _MOST_SINES = 3, 7
N_OF_TERM = 3
"""Numbers of a sine: its amplitude, frequency and phase."""

_N_COUNTS = _MOST_SINES + 1 - _FEWEST_SINES
_QUARTERS = 24  # of a random function: whole words that hold a count and three of each sine
_LOG_LOWEST, _LOG_HIGHEST = log(0.1), log(10.0)  # of a frequency


@activations()
@always
def sine(generator: Generator) -> Activation:
    """sin(x)."""
    return _sine


@compiled_as("sine")
def _sine(x: Floats) -> Floats:
    return single.sine(x)


@activations()
@always
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
    _, terms = sums_of_sines(generator, 1)
    return sines_of(terms)


def sums_of_sines(generator: Generator, n: int) -> tuple[NDArray[np.int64], Floats]:
    """Draw several random functions, one after another.

    Parameters
    ----------
    generator
        Randomness.
    n
        How many.

    Returns
    -------
    tuple of ndarray
        How many sines each has, and amplitude, frequency and phase of them all, shape (sines, 3).
    """
    bits = generator.quarters(n * _QUARTERS).reshape(n, _QUARTERS)
    counts = _FEWEST_SINES + (bits[:, 0].astype(np.int64) * _N_COUNTS >> 16)
    # Those of a function begin at its second number: all its amplitudes, then all frequencies.
    of_sine = np.arange(_MOST_SINES)
    is_sine = of_sine < counts[:, None]
    amplitudes = (1 + of_sine + np.arange(n)[:, None] * _QUARTERS)[is_sine]
    apart = counts.repeat(counts)
    flat = bits.reshape(-1)
    terms = np.empty((len(apart), N_OF_TERM), dtype=np.float32)
    terms[:, 0] = normal_table().take(flat.take(amplitudes))
    terms[:, 1] = frequencies().take(flat.take(amplitudes + apart))
    terms[:, 2] = flat.take(amplitudes + 2 * apart)
    terms[:, 2] *= np.float32(2.0**-16)
    return counts, terms


def sines_of(terms: Floats) -> Sines:
    """The random function of some terms, shape (sines, 3)."""
    return Sines(tuple(map(tuple, terms)))


@cache
def frequencies() -> Floats:
    """Frequencies in turns, a table of 2¹⁶ whose logarithms rise evenly."""
    exponents = (np.arange(1 << 16) + 0.5) / (1 << 16)
    exponents *= _LOG_HIGHEST - _LOG_LOWEST
    exponents += _LOG_LOWEST
    return (exps(exponents) * (0.5 / math.pi)).astype(np.float32)
