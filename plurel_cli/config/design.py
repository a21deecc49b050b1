"""A database of one's own, written in Python: tables, their columns, and what causes what.

The three classes say what a config says below `tables`, and `Design.config` is that config, so that
every rule of configs holds for them. A design is given to `generate` as a config is.

Examples
--------
>>> shop = Design(
...     TableDesign(
...         "customer",
...         ColumnDesign("plan", "category", values={"free": 6, "pro": 3}),
...         ColumnDesign.hidden_variable("appetite"),
...         rows=100,
...     ),
...     TableDesign(
...         "order",
...         ColumnDesign("amount", "money", causes={"customer_id.appetite": 0.5}),
...         parents=["customer"],
...         rows=400,
...     ),
... )
>>> from plurel_cli import generate
>>> generate(shop, seed=1).tables["order"].columns
['order_id', 'customer_id', 'created_at', 'amount']
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from plurel_cli.config.load import parse_config
from plurel_cli.config.model import Config
from plurel_cli.errors import UsageError


class ColumnDesign:
    """A column, or a hidden variable.

    Parameters
    ----------
    name
        What it is called.
    lens
        How it is seen: the name of a lens; none for a hidden variable, and for a drawn column of
        which something is stated.
    causes
        What it depends on, each with its share of the variance, or as a list.
    settings
        Those of the lens and of the column, as a config has them.
    """

    def __init__(
        self,
        name: str,
        lens: str | None = None,
        *,
        causes: Mapping[str, Any] | Sequence[str] | None = None,
        **settings: Any,
    ) -> None:
        self.name = name
        self.settings: Mapping[str, Any] = {
            **({} if lens is None else {"lens": lens}),
            **({} if causes is None else {"causes": causes}),
            **settings,
        }

    @classmethod
    def hidden_variable(
        cls, name: str, *, causes: Mapping[str, Any] | Sequence[str] | None = None, **settings: Any
    ) -> ColumnDesign:
        """A variable that is no column, and on which others depend.

        Parameters
        ----------
        name
            What it is called.
        causes
            What it depends on.
        settings
            Others, as a config has them.

        Returns
        -------
        ColumnDesign
        """
        return cls(name, causes=causes, hidden=True, **settings)


class TableDesign:
    """A table.

    Parameters
    ----------
    name
        What it is called.
    columns
        Its columns and hidden variables, in order.
    parents
        Tables that it refers to, in the order of its foreign keys: names, or maps as a config has
        them.
    settings
        Others, such as `rows`, `timed` and `others`, as a config has them below the table's name.
    """

    def __init__(
        self,
        name: str,
        *columns: ColumnDesign,
        parents: Sequence[str | Mapping[str, Any]] = (),
        **settings: Any,
    ) -> None:
        _refuse_twice(f"tables.{name}.columns", [column.name for column in columns])
        self.name = name
        self.settings: Mapping[str, Any] = {
            **({"parents": [*parents]} if parents else {}),
            **({"columns": {c.name: dict(c.settings) for c in columns}} if columns else {}),
            **settings,
        }


class Design:
    """A database whose tables are written out.

    Parameters
    ----------
    tables
        The tables.
    sections
        Sections of a config, such as `time={"start": "2020-01-01"}`.
    """

    def __init__(self, *tables: TableDesign, **sections: Any) -> None:
        _refuse_twice("tables", [table.name for table in tables])
        self.tables, self.sections = tables, sections

    @property
    def data(self) -> dict[str, Any]:
        """The config as plain data, as its file would have it."""
        schema = {"layout": "explicit", **self.sections.get("schema", {})}
        tables = {table.name: dict(table.settings) for table in self.tables}
        return {**self.sections, "schema": schema, "tables": tables}

    @property
    def config(self) -> Config:
        """The config.

        Raises
        ------
        ConfigError
            With all that is wrong with it.
        """
        return parse_config(self.data)


def _refuse_twice(place: str, names: Sequence[str]) -> None:
    """A map cannot have two entries of one name, and would keep the last."""
    for index, name in enumerate(names):
        if name in names[:index]:
            raise UsageError(place, "must name each once", name)
