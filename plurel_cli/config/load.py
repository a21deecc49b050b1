"""Reading a config: YAML in, `Config` out, or every problem in it at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import yaml
from pydantic import ValidationError

from plurel_cli.choices.choice import Choice, reads_like_range
from plurel_cli.choices.section import Section
from plurel_cli.config import presets
from plurel_cli.config.arguments import checked
from plurel_cli.config.idle import idle_settings
from plurel_cli.config.layers import EXTENDS, Layer, Origin, extended, read_layer
from plurel_cli.config.model import Config
from plurel_cli.config.problems import problems_of
from plurel_cli.config.setting import OPTION, set_over
from plurel_cli.config.sources import sourced
from plurel_cli.config.wording import plain
from plurel_cli.errors import ConfigError, Problem, warn


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
    layer = layered(path, sets)
    config, warnings = loaded(layer, "" if path is None else str(path))
    return Loaded(sourced(config, layer, path, sets), warnings)


def layered(path: str | Path | None, sets: Sequence[str] = ()) -> Layer:
    """What a config states, in its file, in those it extends and in settings over it.

    Parameters
    ----------
    path
        Name of a preset, or path of a file; none for nothing.
    sets
        Settings as the command line gives them, such as `features.scm.noise=0.2`.

    Returns
    -------
    Layer

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

    Returns
    -------
    Loaded
        The config and its warnings.

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

    Returns
    -------
    Config

    Raises
    ------
    ConfigError
        With all the problems found.
    """
    if raw is None:
        raw = {}
    if not isinstance(raw, Mapping):
        raise ConfigError([Problem("", "must be a map of settings", plain(raw))], source)
    if EXTENDS in raw:
        return loaded(extended(Layer(dict(raw)), None), source).config
    try:
        return Config.model_validate(raw)
    except ValidationError as error:
        problems = [p for detail in error.errors() for p in problems_of(detail)]
        raise ConfigError(problems, source) from None


def _range_warnings(raw: object, config: Section) -> Iterator[str]:
    """Places where a choice is written as a list of two rising integers."""
    for name, field in type(config).model_fields.items():
        value, its_raw = getattr(config, name), _item(raw, field.alias or name)
        for place, inner, inner_raw in _leaves(value, its_raw, field.alias or name):
            if isinstance(inner, Section):
                yield from (f"{place}.{below}" for below in _range_warnings(inner_raw, inner))
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
