"""The names of the databases of a corpus: what all of them begin with, and the seed of each.

Readers take a database's folder for the name of its data set, and the Relational Transformer lists
the databases of many corpora by that name alone. So corpora that are read together need beginnings
of their own.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from plurel_cli.errors import UsageError

USUAL_PREFIX = "db"
"""What the names of databases begin with, if nothing else is asked for."""

LONGEST_PREFIX = 64

PREFIX = re.compile(r"[A-Za-z][A-Za-z0-9_]*(-[A-Za-z0-9_]+)*")
"""What names may begin with: no reader demands that it be escaped."""

_DIGITS = 6
_NAME = re.compile(rf"({PREFIX.pattern})-(0|[0-9]{{{_DIGITS}}}|[1-9][0-9]{{{_DIGITS},}})")


class MemberName(NamedTuple):
    """What the name of a database's folder tells.

    Attributes
    ----------
    prefix
        What the names of all databases of the corpus begin with.
    seed
        The database's seed.
    """

    prefix: str
    seed: int


def member_name(prefix: str, seed: int) -> str:
    """Name of the folder of a database.

    Parameters
    ----------
    prefix
        What the names of all databases of the corpus begin with.
    seed
        Its seed.

    Returns
    -------
    str

    Examples
    --------
    >>> member_name("db", 42), member_name("shops-2", 1_234_567)
    ('db-000042', 'shops-2-1234567')
    """
    return f"{prefix}-{seed:0{_DIGITS}d}"


def parsed_name(name: str) -> MemberName | None:
    """What a folder's name tells, if it is that of a database of a corpus.

    Examples
    --------
    >>> parsed_name("shops-2-000042")
    MemberName(prefix='shops-2', seed=42)
    >>> parsed_name("db-42") is None
    True
    """
    match = _NAME.fullmatch(name)
    if match is None:
        return None
    parsed = MemberName(match[1], int(name.rpartition("-")[2]))
    return parsed if member_name(*parsed) == name else None


def check_prefix(prefix: str) -> str:
    """What names are to begin with, if they may.

    Raises
    ------
    UsageError
        If they may not.
    """
    if PREFIX.fullmatch(prefix) is None or len(prefix) > LONGEST_PREFIX:
        rule = (
            f"must be up to {LONGEST_PREFIX} letters, digits and underscores, with single hyphens "
            "between them, and begin with a letter"
        )
        raise UsageError("--prefix", rule, prefix)
    return prefix
