"""A corpus as numbers: its databases, a line each, as the schemas and the index have them."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from statistics import median
from typing import Any

from plurel_cli.report.grid import WIDTH, add_names, add_numbers, grid, printed
from plurel_cli.storage.document import read_schema
from plurel_cli.storage.index import INDEX_FILE, Index, indexes, read_index
from plurel_cli.storage.journal import read_journal
from plurel_cli.storage.layout import SCHEMA_FILE
from plurel_cli.storage.naming import parsed_name
from plurel_cli.storage.place import Place, names_in, place_of


@dataclass(frozen=True)
class CorpusMember:
    """A database of a corpus.

    Attributes
    ----------
    name, seed
        Its folder, and its seed.
    config
        What the config that it was drawn from is called; None where no index lists it.
    status
        `done`, `failed`, or `unlisted` where no index lists it.
    layout, theme
        Of its schema; None where that failed.
    tables, foreign_keys, columns, rows
        How many there are.
    bytes, seconds
        Its size and the time it took; None where no index lists it.
    error
        Why it failed.
    """

    name: str
    seed: int
    config: str | None
    status: str
    layout: str | None
    theme: str | None
    tables: int
    foreign_keys: int
    columns: int
    rows: int
    bytes: int | None
    seconds: float | None
    error: str | None


@dataclass(frozen=True)
class CorpusDescription:
    """A corpus, as numbers."""

    folder: str
    databases: tuple[CorpusMember, ...]

    def as_dict(self) -> dict[str, Any]:
        """Plain data, for JSON."""
        return asdict(self)


def describe_corpus(folder: str | Place) -> CorpusDescription:
    """Describe a corpus.

    Parameters
    ----------
    folder
        Its folder, finished or not.

    Returns
    -------
    CorpusDescription
        With databases by seed.

    Raises
    ------
    FolderError, StorageError
        If an index or a schema cannot be read.
    """
    root = place_of(folder)
    several = _indexes(root)
    configs = {each.fingerprint: each.name for index in several for each in index.configs}
    entries = {index.name_of(entry.seed): entry for index in several for entry in index.databases}
    there = {name for name in names_in(root) if parsed_name(name) is not None}
    members = []
    for name in sorted(there | entries.keys(), key=_place):
        entry = entries.get(name)
        has_schema = name in there and SCHEMA_FILE in names_in(root / name)
        schema = read_schema(root / name) if has_schema else None
        tables = () if schema is None else schema.tables
        members.append(
            CorpusMember(
                name=name,
                seed=_place(name)[1],
                config=None if entry is None else configs.get(entry.config),
                status="unlisted" if entry is None else entry.status,
                layout=None if schema is None else schema.layout,
                theme=None if schema is None else schema.theme,
                tables=len(tables),
                foreign_keys=sum(len(table.foreign_keys) for table in tables),
                columns=sum(len(table.columns) for table in tables),
                rows=sum(table.rows for table in tables),
                bytes=None if entry is None else entry.bytes,
                seconds=None if entry is None else entry.seconds,
                error=None if entry is None else entry.error,
            )
        )
    return CorpusDescription(str(folder), tuple(members))


def _place(name: str) -> tuple[str, int]:
    """Beginning of a name, and its seed, by which databases are sorted."""
    parsed = parsed_name(name)
    assert parsed is not None  # noqa: S101 (the name of a database)
    return parsed


def _indexes(root: Place) -> list[Index]:
    """The index of a corpus, those of its shards, and the journals of runs that have not ended."""
    shards, journals = indexes(root)
    others = [read_index(root / INDEX_FILE), *(read_journal(root / name) for name in journals)]
    return [*shards, *(index for index in others if index is not None)]


def render(description: CorpusDescription, width: int = WIDTH) -> str:
    """A few lines that sum up, and a line a database.

    Parameters
    ----------
    description
        What to print.
    width
        Characters of a line.

    Returns
    -------
    str
        Lines, the last one ended.
    """
    members = description.databases
    failed = [member for member in members if member.status == "failed"]
    sound = [member for member in members if member.tables]
    n_rows = sum(member.rows for member in members)
    n_bytes = sum(member.bytes or 0 for member in members)
    lines = [
        f"{description.folder}: {len(members):,} databases, {len(failed):,} failed",
        f"  size    {n_rows:,} rows, {n_bytes / 1e6:,.1f} MB",
    ]
    for title in ("tables", "foreign_keys", "columns", "rows"):
        if numbers := [getattr(member, title) for member in sound]:
            low, middle, high = min(numbers), median(numbers), max(numbers)
            words = title.replace("_", " ")
            lines.append(f"  {words:14} {low:,} to {high:,}, median {middle:,.0f}")
    shown = grid()
    add_names(shown, "database", "layout", "theme")
    add_numbers(shown, "tables", "keys", "columns", "rows", "MB", "seconds")
    add_names(shown, "status")
    for member in members:
        shown.add_row(
            member.name,
            member.layout or "",
            member.theme or "",
            *(
                f"{count:,}" if member.tables else ""
                for count in (member.tables, member.foreign_keys, member.columns, member.rows)
            ),
            "" if member.bytes is None else f"{member.bytes / 1e6:,.1f}",
            "" if member.seconds is None else f"{member.seconds:,.1f}",
            member.status,
        )
    errors = [f"{member.name}: {member.error}" for member in failed]
    return printed([*lines, shown, *errors], width)
