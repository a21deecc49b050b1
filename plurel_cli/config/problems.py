"""What is wrong with a config, in our sentences, from the errors of its pydantic models."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from plurel_cli.choices.section import Section
from plurel_cli.config.document import rendered
from plurel_cli.config.model import Config
from plurel_cli.config.scopes import is_setting, scopes_in_words, setting_within
from plurel_cli.config.tables import BY_NAME, COUNT
from plurel_cli.config.wording import nearest, problem_of
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
        case _:
            return [problem_of(place, detail)]


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
    remedy = nearest(key, allowed, f"known are {', '.join(allowed)}")
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
