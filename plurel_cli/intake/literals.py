"""What literals of SQL are worth: values, days and patterns, and what comparing with them says.

Numbers may stand in quotes, and days in several ways. A day may be counted from now; as rows are
to be right whenever they are loaded, that is long ago or far ahead.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from plurel_cli.intake.picture import (
    Among,
    Bounded,
    Condition,
    Dated,
    Length,
    Opaque,
    Pattern,
    Unlike,
    Unmatched,
    Value,
)

_NOW = {"CurrentDate", "CurrentTimestamp", "CurrentDatetime", "CurrentTime", "Localtimestamp"}
_NOW_BY_NAME = {"now", "getdate", "sysdate", "sysutcdatetime", "sysdatetime", "getutcdate"}
_PAST, _FUTURE = date(2024, 12, 31), date(2100, 1, 1)
"""Days that are past, and to come, whenever it is now."""

_DAYS = {"DAY": 1, "WEEK": 7, "MONTH": 31, "QUARTER": 92, "YEAR": 366}
_DAY_WORDS = {"StrToDate", "StrToTime", "DateStrToDate", "TsOrDsToDate", "Date", "Timestamp"}
_DAY_FORMS = ("%Y-%m-%d", "%Y%m%d", "%d-%b-%Y", "%d-%b-%y", "%Y/%m/%d")
_SPECIAL = ".^$*+?{}[]\\|()"


def value_of(tree: Any) -> Value | None:
    """The value of a literal; none of anything else."""
    kind = type(tree).__name__
    if kind == "Neg":
        inner = value_of(tree.this)
        return -inner if isinstance(inner, int | float) else None
    if kind == "Boolean":
        return bool(tree.this)
    if kind in ("National", "RawString"):
        return str(tree.this)
    if kind in _DAY_WORDS and type(tree.this).__name__ == "Literal":
        return str(tree.this.this) if tree.this.is_string else None
    if kind != "Literal":
        return None
    if tree.is_string:
        return str(tree.this)
    number = float(tree.this)
    return int(number) if number.is_integer() and "." not in str(tree.this) else number


def compared(kind: str, name: str, value: Value) -> Iterator[Condition]:
    """What comparing a column with a value says.

    Parameters
    ----------
    kind
        How they are compared, as sqlglot calls it.
    name
        The column.
    value
        The value.

    Yields
    ------
    Condition
    """
    if kind == "EQ":
        yield Among(name, (value,))
    elif kind == "NEQ":
        yield Unlike(name, value)
    elif isinstance(value, str):
        yield from _compared_with_text(kind, name, value)
    elif kind in ("GT", "GTE"):
        yield Bounded(name, low=float(value), low_is_out=kind == "GT")
    else:
        yield Bounded(name, high=float(value), high_is_out=kind == "LT")


def _compared_with_text(kind: str, name: str, value: str) -> Iterator[Condition]:
    day = _day_of(value)
    if day is not None and not re.fullmatch(r"\d{1,7}", value):
        if kind in ("GT", "GTE"):
            is_later = kind == "GT" or len(value) > len("2020-01-01")
            yield Dated(name, first=str(day + timedelta(days=is_later)))
        else:
            yield Dated(name, last=str(day - timedelta(days=1)))  # whatever the time of the day
    elif re.fullmatch(r"\s*[+-]?\d+(?:\.\d*)?\s*", value):
        yield from compared(kind, name, float(value))
    else:
        yield Opaque(f"{name} {kind} {value!r}")


def _day_of(text: str) -> date | None:
    for form in _DAY_FORMS:
        try:
            return datetime.strptime(text[:11].strip().partition(" ")[0], form).date()
        except ValueError:
            continue
    match = re.match(r"(\d{4}-\d\d-\d\d)[ T]", text)
    return date.fromisoformat(match[1]) if match else None


def compared_with_now(kind: str, name: str, tree: Any) -> Iterator[Condition]:
    """What comparing a column with a day that is counted from now says; nothing of other trees.

    Parameters
    ----------
    kind
        How they are compared, as sqlglot calls it.
    name
        The column.
    tree
        What it is compared with.

    Yields
    ------
    Condition
    """
    days = _days_from_now(tree)
    if days is None:
        return
    if kind in ("LT", "LTE"):
        yield Dated(name, last=str(_PAST + timedelta(days=min(days, 0))))
    elif kind in ("GT", "GTE"):
        yield Dated(name, first=str(_FUTURE + timedelta(days=max(days, 0))))


def _days_from_now(tree: Any) -> int | None:
    """By how many days a tree is after now; none where it is of anything else."""
    kind = type(tree).__name__
    called = str(getattr(tree, "name", "")).lower()
    if kind in _NOW or (kind == "Anonymous" and called in _NOW_BY_NAME):
        return 0
    if kind in ("Add", "Sub", "DateAdd", "DateSub", "TsOrDsAdd", "TimestampAdd", "TimestampSub"):
        begin, length = _days_from_now(tree.this), _length_in_days(tree.expression, tree)
        if begin is not None and length is not None:
            return begin - length if kind.endswith("Sub") else begin + length
    if kind in _DAY_WORDS:
        return _days_from_now(tree.this)
    return None


def _length_in_days(tree: Any, whole: Any) -> int | None:
    is_interval = type(tree).__name__ == "Interval"
    value = value_of(tree.this if is_interval else tree)
    unit = (tree if is_interval else whole).args.get("unit")
    word = str(unit.name if unit is not None else "DAY").upper().removesuffix("S")
    try:
        return int(float(str(value))) * _DAYS.get(word, 1)
    except ValueError:
        return None


def length_of(tree: Any) -> Any:
    """What a length is of; none of anything else."""
    if type(tree).__name__ == "Length":
        is_trimmed = type(tree.this).__name__ == "Trim"  # no text begins or ends with spaces
        return tree.this.this if is_trimmed else tree.this
    name = str(getattr(tree, "name", "")).lower()
    if name in ("len", "length", "char_length", "character_length") and tree.expressions:
        return tree.expressions[0]
    return None


def of_length(kind: str, name: str, n: int) -> Iterator[Condition]:
    """What comparing a length with a number says.

    Parameters
    ----------
    kind
        How they are compared, as sqlglot calls it.
    name
        The column.
    n
        The number.

    Yields
    ------
    Condition
    """
    match kind:
        case "EQ":
            yield Length(name, n, n)
        case "GT" | "GTE":
            yield Length(name, n + (kind == "GT"), None)
        case "LT" | "LTE":
            yield Length(name, 0, n - (kind == "LT"))
        case "NEQ" if n == 0:
            yield Length(name, 1, None)
        case _:
            yield Opaque(f"length of {name} is not {n}")


def of_position(kind: str, name: str, text: str, n: int) -> Iterator[Condition]:
    """What comparing the place of a text within a column with a number says.

    Parameters
    ----------
    kind
        How they are compared, as sqlglot calls it.
    name
        The column.
    text
        What is looked for.
    n
        The number; places begin at 1, and where there is none, it is 0.

    Yields
    ------
    Condition
    """
    least = n + (kind == "GT")
    plain = re.escape(text)
    if kind in ("GT", "GTE") and least >= 1:
        yield Pattern(name, plain if least == 1 else f"^{'.' * (least - 1)}.*{plain}")
    elif kind == "NEQ" and n == 0:
        yield Pattern(name, plain)
    elif kind == "EQ" and n == 0:
        yield Unmatched(name, plain)
    else:
        yield Opaque(f"the place of {text!r} in {name}")


def regex_of_like(pattern: str, *, has_classes: bool, escape: str = "") -> str:
    r"""A pattern of `LIKE` as a regular expression.

    Parameters
    ----------
    pattern
        The pattern.
    has_classes
        Whether brackets are classes of characters.
    escape
        The sign after which the next one stands for itself.

    Returns
    -------
    str

    Examples
    --------
    >>> regex_of_like("a%_", has_classes=False), regex_of_like("a!%", has_classes=False, escape="!")
    ('^a.*.$', '^a%$')
    """
    signs = {"%": ".*", "_": "."} | ({"[": "[", "]": "]"} if has_classes else {})
    text, at = "", 0
    while at < len(pattern):
        sign = pattern[at]
        if escape and sign == escape and at + 1 < len(pattern):
            at += 1
            text += re.escape(pattern[at])
        else:
            text += signs.get(sign) or ("\\" + sign if sign in _SPECIAL else sign)
        at += 1
    return f"^{text}$"


def regex_of_glob(pattern: str) -> str:
    """A pattern of `GLOB` as a regular expression."""
    signs = {"*": ".*", "?": "."}
    return (
        "^"
        + "".join(signs.get(c) or ("\\" + c if c in ".^$+{}\\|()" else c) for c in pattern)
        + "$"
    )


def regex_of_similar(pattern: str) -> str:
    """A pattern of `SIMILAR TO` as a regular expression.

    Examples
    --------
    >>> regex_of_similar("[A-Z]{2}%"), regex_of_similar("a|b")
    ('^[A-Z]{2}.*$', '^(?:a|b)$')
    """
    signs = {"%": ".*", "_": "."} | {c: "\\" + c for c in ".^$"}
    text = "".join(signs.get(sign, sign) for sign in pattern)
    return f"^(?:{text})$" if "|" in text else f"^{text}$"
