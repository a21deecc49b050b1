"""How the encodings that reach a node become its embedding, one function each.

An entry is `(encodings) → encoding`: elementwise over float32 arrays of the same shape, at least
one, which it may overwrite. It must be associative, for what all nodes of a table share (the
encodings of referenced rows) is aggregated once, and then with a node's own.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from plurel_cli.registry import Registry

Aggregation = Callable[[list[NDArray[np.float32]]], NDArray[np.float32]]

aggregations: Registry[Aggregation] = Registry("aggregation", __name__)
