"""Where a lazy table cuts a number into categories, one function each.

An entry is `(reference, categories, generator) → boundaries`: it gets the sorted reference sample
of raw values and returns categories − 1 rising boundaries, float32; the label of a value is the
number of boundaries strictly below it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from plurel_cli.choices.registry import Registry

if TYPE_CHECKING:
    from plurel_cli.numerics.generator import Generator

Cut = Callable[[NDArray[np.float32], int, "Generator"], NDArray[np.float32]]

cuts: Registry[Cut] = Registry("cut", __name__)
