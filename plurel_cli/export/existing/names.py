"""What tables and columns are called in a database that has names of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from plurel_cli.config.wording import nearest
from plurel_cli.errors import UsageError

if TYPE_CHECKING:
    from plurel_cli.schema.model import Schema

FLAG = "--rename"


@dataclass(frozen=True)
class GivenNames:
    """Names of tables and columns, where they are not the same on both sides.

    Attributes
    ----------
    tables
        Name there, by ours.
    columns
        Name there, by our table and column.
    """

    tables: dict[str, str] = field(default_factory=dict)
    columns: dict[tuple[str, str], str] = field(default_factory=dict)

    @classmethod
    def of(cls, rename: Mapping[str, str], schema: Schema) -> GivenNames:
        """Names as a user gives them.

        Parameters
        ----------
        rename
            From `table` or `table.column` of ours to a name there.
        schema
            Ours.

        Returns
        -------
        Names

        Raises
        ------
        UsageError
            If there is no such table or column, or two would have one name.
        """
        names = cls()
        for ours, theirs in rename.items():
            name, dot, column = ours.partition(".")
            table = schema.by_name.get(name)
            if table is None:
                remedy = nearest(name, [t.name for t in schema.tables])
                raise UsageError(FLAG, "must begin with a table of the database", name, remedy)
            if not dot:
                names.tables[name] = theirs
                continue
            several = [c.name for c in table.columns]
            if column not in several:
                rule = f"must name a column of {name}"
                raise UsageError(FLAG, rule, column, nearest(column, several))
            names.columns[name, column] = theirs
        names._check_differ(schema)
        return names

    def _check_differ(self, schema: Schema) -> None:
        """Refuse two tables, or two columns of one, of the same name there."""
        tables = [self.table(table.name) for table in schema.tables]
        groups = [("two tables", tables)]
        for table in schema.tables:
            columns = [self.column(table.name, c.name) for c in table.columns]
            groups.append((f"two columns of {table.name}", columns))
        for what, names in groups:
            twice = sorted({name for name in names if names.count(name) > 1})
            if twice:
                rule = f"gives {what} the name {twice[0]}"
                raise UsageError(FLAG, rule, remedy="rename the other one too")

    def table(self, ours: str) -> str:
        """What a table is called there."""
        return self.tables.get(ours, ours)

    def column(self, table: str, ours: str) -> str:
        """What a column is called there.

        Parameters
        ----------
        table, ours
            Our table and column.

        Returns
        -------
        str
        """
        return self.columns.get((table, ours), ours)
