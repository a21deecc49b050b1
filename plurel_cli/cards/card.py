"""What a hub shows of a dataset: a card of its tables, of their keys, and of how it was made."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from plurel_cli.prose import counted
from plurel_cli.schema.column import PrimaryKey, TimeColumn
from plurel_cli.schema.declared import is_unique
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
    sizes = (
        *(counted(len(schema.tables), "table"), counted(len(schema.edges), "foreign key")),
        counted(rows, "row"),
    )
    return (
        f"A synthetic relational database: {', '.join(sizes)}. No row is of a real person or thing."
    )


def front_matter(
    schema: Schema, title: str, licence: str | None, files: Mapping[str, str]
) -> dict[str, Any]:
    """What the head of a card says to the Hub: a config for each table.

    Parameters
    ----------
    schema
        The database.
    title
        What the dataset is called.
    licence
        Its name on the Hub, if there is one.
    files
        Where the rows of each table are, as a pattern.

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
        {"config_name": table.name, "data_files": files[table.name]} for table in schema.tables
    ]
    return head


def headed(head: Mapping[str, Any], text: str) -> str:
    """A card with its head.

    Parameters
    ----------
    head
        What it says to the Hub.
    text
        The text below.

    Returns
    -------
    str
        Markdown.
    """
    import yaml

    lines = yaml.safe_dump(dict(head), sort_keys=False, allow_unicode=True)
    return f"---\n{lines}---\n\n{text}"


def read_me(schema: Schema, files: Mapping[str, str]) -> str:
    """The card of a database's folder: it names no place, and is the same wherever the folder is.

    Parameters
    ----------
    schema
        The database.
    files
        Where the rows of each table are, as a pattern.

    Returns
    -------
    str
        Markdown, with a head.
    """
    theme = f" ({schema.theme})" if schema.theme else ""
    title = f"Synthetic relational database{theme}, seed {schema.seed}"
    first = schema.tables[0].name
    parts = [
        f"# {title}\n\n{description(schema)}\n",
        f'```python\nimport polars as pl\n\n{first} = pl.read_parquet("{files[first]}")\n```\n',
        "## Schema\n\n![The tables and their keys](schema.svg)\n",
        "`schema.json` says what every table and column is. Keys are also in the metadata of each "
        "Parquet file.\n",
        *(f"## {table.name}\n\n{_table(schema, table)}" for table in schema.tables),
        *_tasks(schema),
        f"## How it was made\n\n{_made(schema)} from the config that `schema.json` holds, and seed "
        f"{schema.seed}, which give the same values again:\n\n"
        f"```sh\njq .config schema.json > config.json\n"
        f"plurel generate --config config.json --seed {schema.seed} --out DIR\n```\n",
    ]
    return headed(front_matter(schema, title, None, files), "\n".join(parts))


def plain(words: str) -> str:
    r"""Words that are no markup in a cell of Markdown.

    Examples
    --------
    >>> plain("a <b> | c")
    'a &lt;b> \\| c'
    """
    escaped = words.replace("&", "&amp;").replace("<", "&lt;").replace("|", "\\|")
    return " ".join(escaped.replace("`", "\\`").split())


def _made(schema: Schema) -> str:
    return f"By plurel {schema.made.plurel if schema.made is not None else 'of an unknown version'}"


def _tasks(schema: Schema) -> Iterator[str]:
    """What can be learned, where that was asked for."""
    if not schema.tasks:
        return
    lines = ["| task | asks | answer |", "| --- | --- | --- |"]
    lines += [
        f"| `{task.name}` | {plain(task.description)} | {task.task_type.replace('_', ' ')} |"
        for task in schema.tasks
    ]
    yield "## Tasks\n\n" + "\n".join(lines) + "\n"


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
        f"{_made(schema)} from `config.yaml` and seed {schema.seed}, which give the same "
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
