"""Settings of each table: where the config gives a `taste`, it draws its own distribution over the
names of every choice, about its database's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from plurel_cli.choices.choice import OneOf
from plurel_cli.choices.section import Section
from plurel_cli.config import Config
from plurel_cli.config.features import FeaturesConfig
from plurel_cli.config.scm import ScmConfig
from plurel_cli.features.streams import table_stream
from plurel_cli.numerics.stream import Stream
from plurel_cli.numerics.sums import total
from plurel_cli.schema.model import Schema
from plurel_cli.schema.table import Table

S = TypeVar("S", bound=Section)


@dataclass(frozen=True)
class TableSettings:
    """What the features of a table are drawn from.

    Attributes
    ----------
    whole
        Settings of the table.
    columns
        Those of each column of which something is stated.
    keys
        Those of each foreign key of which something is stated.
    """

    whole: FeaturesConfig
    columns: Mapping[str, FeaturesConfig] = field(default_factory=dict)
    keys: Mapping[str, FeaturesConfig] = field(default_factory=dict)

    @property
    def scm(self) -> ScmConfig:
        """Settings of the table's causal graph."""
        return self.whole.scm

    @property
    def plain(self) -> TableSettings:
        """The same without what is stated of columns."""
        return TableSettings(self.whole, keys=self.keys) if self.columns else self

    def of_column(self, column: str | None) -> FeaturesConfig:
        """Settings of a column, or of a latent node."""
        return self.whole if column is None else self.columns.get(column, self.whole)

    def of_key(self, column: str) -> FeaturesConfig:
        """Settings of what comes over a foreign key."""
        return self.keys.get(column, self.whole)


def table_settings(config: Config, schema: Schema, table: Table) -> TableSettings:
    """Settings of a table, its columns and its keys, with the tastes that are drawn.

    Parameters
    ----------
    config
        What is stated.
    schema, table
        The table.

    Returns
    -------
    TableSettings
    """
    whole = config.for_table(table.id).features

    def tasted(features: FeaturesConfig) -> FeaturesConfig:
        scm = features.scm
        if (common := whole.scm.database_taste) is not None:
            scm = _tasted(scm, common, Stream(schema.seed).child("features", "taste"))
        if (taste := whole.scm.taste) is not None:
            scm = _tasted(scm, taste, table_stream(schema, table).child("taste"))
        return features if scm is features.scm else features.model_copy(update={"scm": scm})

    columns, keys = {}, {}
    stated = table.features if config.statements.has_columns(table.id) else ()
    for column in stated:
        of_column = config.for_column(table.id, column.name).features
        if of_column != whole:
            columns[column.name] = tasted(of_column)
    for position, key in enumerate(table.foreign_keys):
        of_key = config.for_key(
            table.id, key.name, schema.by_name[key.references].id, position
        ).features
        if of_key != whole:
            keys[key.name] = tasted(of_key)
    return TableSettings(tasted(whole), columns, keys)


def all_settings(config: Config, schema: Schema) -> dict[str, TableSettings]:
    """Settings of every table.

    Parameters
    ----------
    config
        What is stated.
    schema
        The tables.

    Returns
    -------
    dict
        By table.
    """
    return {table.name: table_settings(config, schema, table) for table in schema.tables}


def _tasted(section: S, concentration: float, stream: Stream) -> S:
    changes: dict[str, object] = {}
    for name, value in section:
        if isinstance(value, Section):
            tasted = _tasted(value, concentration, stream.child(name))
            if tasted is not value:
                changes[name] = tasted
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
