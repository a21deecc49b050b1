"""What a hub shows of a corpus: a card, whose tables are its databases and their tasks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from plurel_cli.cards.card import headed, size_of
from plurel_cli.prose import counted

DATABASES_FILE = "STATS/databases.parquet"
TASKS_FILE = "STATS/tasks.parquet"

MARK = "- plurel\n"
"""A tag by which a card of ours is known."""


def corpus_read_me(
    databases: Sequence[dict[str, Any]], tasks: Sequence[dict[str, Any]], prefix: str, version: str
) -> str:
    """The card of a corpus: it names no place, and is the same wherever the corpus is.

    Parameters
    ----------
    databases
        A row each, as in `DATABASES_FILE`.
    tasks
        A row each, as in `TASKS_FILE`.
    prefix
        What the names of the databases begin with.
    version
        Of plurel, that made it.

    Returns
    -------
    str
        Markdown, with a head.
    """
    n, rows = len(databases), sum(one["rows"] for one in databases)
    title = f"{n:,} synthetic relational databases"
    configs = [{"config_name": "databases", "data_files": DATABASES_FILE}]
    if tasks:
        configs.append({"config_name": "tasks", "data_files": TASKS_FILE})
    head = {
        "pretty_name": title,
        "tags": ["synthetic", "tabular", "relational", "plurel"],
        "size_categories": [size_of(rows)],
        "configs": configs,
    }
    sizes = [
        counted(sum(one[what] for one in databases), noun)
        for what, noun in (("tables", "table"), ("foreign_keys", "foreign key"), ("rows", "row"))
    ]
    parts = [
        f"# {title}\n\n{', '.join(sizes)}. No row is of a real person or thing.\n",
        f"`{DATABASES_FILE}` has a row for each database: the config and the seed that it is "
        "drawn from, its layout, and how large it is."
        + (f" `{TASKS_FILE}` has a row for each of {counted(len(tasks), 'task')}." if tasks else "")
        + "\n",
        f'```python\nimport polars as pl\n\ndatabases = pl.read_parquet("{DATABASES_FILE}")\n```\n',
        "Each database has a folder of its own with a card, a picture of its schema, and "
        "`schema.json`, which says what every table and column is.\n",
        f"## How it was made\n\nBy plurel {version}. Folders are named {prefix} and the seed.\n",
    ]
    return headed(head, "\n".join(parts))
