"""Sums of waves of random direction, frequency and phase."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from plurel_cli.features.initialisations.bits import normals
from plurel_cli.features.mechanisms import Mechanism, Parts, mechanisms
from plurel_cli.features.mechanisms.drawn import DrawnTogether, layout_of
from plurel_cli.features.mechanisms.scales import stratified
from plurel_cli.features.mechanisms.settings import MlpConfig
from plurel_cli.kernel import twin
from plurel_cli.numerics import single
from plurel_cli.numerics.generator import Generator
from plurel_cli.numerics.products import Weights, columns, held_by_column, times

Floats = NDArray[np.float32]

N_WAVES = 8


@dataclass(frozen=True, slots=True)
class Waves:
    """Σ_k a_k sin 2π(x ω_k + φ_k).

    Attributes
    ----------
    frequencies
        ω, in turns, shape (inputs, waves).
    phases
        φ, in turns, shape (waves, 1).
    amplitudes
        a, shape (waves, outputs).
    """

    frequencies: Weights
    phases: Floats
    amplitudes: Weights

    @property
    def parts(self) -> Parts:
        """What compiled code is told."""
        n_waves, n_out = self.amplitudes.shape
        arrays = self.frequencies.held, self.phases, self.amplitudes.held
        return Parts("waves", n_out, arrays, (n_waves,))

    def __call__(self, x: Floats) -> Floats:
        terms = columns(x, self.frequencies, self.phases)
        single.sine_of_turns(terms)
        return times(terms.T, self.amplitudes)


@mechanisms()
def fourier(
    generator: Generator, count: int, n_in: int, n_out: int, settings: MlpConfig
) -> Sequence[Mechanism]:
    """Random Fourier features: a sum of waves of random frequencies.

    Notes
    -----
    Eight waves. Frequencies and amplitudes are normal, phases uniform. Each frequency has a scale,
    one in each eighth of the decades from 0.01 to 100, and where that is above 1 the amplitude is
    divided by its root: smooth with finer and finer detail, whatever the scale of x.

    References
    ----------
    A. Rahimi, B. Recht, Random features for large-scale kernel machines, 2007.
    """
    frequencies, phases, amplitudes = _waves(generator, count, n_in, n_out)
    return DrawnTogether(
        count,
        lambda index: Waves(Weights(frequencies[index]), phases[index], Weights(amplitudes[index])),
        lambda: layout_of("waves", n_in, n_out, [frequencies, phases, amplitudes], [N_WAVES]),
    )


@twin("waves")
def _waves(
    generator: Generator, count: int, n_in: int, n_out: int
) -> tuple[Floats, Floats, Floats]:
    scales = stratified(generator, count, N_WAVES)[:, :, None]
    frequencies = normals(generator, count * n_in * N_WAVES, 0.5 / (math.pi * math.sqrt(n_in)))
    frequencies = frequencies.reshape(count, n_in, N_WAVES)
    frequencies *= scales.reshape(count, 1, N_WAVES)
    phases = generator.random((count, N_WAVES, 1), dtype=np.float32)
    amplitudes = normals(generator, count * N_WAVES * n_out, math.sqrt(2.0 / N_WAVES))
    amplitudes = amplitudes.reshape(count, N_WAVES, n_out)
    amplitudes /= np.sqrt(np.maximum(scales, np.float32(1.0)))
    return held_by_column(frequencies), phases, held_by_column(amplitudes)
