"""The feature columns of each table: how many, of what kind, with how many categories."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cached_property

from plurel_cli.choices.choice import Choice
from plurel_cli.config import Config
from plurel_cli.config.features import FeaturesConfig
from plurel_cli.config.scm import ScmConfig
from plurel_cli.config.statements import is_pattern
from plurel_cli.config.tables import ColumnConfig
from plurel_cli.lenses import ColumnSite
from plurel_cli.numerics.stream import Stream
from plurel_cli.schema.column import Column, ColumnType, Feature
from plurel_cli.schema.narrowed import Narrowed
from plurel_cli.schema.stated import HiddenVariable
from plurel_cli.schema.stated_columns import column_of, hidden_of
from plurel_cli.schema.themed import Themed
from plurel_cli.themes.grain import grained
from plurel_cli.themes.labels import written_labels
from plurel_cli.themes.plain import Statement
from plurel_cli.themes.statements import drawn_statement

_TYPES: dict[str, ColumnType] = {"integer": "int32", "label": "string", "boolean": "boolean"}


_RARE = 0.4
"""Share of nulls from which on they say that something has not happened, and are no omission."""

_YEAR = re.compile("(?i)year(?!s)")
"""In names of years, which nobody rounds to decades."""


class FeatureColumns:
    """What the feature columns of a database's tables are drawn from.

    Parameters
    ----------
    config
        What to draw from.
    stream
        Randomness of the schema.
    themed
        What tables are in a theme, if there is one.
    rows
        Rows of each table.
    """

    def __init__(
        self, config: Config, stream: Stream, themed: Themed | None, rows: Mapping[str, int]
    ) -> None:
        self._config, self._themed, self._rows = config, themed, rows
        self._nulls_anywhere = config.statements.has_nulls
        self._tables, self._stream = stream.child("table"), stream.child("narrowed")

    @cached_property
    def _of_theme(self) -> dict[str, dict[str, ColumnConfig]]:
        """The columns that a theme states of each table, by name."""
        if self._themed is None:
            return {}
        numbers = {table: self._number(table) for table in self._rows}
        statements = self._themed.statements(numbers)
        drawn = {
            table: {
                name: self._drawn(self._themed, statement, table, name)
                for name, statement in several.items()
            }
            for table, several in statements.items()
        }
        return {
            table: {
                name: self._as_in_database(self._themed, statement, table, name)
                for name, statement in several.items()
            }
            for table, several in written_labels(drawn, self._themed.mix.label_style).items()
        }

    def _drawn(
        self, themed: Themed, statement: Statement, table: str, name: str
    ) -> dict[str, object]:
        """What a theme states of a column, with what it leaves to be drawn."""
        draws = self._tables.child(table, "words", name).draws()
        return drawn_statement(statement, self._rows[table], draws, themed.circumstances)

    def _as_in_database(
        self, themed: Themed, statement: Statement, table: str, name: str
    ) -> ColumnConfig:
        """What a theme states of a column, as the mix of the database has it."""
        mix, drawn = themed.mix, dict(statement)
        rows, stream = self._rows[table], self._tables.child(table, "words", name)
        nulls = drawn.get("nulls")
        is_rare = isinstance(nulls, float) and nulls >= _RARE
        if not stream.child("nulls").draws().chance(mix.stated_nulls) and not is_rare:
            drawn.pop("nulls", None)
        stated = ColumnConfig.model_validate(drawn)
        assert stated.lens is not None  # noqa: S101 (every column of a theme has one)
        site = ColumnSite(table, name, rows)
        lens = stated.lens.completed(site, self._tables.child(table, "column", name, "lens"))
        if not _YEAR.search(name):
            lens = grained(lens, mix, rows, stream.child("grain").draws())
        return stated.model_copy(update={"lens": lens})

    def _number(self, table: str) -> int:
        """How many feature columns are drawn for a table."""
        settings, stated = self._config.for_table(table), self._config.table(table)
        if settings.features.model == "none":
            return 0
        choice = stated.others or settings.schema.columns
        if self.stated(table) and stated.others is None:
            return 0
        return choice.draw(self._tables.child(table, "columns").draws())

    def of(self, table: str, stream: Stream) -> list[Feature]:
        """The feature columns of a table.

        Parameters
        ----------
        table
            Name of the table.
        stream
            Randomness of the table.

        Returns
        -------
        list of Feature
            None where features are not asked for.
        """
        if self._config.for_table(table).features.model == "none":
            return []
        of_table, n = self._config.for_table(table), self._number(table)
        settings = of_table.schema
        is_stated = self._config.statements.has_columns(table)
        p_categorical: Choice[float] | Narrowed = settings.p_categorical
        categories: Choice[int] | Narrowed = settings.categories
        if settings.narrowed:
            p_categorical = Narrowed.of(settings.p_categorical, self._stream.child("p_categorical"))
            categories = Narrowed.of(settings.categories, self._stream.child("categories"))
        p = p_categorical.draw(stream.child("p_categorical").draws())
        kinds, counts = stream.child("kinds").draws(), stream.child("categories").draws()
        columns = []
        for index in range(n):
            is_categorical = kinds.chance(p)
            count = int(categories.draw(counts))  # for every column: kinds move no counts
            drawn = count if is_categorical else None
            name = f"feature_{index}"
            if is_stated:
                columns.append(self._stated_feature(table, name, drawn, count, stream))
            else:
                columns.append(self._feature(name, drawn, of_table.features))
        return columns

    def stated(self, table: str) -> dict[str, ColumnConfig]:
        """The columns and hidden variables that are stated of a table, in order."""
        several = (one.named_columns for one in self._config.statements.of(table))
        names = dict.fromkeys(name for columns in several for name in columns)
        return {
            name: stated[-1]
            for name in names
            if not is_pattern(name)
            and (stated := [c for c in self._config.statements.columns_of(table, name) if c.is_new])
        }

    def of_no_future(self, table: str) -> set[str]:
        """Columns of a table that are stated not to tell the future."""
        several = self._of_theme.get(table, {}) | self.stated(table)
        return {name for name, stated in several.items() if stated.tells_future is False}

    def all_of(self, table: str, stream: Stream) -> tuple[list[Column], list[HiddenVariable]]:
        """The columns of a table that are filled by features, and its hidden variables.

        Parameters
        ----------
        table
            The table.
        stream
            Randomness of the table.

        Returns
        -------
        tuple
            Stated ones first, in their order.
        """
        columns: list[Column] = []
        hidden: list[HiddenVariable] = []
        drawn = self._of_theme.get(table, {})
        for name, stated in (drawn | self.stated(table)).items():
            if stated.lens is None:
                hidden.append(hidden_of(name, stated))
                continue
            site = ColumnSite(table, name, self._rows[table])
            of_column = stream.child("column", name)
            settings = self._config.for_column(table, name).features
            may_be_null = self._nulls_anywhere and settings.scm.missing.p_column.bounds[1] > 0
            columns.append(column_of(name, stated.lens, stated, site, of_column, nulls=may_be_null))
        if self._themed is None:
            columns += self.of(table, stream)
        return columns, hidden

    def _stated_feature(
        self, table: str, name: str, categories: int | None, count: int, stream: Stream
    ) -> Feature:
        """A feature column: what was drawn for it, but for what is stated of it alone."""
        draws = stream.child("column", name)
        null_share = None
        for stated in self._config.statements.columns_of(table, name):
            if (choice := stated.of_schema("categories")) is not None:
                count = choice.draw(draws.child("categories").draws())
                categories = None if categories is None else count
            if (choice := stated.of_schema("p_categorical")) is not None:
                p = choice.draw(draws.child("p_categorical").draws())
                categories = count if draws.child("kind").draws().chance(p) else None
            if isinstance(stated.nulls, float):
                null_share = stated.nulls
        settings = self._config.for_column(table, name).features
        return self._feature(name, categories, settings, null_share)

    def _feature(
        self,
        name: str,
        categories: int | None,
        settings: FeaturesConfig,
        null_share: float | None = None,
    ) -> Feature:
        """A feature column as it was drawn, which has nulls by its settings."""
        is_categorical = categories is not None
        is_causal = settings.model == "scm"
        if null_share is not None and is_causal:
            is_nullable = null_share > 0.0
        else:
            may_be_null = is_causal and self._nulls_anywhere
            is_nullable = may_be_null and _may_be_null(settings.scm, is_categorical)
        return Feature(
            name=name,
            type=_TYPES[settings.categorical_as] if is_categorical else "float32",
            stage="features" if is_causal else "temporal",
            nullable=is_nullable,
            kind="categorical" if is_categorical else "numerical",
            categories=categories,
            null_share=null_share if is_causal else None,
        )


def _may_be_null(settings: ScmConfig, is_categorical: bool) -> bool:
    if settings.missing.p_column.bounds[1] > 0 or settings.determined.p.bounds[1] > 0:
        return True  # a column that others determine is null where they are
    return not is_categorical and settings.nulls.bounds[1] > 0
