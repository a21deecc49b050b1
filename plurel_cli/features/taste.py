"""Settings of each table: where the config gives a `taste`, it draws its own distribution over the
names of every choice, about its database's.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from plurel_cli.choices.choice import OneOf
from plurel_cli.choices.section import Section
from plurel_cli.config import Config
from plurel_cli.config.scm import ScmConfig
from plurel_cli.features.streams import table_stream
from plurel_cli.numerics.stream import Stream
from plurel_cli.numerics.sums import total
from plurel_cli.schema.model import Schema, Table

S = TypeVar("S", bound=Section)


def table_settings(config: Config, schema: Schema, table: Table) -> ScmConfig:
    """Settings of one table, its database's taste drawn and about that its own."""
    settings = config.for_table(table.id).features.scm
    taste, common = settings.taste, settings.database_taste
    if common is not None:
        settings = _tasted(settings, common, Stream(schema.seed).child("features", "taste"))
    if taste is not None:
        settings = _tasted(settings, taste, table_stream(schema, table).child("taste"))
    return settings


def all_settings(config: Config, schema: Schema) -> dict[str, ScmConfig]:
    """Settings of every table, by table."""
    return {table.name: table_settings(config, schema, table) for table in schema.tables}


def _tasted(section: S, concentration: float, stream: Stream) -> S:
    changes: dict[str, object] = {}
    for name, value in section:
        if isinstance(value, Section):
            its = _tasted(value, concentration, stream.child(name))
            if its is not value:
                changes[name] = its
        elif isinstance(value, OneOf) and isinstance(value.values[0], str):
            mean = _mean_taste(value, concentration)
            weights = tuple(stream.child(name).generator().standard_gamma(mean).tolist())
            if any(weights):
                changes[name] = OneOf(value.values, weights)
    return section.model_copy(update=changes) if changes else section


@lru_cache(1 << 10)
def _mean_taste(choice: OneOf[str], concentration: float) -> NDArray[np.float64]:
    """The means of the gamma variables that a choice's weights become; most come many times."""
    weights = np.array(choice.weights or (1.0,) * len(choice.values))
    mean: NDArray[np.float64] = len(weights) * concentration * weights / total(weights)
    return mean
