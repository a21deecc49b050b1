"""How the rows of a table follow one another, one module a spacing.

A spacing is a function `(n_rows, hours, stream, *, settings…) → positions`: it gets the rows of a
table, the hours of the window and randomness, and returns a column of rising positions in [0, 1)
by blocks of rows. A position is a share of all rows that are expected by a time; the table's rate
makes times of them.
"""

from __future__ import annotations

from collections.abc import Callable

from plurel_cli.blocks.column import BlockColumn
from plurel_cli.choices.registry import Registry

Spacing = Callable[..., BlockColumn]

spacings: Registry[Spacing] = Registry("spacing", __name__)
