"""Databases of a corpus by an expression over what its index says of each.

Expressions are formulas, as columns have them: comparisons, `and`, `or`, `not`, arithmetic, and
texts in quotes that a name is compared with.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from plurel_cli.corpus.facts import facts_of
from plurel_cli.errors import FolderError, UsageError
from plurel_cli.formulas.evaluate import Doubles, evaluated
from plurel_cli.formulas.parse import FormulaError, parsed
from plurel_cli.formulas.tree import ColumnLeaf, Leaf, leaves
from plurel_cli.storage.corpus_card import write_corpus_card
from plurel_cli.storage.document import read_schema
from plurel_cli.storage.index import INDEX_FILE, Facts, Index, IndexEntry, read_index, write_index
from plurel_cli.storage.layout import SCHEMA_FILE
from plurel_cli.storage.member_copy import copy_member
from plurel_cli.storage.member_removal import remove_member
from plurel_cli.storage.place import Place, each, place_of

_DEGENERATE = 10
"""Of so many features one holds a single value in a database that is degenerate."""

_TEXTS = ("layout", "theme", "config")


@dataclass(frozen=True)
class Selection:
    """Databases that were chosen.

    Attributes
    ----------
    folder
        The corpus.
    index
        Its index.
    entries
        Those of the databases, with facts.
    """

    folder: Place
    index: Index
    entries: tuple[IndexEntry, ...]

    def copy_to(self, target: str | Place) -> None:
        """Copy them to another folder, which need not be there; no index goes with them.

        Raises
        ------
        FolderError
            If one of them is there already.
        StorageError
            If the disk refuses.
        """
        for entry in self.entries:
            name = self.index.name_of(entry.seed)
            copy_member(self.folder / name, place_of(target) / name)

    def remove(self) -> None:
        """Remove them; the index says that they were."""
        gone = {entry.seed for entry in self.entries}
        for _ in each(
            self.folder, remove_member, [self.folder / self.index.name_of(s) for s in gone]
        ):
            continue
        entries = [
            entry.but(status="removed", digest="", tags=None) if entry.seed in gone else entry
            for entry in self.index.databases
        ]
        index = self.index.but(databases=tuple(entries))
        write_index(self.folder, index)
        write_corpus_card(self.folder, index)


def select(folder: str | Place, expression: str) -> Selection:
    """The databases of a corpus that an expression holds for.

    Parameters
    ----------
    folder
        The corpus, finished.
    expression
        Such as `tables < 10 and rows > 1e4 and not degenerate`.

    Returns
    -------
    Selection
        By seed; a database that failed or was removed is never chosen.

    Raises
    ------
    UsageError
        If the expression cannot be read.
    FolderError, StorageError
        If the folder has no index, or a database cannot be read.
    """
    root = place_of(folder)
    index = read_index(root / INDEX_FILE)
    if index is None:
        if not root.exists():
            raise FolderError(root, "no such folder")
        if (root / SCHEMA_FILE).is_file():
            remedy = "name the folder that it lies in"
            raise FolderError(root, "is a database, where a corpus is meant", remedy=remedy)
        remedy = "plurel corpus writes it when all databases are made"
        raise FolderError(root, f"holds no {INDEX_FILE}", remedy=remedy)
    there = [
        _with_facts(root / index.name_of(entry.seed), entry)
        for entry in index.databases
        if entry.status == "done"
    ]
    names = {each.fingerprint: each.name for each in index.configs}
    rows = [_values(entry, names) for entry in there]
    holds = _holding(expression, rows)
    chosen = tuple(entry for entry, does in zip(there, holds, strict=True) if does)
    return Selection(root, index, chosen)


def _with_facts(folder: Place, entry: IndexEntry) -> IndexEntry:
    """An entry with facts, which an index of an earlier release does not have."""
    if entry.facts is not None:
        return entry
    return entry.but(facts=facts_of(folder, read_schema(folder)))


def names() -> tuple[str, ...]:
    """What an expression may speak of."""
    facts = [name for name in Facts.model_fields if name not in ("start", "end")]
    return ("seed", "config", "rows", "bytes", "seconds", "days", "degenerate", *facts)


def _values(entry: IndexEntry, configs: dict[str, str]) -> dict[str, Any]:
    facts = entry.facts
    assert facts is not None  # noqa: S101 (just added)
    has_window = facts.start is not None and facts.end is not None
    return {
        **facts.model_dump(),
        "seed": entry.seed,
        "config": configs.get(entry.config),
        "rows": entry.rows,
        "bytes": entry.bytes,
        "seconds": entry.seconds,
        "days": (facts.end - facts.start).days + 1 if has_window else None,  # type: ignore[operator]
        "degenerate": facts.constant * _DEGENERATE > facts.features,
    }


def _holding(expression: str, rows: list[dict[str, Any]]) -> list[bool]:
    try:
        tree = parsed(expression)
    except FormulaError as error:
        raise UsageError("--select", str(error), expression) from None
    for leaf in leaves(tree):
        if not isinstance(leaf, ColumnLeaf) or leaf.key is not None or leaf.name not in names():
            raise UsageError("--select", f"may speak of {', '.join(names())}", str(leaf))
    labels = {name: sorted({row[name] for row in rows if row[name] is not None}) for name in _TEXTS}

    def numbers(leaf: Leaf) -> Doubles:
        assert isinstance(leaf, ColumnLeaf)  # noqa: S101 (others are refused)
        number = _number(labels.get(leaf.name))
        return np.array([number(row[leaf.name]) for row in rows], np.float64)

    def code(leaf: ColumnLeaf, text: str) -> float:
        several = labels.get(leaf.name)
        if several is None:
            raise UsageError("--select", "is compared with a text, but is a number", leaf.name)
        return float(several.index(text)) if text in several else np.nan

    values = np.broadcast_to(evaluated(tree, numbers, code), len(rows))
    return [bool(value > 0) for value in values]


def _number(labels: list[str] | None) -> Callable[[Any], float]:
    if labels is None:
        return lambda value: np.nan if value is None else float(value)
    return lambda value: np.nan if value is None else float(labels.index(value))
