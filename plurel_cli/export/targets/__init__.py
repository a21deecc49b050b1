"""What databases are exported to, a target a module.

A target is a class, registered by the name that `--to` takes. Most write a file or a folder, which
appears whole or not at all; servers have transactions instead. Rows come by blocks, so that no
target needs more memory for a larger database.
"""

from __future__ import annotations

import importlib
from abc import ABC, abstractmethod
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from plurel_cli.choices.registry import Registry
from plurel_cli.errors import ExportError, UsageError
from plurel_cli.export.places import file_in_place, folder_in_place, local, write_note

if TYPE_CHECKING:
    from plurel_cli.export.options import Options
    from plurel_cli.export.source import ExportSource, Report


class ExportTarget(ABC):
    """Where a database goes.

    Attributes
    ----------
    name
        By which it is asked for.
    takes
        Names of the options that it takes.
    what
        What `out` must be.
    """

    name: ClassVar[str]
    takes: ClassVar[frozenset[str]] = frozenset()
    what: ClassVar[str] = "a folder to write"

    def __init__(self, options: Options) -> None:
        options.check(self.name, self.takes)
        self.options = options

    @abstractmethod
    def export(self, source: ExportSource, out: str, report: Report, *, replace: bool) -> None:
        """Export a database.

        Parameters
        ----------
        source
            The database.
        out
            Where to.
        report
            Called with a table and rows of it that are done.
        replace
            Whether what is there may be replaced.
        """

    def member(self, out: str, name: str) -> str:
        """Where a database of a corpus goes.

        Parameters
        ----------
        out
            Where the corpus goes.
        name
            Of the database.

        Returns
        -------
        str
        """
        return f"{out.rstrip('/')}/{name}"

    def is_there(self, out: str) -> bool:
        """Whether an earlier run has exported to a place; exports come whole or not at all."""
        return local(out).exists()


class FileTarget(ExportTarget):
    """A target that is one file.

    Attributes
    ----------
    suffix
        How the file is named, for a corpus.
    """

    what = "a file to write"
    suffix: ClassVar[str]

    def export(self, source: ExportSource, out: str, report: Report, *, replace: bool) -> None:
        with file_in_place(local(out), replace=replace) as file:
            self.write(source, file, report)

    @abstractmethod
    def write(self, source: ExportSource, file: Path, report: Report) -> None:
        """Write the file, which is not there yet.

        Parameters
        ----------
        source
            The database.
        file
            The file.
        report
            Called with a table and rows of it that are done.
        """

    def member(self, out: str, name: str) -> str:
        return super().member(out, name) + self.suffix


class FolderTarget(ExportTarget):
    """A target that is a folder of files."""

    def export(self, source: ExportSource, out: str, report: Report, *, replace: bool) -> None:
        target = local(out)
        with folder_in_place(target, replace=replace) as folder:
            self.write(source, folder, report, target.name)
            write_note(folder, source.schema, self.name)

    @abstractmethod
    def write(self, source: ExportSource, folder: Path, report: Report, title: str) -> None:
        """Write the files.

        Parameters
        ----------
        source
            The database.
        folder
            An empty folder.
        report
            Called with a table and rows of it that are done.
        title
            What the folder will be called.
        """


targets: Registry[type[ExportTarget]] = Registry("target", __name__)


def target(entry: type[ExportTarget]) -> type[ExportTarget]:
    """Decorator that registers a target under its name."""
    return targets.named(entry.name)(entry)


def driver(module: str, to: str, extra: str) -> Any:
    """A package that a target needs, which not everybody has.

    Parameters
    ----------
    module
        The package's name.
    to
        The target.
    extra
        The extra of ours that installs it.

    Returns
    -------
    module

    Raises
    ------
    UsageError
        If it is not there.
    """
    try:
        return importlib.import_module(module)
    except ImportError:
        remedy = f"pip install 'plurel-cli[{extra}]'"
        raise UsageError(
            f"--to {to}", f"needs {module}, which is not there", remedy=remedy
        ) from None


def refused(place: object, error: Exception) -> ExportError:
    """The sentence for what an engine says that takes no row or statement.

    Parameters
    ----------
    place
        The table, or the engine.
    error
        What it says.

    Returns
    -------
    ExportError
    """
    return ExportError(place, "is refused: " + " ".join(str(error).split()))
