"""The card of a corpus, which follows from its index and from the tasks of its databases.

It is written where a run, a merge or a selection has written the whole index. A text that somebody
else wrote stays.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from plurel_cli.cards.corpus import DATABASES_FILE, MARK, TASKS_FILE, corpus_read_me
from plurel_cli.errors import storage_error
from plurel_cli.storage.document import read_schema
from plurel_cli.storage.index import Facts, Index, content
from plurel_cli.storage.layout import CARD_FILE, has_card
from plurel_cli.storage.place import Place
from plurel_cli.storage.sync import replace_file
from plurel_cli.storage.turn import WHOLE

if TYPE_CHECKING:
    import polars as pl

_OF_TASK = (
    *("kind", "form", "task_type", "description", "entity_table", "target_col", "horizon_days"),
    "is_hopeless",
)


def write_corpus_card(folder: Place, index: Index) -> None:
    """Write the card of a corpus whose databases have cards; without any, remove an earlier one.

    Parameters
    ----------
    folder
        The corpus.
    index
        What is in it; nothing is written for a shard.

    Raises
    ------
    FolderError
        If a database cannot be read.
    StorageError
        If the disk or the store refuses.
    """
    if index.shard != WHOLE:
        return
    text = content(folder / CARD_FILE)
    is_ours = text is None or MARK.encode() in text
    if not _wants_card(folder, index):
        if content(folder / DATABASES_FILE) is not None:
            _remove(folder, (DATABASES_FILE, TASKS_FILE, *([CARD_FILE] if is_ours else [])))
        return
    databases, tasks = list(_databases(index)), list(_tasks(folder, index))
    frames = {DATABASES_FILE: databases, **({TASKS_FILE: tasks} if tasks else {})}
    for name, rows in frames.items():
        _make_parent(folder / name)
        replace_file(folder / name, _parquet(rows))
    if is_ours:
        words = corpus_read_me(databases, tasks, index.prefix, index.plurel)
        replace_file(folder / CARD_FILE, words.encode())


def _wants_card(folder: Place, index: Index) -> bool:
    """Whether the first database of some config has a card."""
    first = {entry.config: entry for entry in reversed(index.databases) if entry.status == "done"}
    members = (folder / index.name_of(entry.seed) for entry in first.values())
    return any(has_card(read_schema(member)) for member in members)


def _databases(index: Index) -> Iterator[dict[str, Any]]:
    configs = {config.fingerprint: config.name for config in index.configs}
    for entry in index.databases:
        if entry.status != "done":
            continue
        facts = dict.fromkeys(Facts.model_fields) if entry.facts is None else dict(entry.facts)
        yield {
            "database": index.name_of(entry.seed),
            "seed": entry.seed,
            "config": configs.get(entry.config),
            "rows": entry.rows,
            "bytes": entry.bytes,
            **facts,
        }


def _tasks(folder: Place, index: Index) -> Iterator[dict[str, Any]]:
    for entry in index.databases:
        if entry.status != "done":
            continue
        name = index.name_of(entry.seed)
        for task in read_schema(folder / name).tasks or ():
            train, val, test = task.rows
            row = {"database": name, "task": task.name}
            row |= {what: getattr(task, what) for what in _OF_TASK}
            yield {**row, "train": train, "val": val, "test": test}


def _parquet(rows: list[dict[str, Any]]) -> bytes:
    import polars as pl

    large = {"seed": pl.UInt64} if "seed" in rows[0] else {}
    frame: pl.DataFrame = pl.DataFrame(rows, schema_overrides=large, infer_schema_length=None)
    buffer = io.BytesIO()
    frame.write_parquet(buffer, compression="zstd")
    return buffer.getvalue()


def _make_parent(file: Place) -> None:
    from pathlib import Path

    if isinstance(file, Path):
        file.parent.mkdir(exist_ok=True)


def _remove(folder: Place, names: tuple[str, ...]) -> None:
    for name in names:
        try:
            (folder / name).unlink(missing_ok=True)
        except OSError as error:
            raise storage_error(folder / name, error) from None
