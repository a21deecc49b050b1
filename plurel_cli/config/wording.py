"""What is wrong with plain data, in our words, from the errors that pydantic has of it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from plurel_cli.errors import Problem

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

_ENDS = {
    "ge": "must be at least",
    "gt": "must be above",
    "le": "must be at most",
    "lt": "must be below",
    "min_length": "must be of a length of at least",
    "max_length": "must be of a length of at most",
}

_WANTED = {
    "model_type": "a map of settings",
    "model_attributes_type": "a map of settings",
    "dict_type": "a map by name",
    "tuple_type": "a list",
    "string_type": "text",
    "int_type": "an integer",
    "int_from_float": "an integer",
    "float_type": "a number",
    "finite_number": "a finite number",
    "bool_type": "true or false",
    "date_type": "a date such as 2020-01-31",
    "date_from_datetime_parsing": "a date such as 2020-01-31",
    "date_parsing": "a date such as 2020-01-31",
    "date_from_datetime_inexact": "a date such as 2020-01-31",
}

_TYPES = frozenset({"str", "int", "float", "bool"})
"""Parts that pydantic adds to the place of a fault where one of several types may stand."""


def rule_of(kind: str, context: Mapping[str, Any]) -> str:
    """The rule that is broken.

    Parameters
    ----------
    kind
        The kind of pydantic's error.
    context
        What it says besides.

    Returns
    -------
    str
        A clause about the setting.
    """
    if kind in ("value_error", "assertion_error") and "error" in context:
        return str(context["error"])
    for name, words in _ENDS.items():
        if name in context:
            return f"{words} {context[name]:g}"
    return f"must be {_WANTED[kind]}" if kind in _WANTED else f"is not allowed here ({kind})"


class _Words(str):
    """What a value is, shown without the quotes of a text."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


def plain(got: object) -> object:
    """A value as a message shows it."""
    if isinstance(got, Mapping):
        return _Words("a map")
    return _Words("a list") if isinstance(got, list | tuple) else got


def problem_of(place: str, detail: ErrorDetails) -> Problem:
    """The problem that an error of pydantic is, where no more is known of its place.

    Parameters
    ----------
    place
        Where it was met.
    detail
        The error.

    Returns
    -------
    Problem
    """
    kind, context, got = detail["type"], detail.get("ctx", {}), detail["input"]
    if kind == "missing":
        return Problem(place, "is missing")
    if kind == "literal_error":
        names = re.findall(r"'([^']*)'", context["expected"])
        return Problem(place, f"must be one of {', '.join(names)}", got, nearest(str(got), names))
    rule = rule_of(kind, context)
    if kind == "value_error" and isinstance(got, Mapping):
        return at_setting(place, rule, got)
    if ", got " in rule or (kind == "value_error" and isinstance(got, list | tuple)):
        return Problem(place, rule)
    return Problem(place, rule, plain(got))


def at_setting(place: str, rule: str, names: Collection[Any]) -> Problem:
    """The problem of a rule about a map, which may begin with the setting that it is of.

    Parameters
    ----------
    place
        The map.
    rule
        The rule.
    names
        Settings of the map.

    Returns
    -------
    Problem

    Examples
    --------
    >>> print(at_setting("a", "min must be at most max", ["min"]))
    a.min: must be at most max
    """
    name, _, rest = rule.partition(" ")
    if name not in names:
        return Problem(place, rule)
    return Problem(f"{place}.{name}" if place else name, rest)


def nearest(name: str, names: Iterable[str], otherwise: str = "") -> str:
    """What to do about a name that there is none of: the nearest, if one is near.

    Parameters
    ----------
    name
        What was written.
    names
        What there is.
    otherwise
        What to say where none is near.

    Returns
    -------
    str
        To follow a rule.

    Examples
    --------
    >>> nearest("plann", ["age", "plan"])
    'did you mean plan?'
    """
    near = get_close_matches(name, [*names], n=1)
    return f"did you mean {near[0]}?" if near else otherwise


def record_problems(
    details: Sequence[ErrorDetails], known: Sequence[str], beside: Iterable[str] = ()
) -> Iterator[Problem]:
    """What is wrong with the settings of a record of an open union, such as a lens.

    Parameters
    ----------
    details
        The errors of its model.
    known
        Its settings.
    beside
        Others that there are at its place.

    Yields
    ------
    Problem
        With places as a config has them: a distribution's below the name of it.
    """
    places: dict[str, list[Problem]] = {}
    for place, detail in _leaves(details, ""):
        problem = problem_of(place, detail)
        if detail["type"] == "extra_forbidden":
            head, _, name = place.rpartition(".")
            remedy = (
                "" if head else nearest(name, [*known, *beside], f"known are {', '.join(known)}")
            )
            problem = Problem(place, "is not a known setting", remedy=remedy)
        places.setdefault(place, []).append(problem)
    for place, several in places.items():
        wanted = [p.rule.removeprefix("must be ") for p in several if p.rule.startswith("must be ")]
        if len(several) == len(wanted) > 1:
            rule = f"must be {' or '.join(dict.fromkeys(wanted))}"
            yield Problem(place, rule, several[0].got, several[0].remedy)
        else:
            yield several[0]


def _leaves(details: Sequence[ErrorDetails], prefix: str) -> Iterator[tuple[str, ErrorDetails]]:
    """Each error with its place, those of records within records below the name of their kind."""
    for detail in details:
        parts = [part for part in detail["loc"] if part not in _TYPES]
        inner = detail.get("ctx", {}).get("details") if detail["type"] == "record" else None
        if inner is not None and parts[-1:] == ["marginal"]:
            parts[-1] = detail["ctx"]["kind"]
        place = prefix
        for part in parts:
            place += f"[{part}]" if isinstance(part, int) else f".{part}" if place else str(part)
        if inner is None:
            yield place, detail
        else:
            yield from _leaves(inner, place)
