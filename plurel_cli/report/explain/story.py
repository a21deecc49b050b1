"""The chapters of a story: a database, its time, its tables and tasks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from plurel_cli.errors import UsageError, one_line
from plurel_cli.prose import article, clause, counted, listed, number, quoted
from plurel_cli.report.explain.columns import columns_told
from plurel_cli.report.grid import WIDTH, wrapped
from plurel_cli.schema.layouts import layouts
from plurel_cli.schema.model import Schema
from plurel_cli.schema.sources import Sources
from plurel_cli.schema.table import Table
from plurel_cli.words.places import places

_INDENT = 2


@dataclass(frozen=True)
class Chapter:
    """Part of a story.

    Attributes
    ----------
    title
        What it is about: `database`, `time`, `tasks`, or the name of a table.
    table
        The table that it is about, if it is about one.
    sentences
        What is told of that as a whole.
    columns
        What is told of each of its columns, hidden variables or tasks, by name.
    """

    title: str
    table: str | None
    sentences: tuple[str, ...]
    columns: dict[str, tuple[str, ...]]

    def as_dict(self) -> dict[str, Any]:
        """Plain data, for JSON."""
        return asdict(self)


def explained(schema: Schema) -> tuple[Chapter, ...]:
    """The story of a database.

    Parameters
    ----------
    schema
        The database, at any stage.

    Returns
    -------
    tuple of Chapter
    """
    chapters = [Chapter("database", None, tuple(_database(schema)), {})]
    if schema.window is not None:
        chapters.append(Chapter("time", None, tuple(schema.window.sentences()), {}))
    for table in schema.tables:
        columns = dict(columns_told(schema, table))
        chapters.append(Chapter(table.name, table.name, tuple(_table(schema, table)), columns))
    if schema.tasks:
        tasks = {task.name: tuple(task.sentences()) for task in schema.tasks}
        total = f"There are {counted(len(tasks), 'task')}."
        if len(tasks) == 1:
            total = "There is 1 task."
        chapters.append(Chapter("tasks", None, (total,), tasks))
    return tuple(chapters)


def only(chapters: tuple[Chapter, ...], place: str | None) -> tuple[Chapter, ...]:
    """The chapter of one table, or what is told there of one column.

    Parameters
    ----------
    chapters
        The story.
    place
        `table` or `table.column`; all where there is none.

    Returns
    -------
    tuple of Chapter

    Raises
    ------
    UsageError
        If there is no such table, or nothing to tell of such a column.
    """
    if place is None:
        return chapters
    name, _, column = place.partition(".")
    tables = {chapter.table: chapter for chapter in chapters if chapter.table is not None}
    if name not in tables:
        raise UsageError("TABLE", f"must be one of {', '.join(tables)}", name)
    chapter = tables[name]
    if not column:
        return (chapter,)
    if column not in chapter.columns:
        names = ", ".join(chapter.columns)
        raise UsageError("TABLE.COLUMN", f"must be of {name}: {names}", column)
    alone = {column: chapter.columns[column]}
    return (Chapter(chapter.title, chapter.table, (), alone),)


def _database(schema: Schema) -> Iterator[str]:
    n_rows = sum(table.rows for table in schema.tables)
    n_keys = len(schema.edges)
    size = f"{counted(len(schema.tables), 'table')}, {counted(n_keys, 'foreign key')}"
    made = f" by plurel {schema.made.plurel}" if schema.made else ""
    rows = counted(n_rows, "row")
    yield f"This database has {size} and {rows}, made{made} from seed {schema.seed}."
    if schema.sources is not None:
        yield _config(schema.sources)
    if schema.layout in layouts.names():
        words = clause(layouts[schema.layout].summary)
        yield f"Its schema was drawn by the layout {schema.layout} ({words})."
    else:
        yield "Its schema was stated in the config, and not drawn."
    if schema.theme is not None:
        yield f"Its names and columns are those of the theme {schema.theme}."
    if schema.places:
        yield f"Its people and places are of {listed(map(_place, schema.places))}."
    if len(schema.stages) == 1:
        yield "So far only the schema is made, and there are no rows."
    elif len(schema.stages) < 4:
        yield f"So far the stages {listed(schema.stages)} are done."


def _config(sources: Sources) -> str:
    """Where its settings come from, in a sentence."""
    base = "the defaults"
    if sources.config is not None:
        what = "preset" if sources.is_preset else "file"
        base = f"those of the {what} {quoted(sources.config)}"
    over = f", with {counted(len(sources.sets), 'setting')} over them" * bool(sources.sets)
    scale = ""
    if sources.scale is not None:
        scale = f", and rows multiplied by {number(sources.scale)}"
    return f"Its settings are {base}{over}{scale}."


def _place(name: str) -> str:
    """The name of a country whose code it is; of a region of the world, the same."""
    return next((one.name for one in places().countries if one.code == name), name)


def _table(schema: Schema, table: Table) -> Iterator[str]:
    """What a table is, and in which order its rows lie."""
    keys: dict[str, list[str]] = {}
    for child, key in schema.referring.get(table.name, ()):
        if child.name != table.name:
            keys.setdefault(child.name, []).append(quoted(key.name))
    referring = [f"{quoted(child)} (by {listed(several)})" for child, several in keys.items()]
    whom = f"{listed(referring)} refer{'s' * (len(referring) == 1)} to it"
    rows = counted(table.rows, "row")
    yield (
        f"{article(table.kind).capitalize()} table of {rows}; "
        f"{whom if referring else 'no other table refers to it'}."
    )
    if table.holds_events:
        yield "Its rows are events, which are referred to soon after they come."
    if table.row_order is not None and table.sorted_by is None:
        yield "Its rows lie in an order that tells nothing."
    if table.unique is not None:
        yield f"No two rows have the same {listed(map(quoted, table.unique))} together."
    if table.sorted_by is not None:
        which = "Rows of one time" if table.time_column else "Rows"
        yield f"{which} lie in the order of {quoted(table.sorted_by)}."


def render(chapters: Sequence[Chapter], width: int = WIDTH) -> str:
    """A story as text for a terminal: a heading a chapter, a paragraph, an entry a column.

    Parameters
    ----------
    chapters
        What is told.
    width
        Characters of a line, where words are not longer.

    Returns
    -------
    str
        Lines, the last one ended.
    """
    lines: list[str] = []
    for chapter in chapters:
        lines += ["", one_line(chapter.title), "─" * min(len(one_line(chapter.title)), width)]
        if chapter.sentences:
            lines += _wrapped(" ".join(chapter.sentences), width)
        for name, sentences in chapter.columns.items():
            lines += ["", *_wrapped(f"{quoted(name)}: {' '.join(sentences)}", width, _INDENT)]
    return "\n".join(lines[1:]) + "\n"


def _wrapped(text: str, width: int, indent: int = 0) -> list[str]:
    """Lines of a text; the first one is not indented as far as the others."""
    return wrapped(text, width, " " * indent, " " * 2 * indent)
