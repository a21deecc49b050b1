"""What a run notes of the files that it writes, and what a later one holds files against.

The digest of a file is taken while it is written. All of them make the digests in `schema.json`, by
which a reader sees that a file has changed since.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from plurel_cli.errors import FolderError, storage_error
from plurel_cli.schema.model import Schema
from plurel_cli.schema.task import Task
from plurel_cli.storage.digests import Digests, RowGroups, combined, digest, file_digest
from plurel_cli.storage.layout import Part, parts, stored_tables
from plurel_cli.storage.place import Place, each, write_new


class Ledger:
    """What a run has written of a database, by the files' names."""

    def __init__(self) -> None:
        self.files: dict[str, str] = {}
        self.row_groups: dict[str, RowGroups] = {}
        self.constant: dict[str, frozenset[str]] = {}
        self.tasks: tuple[Task, ...] | None = None
        self.unsplit: tuple[tuple[str, str], ...] = ()
        self.carried: Digests | None = None

    def enter(
        self,
        name: str,
        file: str,
        row_groups: RowGroups | None = None,
        constant: frozenset[str] | None = None,
    ) -> None:
        """Note a file.

        Parameters
        ----------
        name
            Its path relative to the folder.
        file
            Digest of its bytes.
        row_groups
            Of a table's file: digests of its row groups.
        constant
            Of a table's file: columns of one value in its first row group, if these were seen.
        """
        self.files[name] = file
        if row_groups is not None:
            self.row_groups[name] = row_groups
        if constant is not None:
            self.constant[name] = constant

    def finished(self, schema: Schema) -> Schema:
        """The database with the tasks that were written of it."""
        if self.tasks is not None:
            return schema.but(tasks=self.tasks, unsplit=())
        return schema.but(unsplit=self.unsplit) if self.unsplit else schema

    def digests(self, schema: Schema) -> Digests:
        """The digests of a database all of whose files are noted."""
        if self.carried is not None:  # its tables are those of another
            return self.carried.but(files=dict(sorted(self.files.items())))
        return Digests(
            files=dict(sorted(self.files.items())),
            columns={} if schema.stages == ("schema",) else dict(self._columns(schema)),
        )

    def _columns(self, schema: Schema) -> Iterator[tuple[str, dict[str, str]]]:
        for table in stored_tables(schema):
            of_parts = [self.row_groups[part.file.as_posix()] for part in parts(schema, table)]
            names = [column.name for column in table.filled(schema.stages)]
            yield table.name, {name: combined(of_parts, name) for name in names}


def write_entered(folder: Place, name: str, data: bytes, ledger: Ledger) -> None:
    """Write a file of a database that is in the making, and note it.

    Parameters
    ----------
    folder, name
        The database's folder, and the file's path in it.
    data
        All that the file is to hold.
    ledger
        Where it is noted.

    Raises
    ------
    OSError
        If it cannot be written.
    """
    write_new(folder / name, data)
    ledger.enter(name, digest(data))


def changed(root: Place, digests: Digests, names: Sequence[str]) -> Iterator[str]:
    """Files that are there, and not what was written.

    Parameters
    ----------
    root
        The database's folder.
    digests
        Of what was written.
    names
        Files to look at; those of which there is no digest are passed over.

    Yields
    ------
    str
        Names of files.

    Raises
    ------
    StorageError
        If the disk or the store refuses.
    """

    def is_changed(name: str) -> bool:
        try:
            return file_digest(root / name) != digests.files[name]
        except FileNotFoundError:  # which whoever reads it tells
            return False
        except OSError as error:
            raise storage_error(root / name, error) from None

    known = [name for name in names if name in digests.files]
    for name, is_so in zip(known, each(root, is_changed, known), strict=True):
        if is_so:
            yield name


def check_files(root: Place, digests: Digests, files: Sequence[Part]) -> None:
    """Refuse files of a table that are not what was written.

    Parameters
    ----------
    root
        The database's folder.
    digests
        Of what was written.
    files
        The files.

    Raises
    ------
    FolderError
        Naming the first that has changed.
    """
    for name in changed(root, digests, [part.file.as_posix() for part in files]):
        rule = "has changed since it was written"
        raise FolderError(root / name, rule, remedy="`plurel validate` says more")
