"""Distributions of the weight matrices of a mechanism, one function each.

An entry is `(generator, count, n_in, n_out) → weights`, float32 of shape (count, n_in, n_out).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from plurel_cli.choices.registry import Registry

if TYPE_CHECKING:
    from plurel_cli.numerics.generator import Generator

Initialisation = Callable[["Generator", int, int, int], NDArray[np.float32]]

initialisations: Registry[Initialisation] = Registry("initialisation", __name__)
