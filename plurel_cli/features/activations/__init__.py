"""Activations between the layers of a mechanism, one function each.

An entry is a factory: it gets the mechanism's generator, draws what the activation holds (mostly
nothing) and returns a function of a float32 array, which may overwrite its argument.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from plurel_cli.choices.registry import Registry
from plurel_cli.numerics.generator import Generator

Activation = Callable[[NDArray[np.float32]], NDArray[np.float32]]

activations: Registry[Callable[[Generator], Activation]] = Registry("activation", __name__)
