"""Further statistics of a database, one module each: shown, but not judged by real databases.

A statistic is a function from what of a database may be measured to a number, or to None where
there is nothing to take it over. The first line of its docstring is what `plurel measure` says.
"""

from __future__ import annotations

from collections.abc import Callable

from plurel_cli.choices.registry import Registry
from plurel_cli.measure.eligible import Eligible

Measured = Callable[[Eligible], float | None]

statistics: Registry[Measured] = Registry("statistic", __name__)
