"""Reading a config: YAML in, `Config` out, or every problem in it at once."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import yaml
from pydantic import ValidationError

from plurel_cli.choices.choice import Choice, reads_like_range
from plurel_cli.choices.section import Section
from plurel_cli.config import presets
from plurel_cli.config.arguments import checked
from plurel_cli.config.document import rendered
from plurel_cli.config.idle import idle_settings
from plurel_cli.config.layers import EXTENDS, Layer, Origin, extended, read_layer
from plurel_cli.config.model import Config
from plurel_cli.config.override import Override
from plurel_cli.config.setting import OPTION, set_over
from plurel_cli.config.tables import BY_NAME, COUNT
from plurel_cli.errors import ConfigError, Problem, warn

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails


class Loaded(NamedTuple):
    """A config, and what its author may want to know about it."""

    config: Config
    warnings: tuple[str, ...]


@checked
def load_config(path: str | Path | None = None) -> Config:
    """Read a config, by the name of a preset or the path of a file; without one, the default.

    What its author may want to know is given as a `ConfigWarning`.

    Raises
    ------
    ConfigError
        With all the problems of the file.
    UsageError
        If there is no such file.
    StorageError
        If it cannot be read.

    Examples
    --------
    >>> load_config().schema_.tables.min
    3
    """
    config, messages = read_config(path)
    warn(messages)
    return config


def read_config(path: str | Path | None, sets: Sequence[str] = ()) -> Loaded:
    """Read a config as `load_config` does, with the warnings as text.

    Parameters
    ----------
    path
        Name of a preset, or path of a file; none for the built-in default.
    sets
        Settings over it, as the command line gives them.

    Returns
    -------
    Loaded
        The config and its warnings.

    Raises
    ------
    ConfigError
        With all the problems of the file.
    UsageError
        If there is no such file.
    StorageError
        If it cannot be read.
    """
    return loaded(layered(path, sets), "" if path is None else str(path))


def layered(path: str | Path | None, sets: Sequence[str] = ()) -> Layer:
    """What a config states, in its file, in those it extends and in settings over it.

    Parameters
    ----------
    path
        Name of a preset, or path of a file; none for nothing.
    sets
        Settings as the command line gives them, such as `features.scm.noise=0.2`.

    Raises
    ------
    ConfigError, UsageError, StorageError
        As for `read_config`.
    """
    return set_over(Layer() if path is None else read_layer(presets.find(path)), sets)


def loaded(layer: Layer, source: str = "") -> Loaded:
    """The config of a layer.

    Parameters
    ----------
    layer
        Plain data, and where it was stated.
    source
        What to call what has no other origin.

    Raises
    ------
    ConfigError
        With all the problems, each with where it was stated.
    """
    try:
        config = parse_config(layer.data)
    except ConfigError as error:
        sources = [layer.source(problem.place, source) for problem in error.problems]
        raise ConfigError(error.problems, sources) from None
    advice = "a list is a choice between its values; for a range write {min: …, max: …}"
    warnings = (
        f"{layer.source(place, source)}: {place}: {advice}"
        for place in _range_warnings(layer.data, config)
    )
    idle = idle_settings(config, layer, lambda origin: _is_own(origin, source))
    return Loaded(config, (*warnings, *idle))


def _is_own(origin: Origin, source: str) -> bool:
    """Whether something is stated in a config itself or by an option, not in what it extends."""
    return origin.source == source or origin.source.startswith(OPTION)


def parse_config(raw: object, source: str = "") -> Config:
    """Check plain data and make a `Config` of it.

    Parameters
    ----------
    raw
        A map as YAML or JSON gives it; `None` (an empty file) stands for an empty map.
    source
        Where it came from, for messages.

    Raises
    ------
    ConfigError
        With all the problems found.
    """
    if raw is None:
        raw = {}
    if not isinstance(raw, Mapping):
        raise ConfigError([Problem("", "must be a map of settings", _plain(raw))], source)
    if EXTENDS in raw:
        return loaded(extended(Layer(dict(raw)), None), source).config
    try:
        return Config.model_validate(raw)
    except ValidationError as error:
        problems = [p for detail in error.errors() for p in _problems(detail)]
        raise ConfigError(problems, source) from None


def _problems(detail: ErrorDetails) -> list[Problem]:
    location = tuple(part for part in detail["loc"] if part not in (COUNT, BY_NAME))
    place = rendered(location)
    context = detail.get("ctx", {})
    got = detail["input"]
    if detail["type"] == "invalid_key" or location[-1:] == ("[key]",):
        map_place = rendered(location[: -1 if detail["type"] == "invalid_key" else -2])
        return [Problem(map_place, "must have text for keys", got)]
    match detail["type"]:
        case "choice":
            own: tuple[Problem, ...] = context["problems"]
            return [problem.under(place) if place else problem for problem in own]
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
            return [Problem(place, _rule(kind, context), _plain(got))]


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


def _plain(got: object) -> object:
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
    whole = section.section.model_fields if section and issubclass(section, Override) else ()
    if key in whole:
        return Problem(rendered(location), "cannot differ here; state it for more than this")
    near = get_close_matches(key, allowed, n=1)
    remedy = f"did you mean {near[0]}?" if near else f"known are {', '.join(allowed)}"
    return Problem(rendered(location), "is not a known setting", remedy=remedy if allowed else "")


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
        if (found := _first_section(inner)) is not None:
            return found
    return None


def _range_warnings(raw: object, config: Section) -> Iterator[str]:
    """Places where a choice is written as a list of two rising integers."""
    for name, field in type(config).model_fields.items():
        value, its_raw = getattr(config, name), _item(raw, field.alias or name)
        for place, inner, inner_raw in _leaves(value, its_raw, field.alias or name):
            if isinstance(inner, Section):
                yield from (f"{place}.{found}" for found in _range_warnings(inner_raw, inner))
            elif isinstance(inner, Choice) and reads_like_range(inner_raw):
                yield place


def _leaves(value: object, raw: object, place: str) -> Iterator[tuple[str, object, object]]:
    """Sections and choices in maps and lists below a field, with their raw data and place."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _leaves(item, _item(raw, key), f"{place}.{key}")
    elif isinstance(value, tuple):
        for index, item in enumerate(value):
            yield from _leaves(item, _item(raw, index), f"{place}[{index}]")
    else:
        yield place, value, raw


def _item(raw: Any, key: Any) -> object:
    if isinstance(raw, dict):
        return raw.get(key)
    return raw[key] if isinstance(raw, list) and isinstance(key, int) else None


@checked
def dump_config(config: Config) -> str:
    """The resolved config as YAML that `load_config` reads back to the same config."""
    return yaml.safe_dump(config.model_dump(mode="python", by_alias=True), sort_keys=False)
