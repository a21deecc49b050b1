"""Where the numbers begin that a database counts: of identities, sequences, and automatic keys."""

from __future__ import annotations

import re
from typing import NamedTuple

_START = re.compile(r"\bSTART\s+(?:WITH\s+)?(-?\d+)", re.IGNORECASE)
_STEP = re.compile(r"\bINCREMENT\s+(?:BY\s+)?(-?\d+)", re.IGNORECASE)
_PAIR = re.compile(r"\s*(-?\d+)\s*(?:,\s*(-?\d+)\s*)?")
_NEXT = re.compile(
    r"""NEXTVAL\s*\(\s*'([^']+)'|NEXT\s+VALUE\s+FOR\s+([\w.\[\]"]+)|([\w."]+)\.NEXTVAL""",
    re.IGNORECASE,
)
_AUTOMATIC = re.compile(r"\bAUTO_INCREMENT\s*=?\s*(\d+)", re.IGNORECASE)


class KeyCounter(NamedTuple):
    """The first number, and the distance to the next."""

    start: int = 1
    step: int = 1


def counter_of(text: str) -> KeyCounter:
    """What is said of a sequence, or in the brackets of an identity.

    Examples
    --------
    >>> counter_of("START WITH 500 INCREMENT BY 10"), counter_of("1000, 5")
    (KeyCounter(start=500, step=10), KeyCounter(start=1000, step=5))
    """
    if pair := _PAIR.fullmatch(text):
        return KeyCounter(int(pair[1]), int(pair[2] or 1))
    start, step = _START.search(text), _STEP.search(text)
    return KeyCounter(int(start[1]) if start else 1, int(step[1]) if step else 1)


def sequence_in(default: str) -> str:
    """The sequence that a default takes the next number of, in small letters; empty for others.

    Examples
    --------
    >>> sequence_in("nextval('public.Order_Seq'::regclass)"), sequence_in("0")
    ('order_seq', '')
    """
    if not (match := _NEXT.search(default)):
        return ""
    name = next(part for part in match.groups() if part)
    return re.sub(r'["\[\]]', "", name).rpartition(".")[2].lower()


def automatic_start(tail: str) -> int | None:
    """Where `AUTO_INCREMENT` begins, by what stands after a table's columns.

    Examples
    --------
    >>> automatic_start("ENGINE=InnoDB AUTO_INCREMENT=1001 DEFAULT CHARSET=utf8")
    1001
    """
    match = _AUTOMATIC.search(tail)
    return int(match[1]) if match else None
