"""Keys as they are called outside: which columns hold row numbers, and what is written there.

In a folder of plurel, keys are row numbers. An export writes what the config states in their place,
or what a table that is there already leaves free, in the key itself, in all that refers to it, and
in columns that copy either.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from plurel_cli.formulas.tree import ColumnLeaf
from plurel_cli.lenses.formula import FormulaLens
from plurel_cli.lenses.link import Link
from plurel_cli.numerics.stream import Stream
from plurel_cli.schema.column import Attribute, Feature, PrimaryKey
from plurel_cli.schema.foreign_key import ForeignKey
from plurel_cli.schema.key_numbers import KeyNumbers

if TYPE_CHECKING:
    import polars as pl

    from plurel_cli.schema.column import Column
    from plurel_cli.schema.model import Schema
    from plurel_cli.schema.table import Table


@dataclass(frozen=True)
class Numbering:
    """What is written in the place of row numbers.

    Attributes
    ----------
    schema
        The database.
    numbers
        By table; what is left out stays as it is.
    """

    schema: Schema
    numbers: Mapping[str, KeyNumbers]

    @classmethod
    def stated(cls, schema: Schema) -> Numbering:
        """That of the config."""
        keys = {table.name: table.by_column[table.primary_key] for table in schema.tables}
        return cls(
            schema,
            {
                name: key.numbers
                for name, key in keys.items()
                if isinstance(key, PrimaryKey) and key.numbers is not None
            },
        )

    def touches(self, table: Table) -> bool:
        """Whether columns of a table are written otherwise."""
        return any(
            {*self._tables_of(table, column).values()} & {*self.numbers} for column in table.columns
        )

    def written(self, table: Table, frame: pl.DataFrame) -> pl.DataFrame:
        """Rows of a table, with the numbers that are written.

        Parameters
        ----------
        table
            The table.
        frame
            Some of its rows.

        Returns
        -------
        DataFrame
        """
        made = []
        for column in table.columns:
            if column.name not in frame.columns:
                continue
            tables = self._tables_of(table, column)
            if not {*tables.values()} & {*self.numbers}:
                continue
            lens = column.lens if isinstance(column, Feature | Attribute) else None
            labels = frame[lens.by] if isinstance(lens, Link) and lens.by is not None else None
            made.append(self._column(frame[column.name], tables, labels))
        return frame.with_columns(made) if made else frame

    def _tables_of(self, table: Table, column: Column) -> dict[str, str]:
        """Tables whose row numbers a column holds, by label where they differ; else by nothing."""
        match column:
            case PrimaryKey():
                return {"": table.name}
            case ForeignKey():
                return {"": column.references}
            case Feature(lens=Link() as link) | Attribute(lens=Link() as link):
                return dict(link.tables) if link.to is None else {"": link.to}
            case Feature(lens=FormulaLens() as lens) | Attribute(lens=FormulaLens() as lens):
                return self._copied(table, lens)
        return {}

    def _copied(self, table: Table, lens: FormulaLens) -> dict[str, str]:
        """Of a column that only shows a key of the row, or of one that it refers to."""
        leaf = lens.tree
        if not isinstance(leaf, ColumnLeaf):
            return {}
        if leaf.key is None:
            return self._tables_of(table, table.by_column[leaf.name])
        key = next((key for key in table.foreign_keys if key.name == leaf.key), None)
        if key is None:
            return {}
        parent = self.schema.by_name[key.references]
        return self._tables_of(parent, parent.by_column[leaf.name])

    def _column(
        self, values: pl.Series, tables: Mapping[str, str], labels: pl.Series | None
    ) -> pl.Series:
        import polars as pl

        several = values
        for label, name in tables.items():
            if name not in self.numbers:
                continue
            there = values.is_not_null()
            if labels is not None:
                there &= (labels.cast(pl.String) == label).fill_null(value=False)
            rows = values.filter(there).cast(pl.Int64).to_numpy()
            stream = Stream(self.schema.seed).child("key_numbers", self.schema.by_name[name].id)
            several = several.scatter(there.arg_true(), self.numbers[name].of(rows, stream))
        return several
