"""Export a database, or all databases of a corpus, by the name of a target."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from plurel_cli.config.arguments import checked
from plurel_cli.config.wording import nearest
from plurel_cli.corpus.check import is_corpus
from plurel_cli.errors import ExportError, UsageError
from plurel_cli.export.options import Options
from plurel_cli.export.source import ExportSource, Report
from plurel_cli.export.targets import ExportTarget, targets
from plurel_cli.storage.commit import mend
from plurel_cli.storage.naming import parsed_name
from plurel_cli.storage.place import Place, names_in, place_of


@checked
def export_database(
    folder: str | Place,
    to: str,
    out: str,
    *,
    force: bool = False,
    constraints: bool = True,
    compress: str | None = None,
    dialect: str | None = None,
    schema_only: bool = False,
    resume: bool = False,
    append: bool = False,
    rename: Mapping[str, str] | None = None,
    licence: str | None = None,
    report: Report | None = None,
) -> None:
    """Export a finished database, or every database of a corpus.

    Parameters
    ----------
    folder
        Folder of the database or of the corpus, or `s3://bucket/prefix`.
    to
        The target: `duckdb`, `sqlite`, … (`plurel export --help` lists them).
    out
        The file or folder to write, or the URL of a server's database. For a corpus, a folder in
        which each database has a file or a folder of its own.
    force
        Whether an export that is there may be replaced.
    constraints
        Whether keys and checks are declared, in engines that have them.
    compress
        How files are packed: `gzip` or `zstd`.
    dialect
        Of SQL, for `to="sql"`.
    schema_only
        Whether rows are left out.
    resume
        Whether a server's load that was interrupted goes on; of a corpus, whether databases that
        have been exported are passed over.
    append
        Whether rows are added to tables that are there, as an application made them.
    rename
        Where tables are there: from a table of ours, or a column as `table.column`, to what it is
        called there.
    licence
        Under which the data is given to others, by its name on the Hugging Face Hub.
    report
        Called with a table and how many of its rows were exported.

    Raises
    ------
    UsageError
        If there is no such target, or it has no use for an option.
    ExportError
        If the target cannot hold the database, or refuses it; nothing is left then.
    FolderError, StorageError
        If the database cannot be read, or something is in the way, or the disk refuses.
    """
    options = Options(
        constraints, compress, dialect, schema_only, resume, append, dict(rename or {}), licence
    )
    if force and append:
        raise UsageError("--force", "is of no use with --append", remedy="leave it out")
    place = place_of(folder)
    say = report or _say_nothing
    if not is_corpus(place):
        target = target_of(to, options)
        mend(place)
        target.export(ExportSource.at(place), str(out), say, replace=force)
        return
    if to in targets.names() and "resume" not in targets[to].function.takes:
        options = replace(options, resume=False)  # databases that are there are passed over
    target = target_of(to, options)
    for name in _members(place):
        where = target.member(str(out), name)
        if resume and target.is_there(where):
            continue
        target.export(ExportSource.at(place / name), where, say, replace=force)


def target_of(to: str, options: Options) -> ExportTarget:
    """A target by its name, with its options.

    Parameters
    ----------
    to
        The name.
    options
        What is asked of it.

    Returns
    -------
    ExportTarget

    Raises
    ------
    UsageError
        If there is none, or it has no use for an option.
    """
    if to not in targets.names():
        remedy = nearest(to, targets.names())
        raise UsageError("--to", f"must be one of {', '.join(targets.names())}", to, remedy)
    return targets[to].function(options)


def _members(place: Place) -> Iterator[str]:
    """Names of the databases of a corpus, in order."""
    names = [name for name in names_in(place) if parsed_name(name) is not None]
    if not names:
        raise ExportError(place, "has no databases")
    yield from names


def _say_nothing(table: str, rows: int) -> None:
    return
