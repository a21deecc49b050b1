"""One database made by several runs, on as many machines as there are.

The files of all tables are dealt out; each run plans the whole database, which costs nothing a row,
and makes its own files. Every block of rows depends on the seed and its address alone, so they hold
what one run would write.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import groupby
from typing import NamedTuple

from plurel_cli.config.arguments import checked
from plurel_cli.config.given import ConfigLike, as_config
from plurel_cli.errors import FolderError, storage_error
from plurel_cli.pipeline import Report, made_rows
from plurel_cli.plan import Plan
from plurel_cli.schema.model import Schema
from plurel_cli.schema.stages import STAGES
from plurel_cli.schema.table import Table
from plurel_cli.storage.card import write_card
from plurel_cli.storage.database import Rows, recorded_config
from plurel_cli.storage.document import read_schema
from plurel_cli.storage.layout import INNER_LOCK, SCHEMA_FILE
from plurel_cli.storage.ledger import Ledger
from plurel_cli.storage.parquet import Compression, Stored
from plurel_cli.storage.parquet_writer import write_part
from plurel_cli.storage.place import Place, place_of
from plurel_cli.storage.portion import Portion, portions_in
from plurel_cli.storage.portion_merge import (
    check_merged,
    check_together,
    entered,
    finish,
    remove_notes,
)
from plurel_cli.storage.portion_run import begin, check_free, noted, portion_lock
from plurel_cli.storage.relbench import write_dataset
from plurel_cli.storage.turn import Turn, check_turn
from plurel_cli.storage.versions import differences, made_here
from plurel_cli.tasks.writer import task_writer


class MergedDatabase(NamedTuple):
    """A database that was made in portions, and what its owner may want to know about it."""

    schema: Schema
    warnings: tuple[str, ...]


@checked
def generate_portion(
    folder: str | Place,
    config: ConfigLike = None,
    seed: int = 0,
    *,
    portion: tuple[int, int],
    force: bool = False,
    report: Report | None = None,
) -> Schema:
    """Make some of the files of a database.

    Parameters
    ----------
    folder
        Where the database is to be, or `s3://bucket/prefix`: the same for all portions, or others
        whose files are brought together before they are merged.
    config, seed
        As in `generate_to`, the same for all portions.
    portion
        Which portion this is, from 0, and how many there are. One process may make it at a time.
    force
        Whether to make anew what an earlier run of this portion has finished.
    report
        Called as rows are made.

    Returns
    -------
    Schema
        The whole database; it is one when `merge_portions` has found all of them.

    Raises
    ------
    UsageError
        If there is no such portion.
    FolderError
        If the folder holds a database, or files of another one.
    StorageError
        If the disk or the store refuses.
    """
    turn = check_turn(Turn(*portion), "--parts")
    config = as_config(config)
    place = place_of(folder)
    check_free(place)
    with portion_lock(place, turn):
        plan = Plan.whole(config, seed)
        portion_of = Portion(portion=turn, made=(made_here(),), database=plan.schema)
        note = begin(place, portion_of, redo=force)
        _make_files(place, note, made_rows(plan, report), config.output.compression)
    return plan.schema


def _make_files(
    place: Place, note: Portion, rows: Callable[[Table], Rows], compression: Compression
) -> None:
    """Make the files that a portion lacks, each noted when it is whole."""
    ledger = Ledger()
    for _, left in groupby(note.left, key=lambda file: file[0].name):
        files = list(left)
        table = files[0][0]
        stored, made = Stored.of(place, note.database, table), rows(table)
        for _, part in files:
            try:
                write_part(stored, part, STAGES, made, compression, ledger)
            except OSError as error:
                remedy = "what is finished stays: the same command goes on"
                raise storage_error(place / part.file, error, remedy) from error
            note = noted(place, note, part, ledger)


@checked
def merge_portions(folder: str | Place) -> MergedDatabase:
    """Make a database of portions that lie in one folder, after checking that all are there.

    Parameters
    ----------
    folder
        Folder of all portions, or `s3://bucket/prefix`.

    Returns
    -------
    MergedDatabase
        Its schema, and a warning where portions were made by different versions or CPUs.

    Raises
    ------
    FolderError
        If a portion is missing or has not ended, if they are of different databases, or if a file
        is not as it was noted.
    StorageError
        If the disk or the store refuses.
    """
    place = place_of(folder)
    portions = portions_in(place)
    if not portions:
        if (place / SCHEMA_FILE).is_file():  # merged before, or never in portions
            if (place / INNER_LOCK).is_file():  # by a run that ended before it let go
                with portion_lock(place, None):
                    pass
            return MergedDatabase(read_schema(place), ())
        rule = "holds no portion of a database" if place.exists() else "no such folder"
        raise FolderError(place, rule, remedy="`plurel generate --parts k/n` makes them")
    if (place / SCHEMA_FILE).is_file():  # merged by a run that ended among the notes
        with portion_lock(place, None):
            schema = read_schema(place)
            check_merged(place, schema, portions)
            remove_notes(place, portions)
        return MergedDatabase(schema, ())
    with portion_lock(place, None):
        return _merged(place, portions)


def _merged(place: Place, portions: Sequence[Portion]) -> MergedDatabase:
    """The database of portions, all of which must be there."""
    check_together(place, portions)
    made = list(dict.fromkeys(made_by for portion in portions for made_by in portion.made))
    schema = portions[0].database.but(made=made[0])
    ledger = entered(portions)
    tasks = task_writer(place, recorded_config(schema, place), schema.stages)
    try:
        write_dataset(place, schema, place.resolve().name, ledger, with_tasks=tasks is None)
        if tasks is not None:
            tasks(place, schema, ledger)
        write_card(place, schema, ledger)
    except OSError as error:
        raise storage_error(place, error) from None
    schema = ledger.finished(schema)
    finish(place, schema, portions, ledger)
    return MergedDatabase(schema, tuple(differences(made)))
