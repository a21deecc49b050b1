"""What is wrong with a config, in our sentences, from the errors of its pydantic models."""

from __future__ import annotations

import re
from collections.abc import Mapping
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from plurel_cli.choices.section import Section
from plurel_cli.config.document import rendered
from plurel_cli.config.model import Config
from plurel_cli.config.scopes import is_setting, scopes_in_words, setting_within
from plurel_cli.config.tables import BY_NAME, COUNT
from plurel_cli.errors import Problem

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails


def problems_of(detail: ErrorDetails) -> list[Problem]:
    """What is wrong with a config, by one of the errors of its model."""
    location = tuple(part for part in detail["loc"] if part not in (COUNT, BY_NAME))
    place = rendered(location)
    context = detail.get("ctx", {})
    got = detail["input"]
    if detail["type"] == "invalid_key" or location[-1:] == ("[key]",):
        map_place = rendered(location[: -1 if detail["type"] == "invalid_key" else -2])
        return [Problem(map_place, "must have text for keys", got)]
    match detail["type"]:
        case "choice":
            problems: tuple[Problem, ...] = context["problems"]
            return [problem.under(place) if place else problem for problem in problems]
        case "extra_forbidden":
            return [_unknown_key(location)]
        case "missing":
            return [Problem(place, "is missing")]
        case "literal_error":
            names = re.findall(r"'([^']*)'", context["expected"])
            near = get_close_matches(str(got), names, n=1)
            remedy = f"did you mean {near[0]}?" if near else ""
            return [Problem(place, "must be one of " + ", ".join(names), got, remedy)]
        case kind:
            return [Problem(place, _rule(kind, context), plain(got))]


def _rule(kind: str, context: Mapping[str, Any]) -> str:
    for name, words in {
        "ge": "must be at least",
        "gt": "must be above",
        "le": "must be at most",
        "lt": "must be below",
    }.items():
        if name in context:
            return f"{words} {context[name]:g}"
    wanted = {
        "model_type": "a map of settings",
        "model_attributes_type": "a map of settings",
        "dict_type": "a map by name",
        "tuple_type": "a list",
        "string_type": "text",
        "int_type": "an integer",
        "float_type": "a number",
        "finite_number": "a finite number",
        "bool_type": "true or false",
        "date_type": "a date such as 2020-01-31",
    }
    return f"must be {wanted[kind]}" if kind in wanted else f"is not allowed here ({kind})"


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


def _unknown_key(location: tuple[int | str, ...]) -> Problem:
    """Name the nearest of the keys that would have been allowed there."""
    section: Any = Config
    for part in location[:-1]:
        section = _inner_section(section, part)
    key = str(location[-1])
    allowed = [f.alias or n for n, f in section.model_fields.items()] if section else []
    if (path := setting_within(location)) and is_setting(path):
        remedy = f"state it of {scopes_in_words(path)}"
        return Problem(rendered(location), f"cannot be stated of {_thing(location)}", remedy=remedy)
    near = get_close_matches(key, allowed, n=1)
    remedy = f"did you mean {near[0]}?" if near else f"known are {', '.join(allowed)}"
    return Problem(rendered(location), "is not a known setting", remedy=remedy if allowed else "")


def _thing(location: tuple[int | str, ...]) -> str:
    """What a place below `tables` is of, in words."""
    part = location[2] if len(location) > 3 else ""
    if part == "parents":
        return "a key"
    return {"keys": "a key", "columns": "a column"}.get(str(part), "a table")


def _inner_section(section: Any, part: int | str) -> Any:
    if section is None or not hasattr(section, "model_fields"):
        return None
    for name, field in section.model_fields.items():
        if (field.alias or name) == part:
            return _first_section(field.annotation)
    return section  # inside a map by name, or an item of a list


def _first_section(annotation: Any) -> Any:
    if isinstance(annotation, type) and issubclass(annotation, Section):
        return annotation
    for inner in getattr(annotation, "__args__", ()):
        if (section := _first_section(inner)) is not None:
            return section
    return None
