"""Keys looked at before they leave: whatever drew them, each is of a row that exists, or null."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from plurel_cli.blocks.column import BlockColumn
from plurel_cli.errors import ConfigError, Problem


class CheckedKeys:
    """Keys of which none is written that refers to no row.

    Parameters
    ----------
    keys
        The keys, by block.
    n_parents
        Rows of the table referred to.
    nullable
        Whether some may be null, which is below 0.
    place
        What a message names.
    """

    def __init__(self, keys: BlockColumn, n_parents: int, *, nullable: bool, place: str) -> None:
        self._keys, self._n_parents = keys, n_parents
        self._least = -1 if nullable else 0
        self._place = place

    def block(self, index: int) -> NDArray[np.int64]:
        """Keys of one block of rows.

        Raises
        ------
        ConfigError
            If one refers to no row, which is a fault of ours.
        """
        keys: NDArray[np.int64] = self._keys.block(index)
        if keys.max() >= self._n_parents or keys.min() < self._least:
            rule = f"gives keys that are none of {self._n_parents} rows"
            remedy = "please report it, with the config and the seed"
            raise ConfigError([Problem(self._place, rule, remedy=remedy)])
        return keys
