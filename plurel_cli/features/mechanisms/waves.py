"""Sums of waves of random direction, frequency and phase."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from plurel_cli.features.mechanisms import Mechanism, mechanisms
from plurel_cli.features.mechanisms.product import times
from plurel_cli.features.mechanisms.scales import stratified

if TYPE_CHECKING:
    from plurel_cli.config.features import ScmConfig

Floats = NDArray[np.float32]

N_WAVES = 8


@mechanisms()
def fourier(
    generator: Generator, count: int, n_in: int, n_out: int, settings: ScmConfig
) -> list[Mechanism]:
    """Random Fourier features: a sum of cosines of random frequencies.

    Notes
    -----
    Σ a_k cos(s_k x ω_k + φ_k) over 8 waves, ω and a normal, φ uniform. The scales s_k lie one in
    each eighth of the decades from 0.01 to 100, and a wave of a scale above 1 is damped by 1/√s:
    smooth with finer and finer detail, whatever the scale of x.

    References
    ----------
    A. Rahimi, B. Recht, Random features for large-scale kernel machines, 2007.
    """
    scales = stratified(generator, count, N_WAVES)
    directions = generator.standard_normal((count, n_in, N_WAVES), dtype=np.float32)
    directions *= (scales / np.float32(math.sqrt(n_in)))[:, None, :]
    phases = generator.random((count, N_WAVES), dtype=np.float32)
    phases *= np.float32(2.0 * math.pi)
    amplitudes = generator.standard_normal((count, N_WAVES, n_out), dtype=np.float32)
    amplitudes *= np.sqrt(2.0 / N_WAVES / np.maximum(scales, 1.0))[:, :, None].astype(np.float32)
    return [_waves(*its) for its in zip(directions, phases, amplitudes, strict=True)]


def _waves(directions: Floats, phases: Floats, amplitudes: Floats) -> Mechanism:
    def evaluate(x: Floats) -> Floats:
        terms = times(x, directions)
        terms += phases
        np.cos(terms, out=terms)
        return times(terms, amplitudes)

    return evaluate
