"""Distributions of the weights of a causal graph's edges, one function each.

An entry is `(generator, n) → weights`, float64 of shape (n,).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from plurel_cli.choices.registry import Registry

if TYPE_CHECKING:
    from plurel_cli.numerics.generator import Generator

EdgeWeights = Callable[["Generator", int], NDArray[np.float64]]

edge_weights: Registry[EdgeWeights] = Registry("edge weight", __name__)
