"""What a hub shows of a dataset: a card of its tables, of their keys, and of how it was made."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from plurel_cli.export.ddl import is_unique
from plurel_cli.schema.column import PrimaryKey, TimeColumn
from plurel_cli.schema.foreign_key import ForeignKey

if TYPE_CHECKING:
    from plurel_cli.schema.column import Column
    from plurel_cli.schema.model import Schema
    from plurel_cli.schema.table import Table

_SIZES = (1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (10**6, "100K<n<1M")
_LARGER = (10**7, "1M<n<10M"), (10**8, "10M<n<100M"), (10**9, "100M<n<1B"), (10**10, "1B<n<10B")
_LARGEST = (10**11, "10B<n<100B"), (10**12, "100B<n<1T")


def size_of(rows: int) -> str:
    """The category of a number of rows, as the Hugging Face Hub has it.

    Examples
    --------
    >>> size_of(366), size_of(20_000_000)
    ('n<1K', '10M<n<100M')
    """
    return next((name for most, name in (*_SIZES, *_LARGER, *_LARGEST) if rows < most), "n>1T")


def description(schema: Schema) -> str:
    """A database in a sentence."""
    rows = sum(table.rows for table in schema.tables)
    n_keys = len(schema.edges)
    return (
        f"A synthetic relational database: {len(schema.tables)} tables, {n_keys} foreign keys, "
        f"{rows:,} rows. No row is of a real person or thing."
    )


def front_matter(schema: Schema, title: str, licence: str | None) -> dict[str, Any]:
    """What the head of a card says to the Hub: a config for each table.

    Parameters
    ----------
    schema
        The database.
    title
        What the dataset is called.
    licence
        Its name on the Hub, if there is one.

    Returns
    -------
    dict
    """
    head: dict[str, Any] = {"pretty_name": title}
    if licence is not None:
        head["license"] = licence
    head["tags"] = ["synthetic", "tabular", "relational", "plurel"]
    head["size_categories"] = [size_of(sum(table.rows for table in schema.tables))]
    head["configs"] = [
        {"config_name": table.name, "data_files": f"data/{table.name}/*.parquet"}
        for table in schema.tables
    ]
    return head


def card(schema: Schema, title: str, licence: str | None) -> str:
    """The text of a card below its head, in Markdown.

    Parameters
    ----------
    schema
        The database.
    title
        What the dataset is called.
    licence
        Its name on the Hub, if there is one.

    Returns
    -------
    str
    """
    version = schema.made.plurel if schema.made is not None else "of an unknown version"
    first = schema.tables[0].name
    parts = [
        f"# {title}\n\n{description(schema)}\n",
        f"```python\nfrom datasets import load_dataset\n\n"
        f'{first} = load_dataset("{title}", "{first}")["train"]\n```\n',
        f"Licence: {licence or 'none is stated'}.\n",
        "## Schema\n\n![The tables and their keys](schema.svg)\n",
        "`schema.sql` has the same as `CREATE TABLE` statements. Primary and foreign keys are also "
        "in the metadata of each Parquet file. Times are in microseconds.\n",
        *(f"## {table.name}\n\n{_table(schema, table)}" for table in schema.tables),
        "## How it was made\n\n"
        f"By plurel {version} from `config.yaml` and seed {schema.seed}, which give the same "
        "values again:\n\n"
        f"```sh\nplurel generate --config config.yaml --seed {schema.seed} --out DIR\n```\n",
        "`STATS/` has the nulls, the range and the number of different values of every column.\n",
    ]
    return "\n".join(parts)


def _table(schema: Schema, table: Table) -> str:
    lines = [f"{table.rows:,} rows.", "", "| column | type | what |", "| --- | --- | --- |"]
    lines += [f"| `{c.name}` | {c.type} | {', '.join(_facts(schema, c))} |" for c in table.columns]
    return "\n".join(lines) + "\n"


def _facts(schema: Schema, column: Column) -> Iterator[str]:
    if isinstance(column, PrimaryKey):
        yield "primary key"
    elif isinstance(column, ForeignKey):
        parent = schema.by_name[column.references]
        yield f"refers to `{parent.name}.{parent.primary_key}`"
    elif isinstance(column, TimeColumn):
        yield "time of the row"
    elif (lens := getattr(column, "lens", None)) is not None:
        yield str(lens.kind).replace("_", " ")
    if is_unique(column):
        yield "unique"
    if column.nullable:
        yield "may be null"
