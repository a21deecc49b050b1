"""The little Markdown that the reference pages need."""

from __future__ import annotations

import textwrap
import types
import typing
from collections.abc import Iterable, Sequence

import yaml

NOTICE = "<!-- Written by `python -m docs.build`; edit {source} instead. -->\n"


def cell(text: str) -> str:
    """Text that stays within one cell of a table."""
    return " ".join(text.split()).replace("|", "\\|")


def code(text: str) -> str:
    return f"`{text}`" if text else ""


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = ["| " + " | ".join(head) + " |", "|" + "|".join(" --- " for _ in head) + "|"]
    lines += ["| " + " | ".join(map(cell, row)) + " |" for row in rows]
    return "\n".join(lines) + "\n"


def filled(text: str) -> str:
    """A paragraph in lines."""
    return textwrap.fill(text, 100, break_on_hyphens=False, break_long_words=False)


def flow(value: object) -> str:
    """A value as a config writes it on one line."""
    text = yaml.safe_dump(value, default_flow_style=True, width=10_000, sort_keys=False)
    return text.removesuffix("\n").removesuffix("\n...")


_PLAIN = {
    "int": "an integer",
    "float": "a number",
    "str": "text",
    "bool": "true or false",
    "date": "a date",
    "Any": "anything",
}

_BOUNDS = {"ge": "at least", "gt": "above", "le": "at most", "lt": "below"}


def is_union(annotation: object) -> bool:
    return typing.get_origin(annotation) in (typing.Union, types.UnionType)


def words(annotation: typing.Any, metadata: Iterable[object] = ()) -> str:
    """What a plain type allows, in words."""
    origin, inner = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is typing.Annotated:
        return words(inner[0], inner[1:])
    if is_union(annotation):
        return " or ".join("null" if a is type(None) else words(a, metadata) for a in inner)
    if origin is typing.Literal:
        return ("one of " if len(inner) > 1 else "") + ", ".join(code(str(a)) for a in inner)
    if origin is tuple:
        return f"a list of {words(inner[0])}"
    if origin is dict:
        return "a map" if inner[1] is typing.Any else f"a map by name of {words(inner[1])}"
    name = getattr(annotation, "__name__", str(annotation))
    bounds = [
        f"{word} {_number(getattr(limit, bound))}"
        for limit in metadata
        for bound, word in _BOUNDS.items()
        if getattr(limit, bound, None) is not None
    ]
    return " ".join([_PLAIN.get(name, f"a map ({name})"), " and ".join(bounds)]).strip()


def _number(bound: float) -> str:
    return "2⁶⁴" if bound == 1 << 64 else f"{bound:g}"
