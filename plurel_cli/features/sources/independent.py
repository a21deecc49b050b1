"""Sources whose rows are drawn alike and independently, between two bounds.

The bounds are two sorted uniform draws times a scale that is drawn for each source, as those of
the series are.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from plurel_cli.config.features import SeriesConfig
from plurel_cli.features.sources import Sampler, sources

Floats = NDArray[np.float32]


def _bounds(generator: Generator, config: SeriesConfig) -> tuple[float, float]:
    scale = config.value_scale.many(generator, 1)[0]
    low, high = sorted(generator.random(2).tolist())
    return low * scale, high * scale


@sources()
def uniform(generator: Generator, config: SeriesConfig) -> Sampler:
    """Uniform between the bounds."""
    low, high = _bounds(generator, config)

    def sample(block: Generator, n: int) -> Floats:
        values = block.random(n, dtype=np.float32)
        values *= np.float32(high - low)
        values += np.float32(low)
        return values

    return sample


@sources()
def normal(generator: Generator, config: SeriesConfig) -> Sampler:
    """Normal about the middle, a quarter of the range its deviation, clipped to the bounds."""
    low, high = _bounds(generator, config)

    def sample(block: Generator, n: int) -> Floats:
        values = block.standard_normal(n, dtype=np.float32)
        values *= np.float32((high - low) / 4.0)
        values += np.float32((low + high) / 2.0)
        np.maximum(values, np.float32(low), out=values)
        return np.minimum(values, np.float32(high), out=values)

    return sample


@sources()
def beta(generator: Generator, config: SeriesConfig) -> Sampler:
    """Beta between the bounds, both of its parameters uniform from 0.5 to 5."""
    low, high = _bounds(generator, config)
    a, b = generator.uniform(0.5, 5.0, 2).tolist()

    def sample(block: Generator, n: int) -> Floats:
        values = block.beta(a, b, n).astype(np.float32)
        values *= np.float32(high - low)
        values += np.float32(low)
        return values

    return sample


_COMPONENTS: tuple[Callable[[Generator, SeriesConfig], Sampler], ...] = (uniform, normal, beta)


@sources()
def mixture(generator: Generator, config: SeriesConfig) -> Sampler:
    """Two or three of the other three, each with bounds of its own, one drawn for each row."""
    n_components = int(generator.integers(2, 4))
    kinds = generator.integers(0, len(_COMPONENTS), n_components).tolist()
    components = [_COMPONENTS[kind](generator, config) for kind in kinds]

    def sample(block: Generator, n: int) -> Floats:
        picked = block.integers(0, n_components, n, dtype=np.uint8)
        values = np.empty(n, dtype=np.float32)
        for index, component in enumerate(components):
            rows = np.flatnonzero(picked == index)
            values[rows] = component(block, rows.size)
        return values

    return sample
