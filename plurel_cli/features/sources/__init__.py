"""Generators of the values of a source node, one function each.

An entry is `(generator, config) → parameters → sampler`: it gets the node's generator and the
settings of the series (whose bounds all generators share), draws its parameters, and returns a
function `(generator, n) → values` that gives float32 values of shape (n,) from the generator of
one block of rows. The series, whose rows hang together, is not among them: see `temporal.series`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from plurel_cli.choices.registry import Registry

if TYPE_CHECKING:
    from plurel_cli.features.sources.settings import SeriesConfig
    from plurel_cli.numerics.generator import Generator

Sampler = Callable[["Generator", int], NDArray[np.float32]]

Source = Callable[["Generator", "SeriesConfig"], Sampler]

sources: Registry[Source] = Registry("source", __name__)
