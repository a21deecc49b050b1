"""Tasks of databases that are there already: one in a folder, or all of a corpus."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from plurel_cli.config import parse_config
from plurel_cli.config.arguments import checked
from plurel_cli.errors import FolderError, StageError
from plurel_cli.schema.model import Schema
from plurel_cli.schema.task import Task
from plurel_cli.storage.bucket import BucketPath
from plurel_cli.storage.card import write_card
from plurel_cli.storage.carry import carry
from plurel_cli.storage.corpus_card import write_corpus_card
from plurel_cli.storage.document import read_document, read_schema
from plurel_cli.storage.index import INDEX_FILE, Index, read_index, write_index
from plurel_cli.storage.members import stamp
from plurel_cli.storage.place import Place, place_of
from plurel_cli.storage.relbench import write_manifest
from plurel_cli.storage.rewriting import Rewriting
from plurel_cli.tasks.writer import task_writer

ALL_KINDS = ("completion", "attribute", "forecast", "link")


@checked
def add_tasks(
    folder: str | Place,
    out: str | Place | None = None,
    *,
    force: bool = False,
    **settings: Any,
) -> tuple[Task, ...]:
    """Make the tasks of a database, in place of those that it has.

    Parameters
    ----------
    folder
        A database with features.
    out
        Folder to make, with the same tables; by default the tasks are added to the database.
    force
        Whether a database at `out` may be replaced.
    settings
        Settings of `tasks` over those that it was made with; without any kinds, all kinds.

    Returns
    -------
    tuple of Task

    Raises
    ------
    StageError
        If the database has no features.
    ConfigError
        If a setting is wrong.
    FolderError, StorageError
        If a folder cannot be read or must not be replaced.
    UsageError
        If a package is missing.

    Examples
    --------
    >>> import tempfile
    >>> from plurel_cli import generate_to
    >>> folder = f"{tempfile.mkdtemp()}/db"
    >>> _ = generate_to(folder, {"schema": {"tables": 3}})
    >>> {task.kind for task in add_tasks(folder, kinds=["completion"])}
    {'completion'}
    """
    rewriting = Rewriting.of(folder, out)
    place, target = rewriting.place, rewriting.target
    if isinstance(place, BucketPath) or isinstance(target, BucketPath):
        rule = "is in a bucket, where tasks cannot be made"
        raise FolderError(place, rule, remedy="make them in a folder on a disk, and copy it")
    with rewriting.mended().claiming(replace=force) as claim:
        document = read_document(place)
        schema = document.schema
        if "features" not in schema.stages:
            remedy = f"run `plurel features {place}` first"
            raise StageError(place, "lacks the features stage, which tasks build on", remedy=remedy)
        schema = with_settings(schema, settings)
        writer = task_writer(target, parse_config(schema.config), schema.stages)
        with claim.writing(schema) as (work, ledger):
            assert not isinstance(work, BucketPath)  # noqa: S101
            carry(place, schema, document.digests, work, ledger)
            write_manifest(work, schema, target.resolve().name, ledger)
            assert writer is not None  # noqa: S101 (there are kinds)
            writer(work, schema, ledger)
            write_card(work, schema, ledger)
    return ledger.tasks or ()


def with_settings(schema: Schema, settings: dict[str, Any]) -> Schema:
    """A schema without tasks, that is to have those of some settings.

    Parameters
    ----------
    schema
        The database.
    settings
        Settings of `tasks` over its own.

    Returns
    -------
    Schema
    """
    recorded = schema.config.get("tasks")
    tasks = {**(recorded if isinstance(recorded, dict) else {}), **settings}
    tasks["kinds"] = list(tasks.get("kinds") or ALL_KINDS)
    config = parse_config({**schema.config, "tasks": tasks}).resolved()
    return schema.but(tasks=None, config=config)


def add_to_corpus(
    folder: str | Place,
    report: Callable[[str, int], None] | None = None,
    *,
    resume: bool = False,
    **settings: Any,
) -> Iterator[tuple[Place, tuple[Task, ...]]]:
    """Make the tasks of all databases of a corpus, and note in its index what they are now.

    Parameters
    ----------
    folder
        The corpus.
    report
        Called with the name of each database that is done.
    resume
        Whether tasks stay that were made with the same settings.
    settings
        As in `add_tasks`.

    Yields
    ------
    tuple
        The folder of a database, and its tasks.
    """
    place = place_of(folder)
    index = read_index(place / INDEX_FILE)
    if index is None:
        rule = f"is no corpus with a {INDEX_FILE}"
        raise FolderError(place, rule, remedy="let the run that makes it end, or merge its shards")
    entries = list(index.databases)
    for number, entry in enumerate(entries):
        if entry.status != "done":
            continue
        member = place / index.name_of(entry.seed)
        there = _made_before(member, settings) if resume else None
        tasks = add_tasks(member, **settings) if there is None else there
        stamped = stamp(member)
        update = {"bytes": stamped.n_bytes, "digest": stamped.digest, "tags": stamped.tags}
        entries[number] = entry.but(**update)
        write_index(place, Index.model_validate({**index.head(), "databases": tuple(entries)}))
        if report is not None:
            report(member.name, 1)
        yield member, tasks
    write_corpus_card(place, index.but(databases=tuple(entries)))


def _made_before(member: Place, settings: dict[str, Any]) -> tuple[Task, ...] | None:
    """The tasks of a database, if they are those that the settings give."""
    Rewriting.of(member, None).mended()
    schema = read_schema(member)
    is_same = with_settings(schema, settings).config == schema.config
    return schema.tasks if is_same else None
