"""One of several runs that make something together, a corpus or a large database."""

from __future__ import annotations

import re
from typing import NamedTuple

from plurel_cli.errors import UsageError


class Turn(NamedTuple):
    """One of several runs, which makes every `of`-th thing from the `number`-th on.

    Examples
    --------
    >>> str(Turn(0, 4))
    '0/4'
    """

    number: int
    of: int

    def __str__(self) -> str:
        return f"{self.number}/{self.of}"


WHOLE = Turn(0, 1)


def parse_turn(text: str, option: str = "--shard") -> Turn:
    """A turn from `NUMBER/COUNT`, counted from 0.

    Parameters
    ----------
    text
        What the user gave.
    option
        The option that it was given for.

    Returns
    -------
    Turn

    Raises
    ------
    UsageError
        If it is none.

    Examples
    --------
    >>> parse_turn("0/4")
    Turn(number=0, of=4)
    """
    match = re.fullmatch(r"([0-9]{1,9})/([0-9]{1,9})", text.strip())
    if match is None:
        raise UsageError(option, "must be NUMBER/COUNT, counted from 0, as in 0/4", text)
    return check_turn(Turn(int(match[1]), int(match[2])), option)


def check_turn(turn: Turn, option: str = "--shard") -> Turn:
    """The turn, if there is such a one.

    Parameters
    ----------
    turn
        What the user gave.
    option
        The option that it was given for.

    Returns
    -------
    Turn

    Raises
    ------
    UsageError
        If there is no such turn.
    """
    if not 0 <= turn.number < turn.of:
        last = f"to {turn.of - 1} of {turn.of}" if turn.of > 0 else "of at least 1"
        raise UsageError(option, f"must be from 0 {last}", str(turn))
    return turn
