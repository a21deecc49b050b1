"""One of several runs that make something together, a corpus or a large database."""

from __future__ import annotations

import re
from typing import NamedTuple

from plurel_cli.errors import UsageError


class Shard(NamedTuple):
    """One of several runs, which makes every `of`-th thing from the `number`-th on.

    Examples
    --------
    >>> str(Shard(0, 4))
    '0/4'
    """

    number: int
    of: int

    def __str__(self) -> str:
        return f"{self.number}/{self.of}"


WHOLE = Shard(0, 1)


def parse_shard(text: str, option: str = "--shard") -> Shard:
    """A shard from `NUMBER/COUNT`, counted from 0.

    Parameters
    ----------
    text
        What the user gave.
    option
        The option that it was given for.

    Returns
    -------
    Shard

    Raises
    ------
    UsageError
        If it is none.

    Examples
    --------
    >>> parse_shard("0/4")
    Shard(number=0, of=4)
    """
    match = re.fullmatch(r"([0-9]{1,9})/([0-9]{1,9})", text.strip())
    if match is None:
        raise UsageError(option, "must be NUMBER/COUNT, counted from 0, as in 0/4", text)
    return check_shard(Shard(int(match[1]), int(match[2])), option)


def check_shard(shard: Shard, option: str = "--shard") -> Shard:
    """The shard, if there is such a one.

    Parameters
    ----------
    shard
        What the user gave.
    option
        The option that it was given for.

    Returns
    -------
    Shard

    Raises
    ------
    UsageError
        If there is no such shard.
    """
    if not 0 <= shard.number < shard.of:
        last = f"to {shard.of - 1} of {shard.of}" if shard.of > 0 else "of at least 1"
        raise UsageError(option, f"must be from 0 {last}", str(shard))
    return shard
