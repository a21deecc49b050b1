"""Periodic activations, and random functions made of them."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from plurel_cli.features.activations import Activation, activations

Floats = NDArray[np.float32]


@activations()
def sine(generator: Generator) -> Activation:
    """sin(x)."""
    return _sine


def _sine(x: Floats) -> Floats:
    return np.sin(x, out=x)


@activations()
def cosine(generator: Generator) -> Activation:
    """cos(x)."""
    return _cosine


def _cosine(x: Floats) -> Floats:
    return np.cos(x, out=x)


@dataclass(frozen=True, slots=True)
class Sines:
    """Σ a sin(f x + φ) over triples (a, f, φ)."""

    terms: tuple[tuple[np.float32, np.float32, np.float32], ...]

    def __call__(self, x: Floats) -> Floats:
        total = np.zeros_like(x)
        term = np.empty_like(x)
        for amplitude, frequency, phase in self.terms:
            np.multiply(x, frequency, out=term)
            term += phase
            np.sin(term, out=term)
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
    n = int(generator.integers(3, 8))
    amplitudes = generator.standard_normal(n)
    uniforms = generator.random((2, n))
    terms = np.empty((3, n), dtype=np.float32)
    terms[0] = amplitudes
    terms[1] = np.exp(math.log(0.1) + uniforms[0] * math.log(100.0))
    terms[2] = uniforms[1] * (2.0 * math.pi)
    return Sines(tuple(zip(*terms, strict=True)))
