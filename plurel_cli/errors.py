"""Everything plurel refuses, as sentences.

One root, `PlurelError`, and a few subclasses that hold fields (place, rule, value, remedy) and
build their own sentence from them. The command line catches the root alone.
"""

from __future__ import annotations

import os
import re
import sys
import warnings
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from types import FrameType
from typing import Any, Final


class _Nothing(Enum):
    """Stands for no value, in every process."""

    NOTHING = 0


_NOTHING: Final = _Nothing.NOTHING
_OS_ERROR: Final = re.compile(r"\(os error (\d+)\)")


def listed(names: Iterable[str], most: int = 40) -> str:
    """Names in one line: all, or of many the first, and how many more there are.

    Parameters
    ----------
    names
        Names.
    most
        How many are written out.

    Returns
    -------
    str
        "none" where there are none.

    Examples
    --------
    >>> listed("abc", 2)
    'a, b and 1 more'
    """
    every = [*names]
    first = ", ".join(every[:most]) or "none"
    return f"{first} and {len(every) - most:,} more" if len(every) > most else first


def one_line(text: str) -> str:
    r"""Text in which what could end the line, or act on a terminal, is escaped.

    Examples
    --------
    >>> one_line("a" + chr(10) + "b")
    'a\\nb'
    """
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def _shown(value: Any) -> str:
    text = repr(value) if isinstance(value, str) else str(value)
    return text if len(text) <= 80 else text[:77] + "..."


@dataclass(frozen=True)
class Problem:
    """One broken rule: where, what the rule is, what was found instead, what to do.

    Examples
    --------
    >>> print(Problem("connectivity.levels.min", "must be at least 1", 0))
    connectivity.levels.min: must be at least 1, got 0
    """

    place: str
    rule: str
    got: Any = _NOTHING
    remedy: str = ""

    def __str__(self) -> str:
        sentence = f"{self.place}: {self.rule}" if self.place else self.rule
        if self.got is not _NOTHING:
            sentence += f", got {_shown(self.got)}"
        if self.remedy:
            sentence += f"; {self.remedy}"
        return one_line(sentence)

    def under(self, prefix: str) -> Problem:
        """The same problem, its place seen from one level further out."""
        if not self.place:
            place = prefix
        else:
            place = prefix + self.place if self.place.startswith("[") else f"{prefix}.{self.place}"
        return Problem(place, self.rule, self.got, self.remedy)


class PlurelError(Exception):
    """Root of all that plurel raises for a reason a user can mend."""

    @property
    def rule(self) -> str:
        """What it says, without its place."""
        return str(self)

    def __reduce__(self) -> tuple[Any, ...]:
        """As it is, for another process: its fields, not the arguments of its making."""
        return _remade, (type(self), self.args, self.__dict__)


class ConfigError(PlurelError):
    """A config that cannot be used, with every problem found in it.

    Parameters
    ----------
    problems
        At least one problem; all of those found, not just the first.
    source
        What the config came from, such as a file; empty for one made in memory. Where it came from
        several, the source of each problem.
    """

    def __init__(self, problems: Sequence[Problem], source: str | Sequence[str] = "") -> None:
        self.problems = tuple(problems)
        self.sources = (source,) * len(self.problems) if isinstance(source, str) else tuple(source)
        pairs = zip(self.sources, self.problems, strict=True)
        lines = (
            f"{one_line(place)}: {problem}" if place else str(problem) for place, problem in pairs
        )
        super().__init__("\n".join(lines))


class MismatchError(PlurelError):
    """Frames that are not those of the schema they are to be written with.

    Parameters
    ----------
    problems
        All that differs.
    """

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))


class ConfigWarning(UserWarning):
    """A config that can be used, but is unlikely to say what its author meant."""


def warn(messages: Iterable[str]) -> None:
    """Give warnings as of the line, outside this package, that has called it."""
    level = 1
    frame: FrameType | None = sys._getframe()
    while frame is not None and frame.f_globals.get("__name__", "").startswith("plurel_cli"):
        level, frame = level + 1, frame.f_back
    for message in messages:
        warnings.warn(message, ConfigWarning, stacklevel=level)


class PlaceError(PlurelError):
    """One rule broken at one place on disk or in an argument."""

    def __init__(self, place: object, rule: str, got: Any = _NOTHING, remedy: str = "") -> None:
        self.problem = Problem(str(place), rule, got, remedy)
        super().__init__(str(self.problem))

    @property
    def rule(self) -> str:
        """The rule that is broken."""
        return self.problem.rule


class FolderError(PlaceError):
    """A folder that is no database, or not one that can be read or written here."""


class BusyError(FolderError):
    """A folder that another run is at work on."""


class PluginError(PlaceError):
    """What another package adds to plurel cannot be used.

    Parameters
    ----------
    package
        Name of the package.
    group, name, value
        Its entry point.
    error
        What went wrong.
    """

    def __init__(self, package: str, group: str, name: str, value: str, error: Exception) -> None:
        reason = " ".join(f"{type(error).__name__}: {error}".split())
        super().__init__(
            f"the package {package}",
            f"the entry point {name} = {value} of {group} cannot be loaded ({reason})",
            remedy="mend or uninstall the package",
        )


class StageError(PlaceError):
    """A stage run out of order, or a second time."""


class StorageError(PlaceError):
    """The disk said no: missing, unreadable, unwritable or full."""


class ShortOfMemoryError(PlaceError):
    """What needs more memory than this process may use."""


class ExportError(PlaceError):
    """A database that a format or an engine cannot take, or one that it refuses."""


class UsageError(PlaceError):
    """An argument that cannot be used."""


def _remade(kind: type[PlurelError], args: tuple[Any, ...], fields: dict[str, Any]) -> PlurelError:
    error = kind.__new__(kind, *args)
    error.__dict__.update(fields)
    return error


def storage_error(place: object, error: OSError, remedy: str = "") -> StorageError:
    """The sentence for an `OSError` met at a place.

    Polars' own leave out the number and name it in the text, as in "parquet: underlying IO error:
    No space left on device (os error 28)".

    Parameters
    ----------
    place
        Where it was met.
    error
        What the system said.
    remedy
        What to do, or what has become of what was there.

    Returns
    -------
    StorageError

    Examples
    --------
    >>> print(storage_error("db", OSError("parquet: No space left (os error 28)")))
    db: cannot be used: no space left on device
    """
    named = _OS_ERROR.search(str(error))
    number = error.errno or (int(named[1]) if named else None)
    reason = (os.strerror(number) if number else error.strerror or str(error)).lower()
    return StorageError(place, f"cannot be used: {reason}", remedy=remedy)


MOST_LINES = 25
"""Most problems of a config that are said at once."""


def first_lines(text: str) -> list[str]:
    r"""The first problems of many, a line each, and how many more there are.

    Parameters
    ----------
    text
        A line for each problem.

    Returns
    -------
    list of str

    Examples
    --------
    >>> first_lines("a\n" * 30)[-2:]
    ['a', 'and 5 more; mend these first']
    """
    lines = text.splitlines()
    more = len(lines) - MOST_LINES
    return lines if more <= 0 else [*lines[:MOST_LINES], f"and {more} more; mend these first"]
