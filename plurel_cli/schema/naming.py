"""What the tables, keys and times of a database are called.

Plain names number them. Natural ones say what a key refers to, as in `customer_id`; themed ones
are those of a trade. Whatever is stated goes before these.
"""

from __future__ import annotations

from collections.abc import Sequence

from plurel_cli.config import Config
from plurel_cli.config.known import key_name
from plurel_cli.config.names import NATURAL_TIME, natural_key, natural_keys
from plurel_cli.schema.column import PRIMARY_KEY, TIME_COLUMN
from plurel_cli.schema.skeleton import Reference, Skeleton
from plurel_cli.schema.themed import TableNames, Themed


def plain_names(name: str, references: Sequence[Reference]) -> TableNames:
    """Names that number what they name.

    Parameters
    ----------
    name, references
        The table, and what it refers to.

    Returns
    -------
    TableNames
    """
    keys = tuple(f"foreign_row_{index}" for index in range(len(references)))
    return TableNames(name, PRIMARY_KEY, TIME_COLUMN, keys)


def natural_names(name: str, references: Sequence[Reference]) -> TableNames:
    """Names that say what a key refers to.

    Parameters
    ----------
    name, references
        The table, and what it refers to.

    Returns
    -------
    TableNames
    """
    keys = natural_keys(name, [reference.table for reference in references])
    return TableNames(name, natural_key(name), NATURAL_TIME, keys)


def names_of(config: Config, skeleton: Skeleton, themed: Themed | None) -> dict[str, TableNames]:
    """Names of all tables of a database.

    Parameters
    ----------
    config
        What it is drawn from.
    skeleton
        Its tables and references.
    themed
        What its tables are in a theme, if it has one.

    Returns
    -------
    dict
        By the name in the graph.
    """
    references = skeleton.references
    if themed is not None:
        names = themed.names()
    else:
        name = natural_names if config.naming == "natural" else plain_names
        names = {table: name(table, several) for table, several in references.items()}
    return {
        table: _stated(config, table, names[table], several)
        for table, several in references.items()
    }


def _stated(
    config: Config, table: str, names: TableNames, references: Sequence[Reference]
) -> TableNames:
    """Names with those that are stated of a table."""
    stated = config.table(table)
    keys = []
    for position, reference in enumerate(references):
        name, _ = key_name(config, table, names.keys[position], reference.table, position)
        keys.append(name)
    return TableNames(
        stated.name or names.table,
        stated.primary_key or names.primary_key,
        stated.time_column or names.time,
        tuple(keys),
    )
