"""A chain that stays where it is and jumps now and then, like a state."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from plurel_cli.features.chains import chains
from plurel_cli.features.chains.chain import BlockOfChains, Chain, Floats
from plurel_cli.kernel import twin
from plurel_cli.numerics.stream import Stream

Doubles = NDArray[np.float64]


@chains.kind
class Sticky(Chain):
    """It stays where it is with probability ρ, and else jumps."""

    kind: Literal["sticky"] = Field(default="sticky", description="How it goes on.")

    def follow(self, x: Floats, carried: Floats, block: BlockOfChains, stream: Stream) -> Floats:
        """Values along the rows of every parent: each the last at which the chain jumped."""
        uniforms = stream.child("sticks").generator(block.number).random(block.n)
        return _stuck(x, carried, block, uniforms, self.persistence)


@twin("stuck")
def _stuck(x: Floats, carried: Floats, block: BlockOfChains, uniforms: Doubles, p: float) -> Floats:
    stays = uniforms.take(block.order) < p
    stays[block.new_starts] = False
    is_carried = stays.take(block.starts)
    first = block.starts[is_carried]
    x[first] = carried[is_carried]
    stays[first] = False
    last_jump = np.maximum.accumulate(np.where(stays, 0, np.arange(len(x))))
    return x.take(last_jump)
