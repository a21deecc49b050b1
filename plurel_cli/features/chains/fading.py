"""A chain that moves a little with every row."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

import numpy as np
from pydantic import Field

from plurel_cli.features.chains import chains
from plurel_cli.features.chains.chain import BlockOfChains, Chain, Floats
from plurel_cli.kernel import twin
from plurel_cli.numerics.stream import Stream

_NEGLIGIBLE = 1e-9  # a weight below it changes no float32


@chains.kind
class Fading(Chain):
    """It moves a little with every row: x_i = ρ x_{i−1} + √(1 − ρ²) ε_i."""

    kind: Literal["fading"] = Field(default="fading", description="How it goes on.")

    def follow(self, x: Floats, carried: Floats, block: BlockOfChains, stream: Stream) -> Floats:
        """Values along the rows of every parent, by doubling.

        Notes
        -----
        After step k, x_i holds Σ_{j < 2ᵏ} ρʲ e_{i−j} over the rows of its parent.
        """
        powers, power = [], self.persistence
        while power >= _NEGLIGIBLE:
            powers.append(power)
            power *= power
        return _faded(x, carried, block, self.persistence, powers)


@twin("faded")
def _faded(
    x: Floats, carried: Floats, block: BlockOfChains, rho: float, powers: Sequence[float]
) -> Floats:
    new_starts = block.new_starts
    new = x.take(new_starts)
    x *= np.float32(math.sqrt(1.0 - rho * rho))
    x[new_starts] = new
    x[block.starts] += np.float32(rho) * carried
    for (step, later), power in zip(block.steps, powers, strict=False):
        x[later] += np.float32(power) * x.take(later - step)
    return x
