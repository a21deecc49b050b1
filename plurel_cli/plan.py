"""A database before it is written: its schema, its config, and all its values, each made once.

A plan is of a schema with some stages done, and a stage more makes another plan, which shares what
has been made. It gives every column by blocks, in any order: small tables lie in one block, which
stays; of large ones the last blocks do, within a bound on their bytes. Stages, portions,
interventions and whatever writes ask the plan, and none makes the values of another.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from plurel_cli.blocks.column import BlockColumn
from plurel_cli.blocks.continued import Continued
from plurel_cli.blocks.kept import KeptBlocks
from plurel_cli.config import Config
from plurel_cli.connectivity.grown import GrownKeys
from plurel_cli.connectivity.stage import DatabaseKeys, plan_keys, settled
from plurel_cli.lenses.times import TimeLens
from plurel_cli.schema.column import Attribute, Column, Feature, TimeColumn
from plurel_cli.schema.latents import HiddenColumn
from plurel_cli.schema.model import Schema
from plurel_cli.schema.sample import sample_schema
from plurel_cli.schema.stages import STAGES, StageName
from plurel_cli.schema.table import Table
from plurel_cli.temporal.clock import Clock
from plurel_cli.temporal.grown import GrownClock
from plurel_cli.temporal.stage import feature_series, plan_time

if TYPE_CHECKING:
    from plurel_cli.features.engine.engine import Engine
    from plurel_cli.features.shown.columns import ShownColumns


def within_window(schema: Schema) -> Schema:
    """The schema with the days of the window where lenses on times leave theirs open."""
    if schema.window is None:
        return schema
    first, last = schema.window.start, schema.window.end

    def placed(column: Column) -> Column:
        if isinstance(column, Feature) and isinstance(column.lens, TimeLens):
            return column.but(lens=column.lens.within(first, last))
        return column

    return schema.but(
        tables=tuple(
            table.but(columns=tuple(map(placed, table.columns))) if table.features else table
            for table in schema.tables
        )
    )


@dataclass(frozen=True)
class Plan:
    """A schema with some stages planned, and the values of its columns.

    `Plan.of` makes one.

    Attributes
    ----------
    schema
        The database, as far as it is planned.
    config
        What it is drawn from.
    clock, relations, kept
        What makes times and keys, and where the last blocks of them are.
    fit
        What makes features, if it is there; else they are fitted when they are asked for.
    former
        The plan of the database before it last grew, if it did.
    """

    schema: Schema
    config: Config
    clock: Clock
    relations: DatabaseKeys
    kept: KeptBlocks
    fit: Engine | None = None
    former: Plan | None = None

    @classmethod
    def of(cls, schema: Schema, config: Config, kept: KeptBlocks | None = None) -> Plan:
        """The plan of a schema with the first stage done, or more of them.

        Parameters
        ----------
        schema
            The schema.
        config
            What it is drawn from.
        kept
            Where blocks of keys and times are kept; a place of the plan's own by default.

        Returns
        -------
        Plan
        """
        kept = kept or KeptBlocks()
        if schema.former is not None:
            before = cls.of(schema.former, config, kept)
            grown = GrownClock(schema, config, kept, before.clock)
            keys = GrownKeys(schema, grown, kept, before.relations)
            return cls(schema, config, grown, keys, kept, former=before)
        clock = Clock(schema, config, kept)
        return cls(schema, config, clock, DatabaseKeys(schema, clock, kept), kept)

    @classmethod
    def drawn(cls, config: Config, seed: int) -> Plan:
        """The plan of a database with the first stage, and all that the schema says settled.

        Which keys may be null, and which pairs are unique, hangs on how keys are drawn, so that
        these are planned for it.

        Parameters
        ----------
        config
            What to draw from.
        seed
            Seed of the database, 0 to 2⁶⁴ − 1.

        Returns
        -------
        Plan

        Raises
        ------
        UsageError
            If the seed is out of range.
        ConfigError
            If the config allows no such database.
        """
        plan = cls.of(sample_schema(config, seed), config)
        return cls.of(settled(plan.schema, plan.after("fk").schema), config, plan.kept)

    @classmethod
    def whole(cls, config: Config, seed: int) -> Plan:
        """The plan of a database with all stages.

        Parameters
        ----------
        config
            What to draw from.
        seed
            Seed of the database, 0 to 2⁶⁴ − 1.

        Returns
        -------
        Plan

        Raises
        ------
        UsageError
            If the seed is out of range.
        ConfigError
            If the config allows no such database.
        """
        plan = cls.of(sample_schema(config, seed), config)
        for stage in STAGES[1:]:
            plan = plan.after(stage)
        return plan

    def after(self, stage: StageName) -> Plan:
        """The plan with the next stage, which completes the schema with what it draws."""
        if stage == "fk":
            schema, relations = plan_keys(self.schema, self.config, self.clock, self.kept)
            return replace(self, schema=schema, relations=relations)
        if stage == "temporal":
            return replace(self, schema=within_window(plan_time(self.schema, self.clock)))
        from plurel_cli.features.stage import plan_features

        engine = self.engine and self.engine.done()
        return replace(self, schema=plan_features(self.schema, engine), fit=engine)

    @cached_property
    def engine(self) -> Engine | None:
        """What makes features by causal graphs; none where they are series."""
        if self.fit is not None:
            return self.fit
        models = {self.config.for_table(table.id).features.model for table in self.schema.tables}
        if "scm" not in models:
            return None
        if self.former is not None and self.former.engine is not None:
            return self.former.engine.grown(self.schema, self.relations, self.clock)
        from plurel_cli.features.stage import fitted

        return fitted(self.schema, self.config, self.relations, self.clock)

    def keys(self, table: Table, column: str) -> BlockColumn:
        """Primary key or a foreign key of a table: row numbers, below 0 for null.

        Parameters
        ----------
        table
            The table.
        column
            The key's column.

        Returns
        -------
        BlockColumn
            Blocks of int64.
        """
        return self.relations.column(table, column)

    def times(self, table: Table) -> BlockColumn:
        """Times of a table that has some: nanoseconds since 1970, rising."""
        return self.clock.column(table)

    def features(self, table: Table, column: str) -> BlockColumn:
        """A feature column of a table, as it is written: below 0 or NaN for null.

        Parameters
        ----------
        table
            The table.
        column
            The feature's column.

        Returns
        -------
        BlockColumn
            Blocks of float32 or float64, or of int32 for categories.
        """
        if table.name not in self._features:
            is_series = self.config.for_table(table.id).features.model == "series"
            self._features[table.name] = (
                self._series(table)
                if is_series or self.engine is None
                else self.engine.columns(table)
            )
        return self._features[table.name][column]

    def _series(self, table: Table) -> dict[str, BlockColumn]:
        """Feature columns of a table as series; rows that were there keep their values."""
        series = feature_series(self.schema, self.config, table)
        if self.former is None:
            return series
        before = self.former.schema.by_name[table.name]
        former = self.former._series(before)
        return {
            name: Continued(former[name], column, before.rows) for name, column in series.items()
        }

    @cached_property
    def _features(self) -> dict[str, dict[str, BlockColumn]]:
        return {}

    @cached_property
    def shown(self) -> ShownColumns:
        """What makes the columns that show the row, or other columns."""
        from plurel_cli.features.shown.columns import ShownColumns

        return ShownColumns(self)

    def hidden(self, column: HiddenColumn) -> BlockColumn:
        """A hidden variable, as it is carried: blocks of float32."""
        table, engine = self.schema.by_name[column.of], self.engine
        assert engine is not None and table.causal is not None  # noqa: S101, PT018 (it has a node)
        names = [node.name for node in table.causal.nodes]
        return engine.variable(table, names.index(column.name))

    def column(self, table: Table, column: Column) -> BlockColumn:
        """Any column of a table.

        Parameters
        ----------
        table
            The table.
        column
            A column of it, of a stage that is planned.

        Returns
        -------
        BlockColumn
            What makes its blocks.
        """
        if isinstance(column, HiddenColumn):
            return self.hidden(column)
        if isinstance(column, Attribute):
            return self.shown.of(table, column)
        if isinstance(column, Feature):
            return self._feature(table, column)
        is_time = isinstance(column, TimeColumn)
        return self.times(table) if is_time else self.keys(table, column.name)

    def _feature(self, table: Table, column: Feature) -> BlockColumn:
        """A feature as it is written, with what hangs on other columns."""
        made = self.features(table, column.name)
        if column.held is not None or column.lens is None:
            return made
        if column.lens.reads:
            made = self._hanging(self.schema, table, column, made)
        return made if column.when is None else self.shown.where(table, column, made)

    def _hanging(
        self, schema: Schema, table: Table, column: Feature, made: BlockColumn
    ) -> BlockColumn:
        """What makes a column that hangs on another: in each row by the last day known then."""
        hanging = self.shown.beside(table, column, made)
        if (former := schema.former) is None:
            return hanging
        before = former.by_name[table.name]
        known_then = before.by_column[column.name]
        assert isinstance(known_then, Feature)  # noqa: S101 (as it is now)
        earlier = self._hanging(former, table, known_then, made)
        return Continued(earlier, hanging, before.rows)
