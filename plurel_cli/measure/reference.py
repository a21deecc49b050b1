"""What real databases have: 11 of them, each measured as `plurel measure` measures any other.

The databases are of match results, bank accounts, censuses of animals, question-and-answer sites,
git histories, timetables and film ratings; 4 to 26 tables, 17 thousand to 0.5 million rows each.
`real.json` beside this module has the values of each.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib.resources import files
from types import MappingProxyType

from plurel_cli.measure.quartiles import Quartiles, quartiles

_DATABASES = json.loads(files("plurel_cli.measure").joinpath("real.json").read_text("utf-8"))

N_DATABASES = len(_DATABASES)
"""How many real databases the quartiles are taken over."""


def _reference(family: str) -> Mapping[str, Quartiles]:
    """Quartiles of each statistic of a family, over the databases that have it."""
    measured = [database[family] for database in _DATABASES.values()]
    summed_up = {name: quartiles(values.get(name) for values in measured) for name in measured[0]}
    return MappingProxyType({name: each for name, each in summed_up.items() if each is not None})


REALISM = _reference("realism")

DEPENDENCE = _reference("dependence")
