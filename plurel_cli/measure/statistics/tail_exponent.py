"""How heavy the upper tail of fan-out is."""

from __future__ import annotations

from plurel_cli.measure import tail
from plurel_cli.measure.eligible import Eligible
from plurel_cli.measure.family import median
from plurel_cli.measure.statistics import statistics


@statistics()
def tail_exponent(database: Eligible) -> float | None:
    """Exponent of fan-out's upper tail, where heavy."""
    return median(tail.tail_exponents(database.fan_outs))
