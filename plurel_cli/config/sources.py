"""Where the values of a config came from: a walk over its settings, and the record of it.

A setting is a leaf of the config: a map whose settings are merged one by one is none, a list, a
range or a weighted choice is one. It is recorded as it was written, by where it was stated; what
nothing states is a default, and is not recorded.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from plurel_cli.config import presets
from plurel_cli.config.document import rendered
from plurel_cli.config.layers import Layer, part_of
from plurel_cli.config.model import Config
from plurel_cli.config.setting import OPTION
from plurel_cli.config.tables import COUNT, columns_form
from plurel_cli.schema.sources import SettingSource, SourceKind, Sources


class Setting(NamedTuple):
    """A setting, or the name of a map of them.

    Attributes
    ----------
    location
        Its place.
    value
        Its value.
    is_map
        Whether it is a map, whose settings come next.
    """

    location: tuple[str, ...]
    value: Any
    is_map: bool


def settings_of(
    data: dict[str, Any], cursor: Any = Config, location: tuple[str, ...] = ()
) -> Iterator[Setting]:
    """All settings of a config, and maps before what they hold.

    Parameters
    ----------
    data
        The config as plain data.
    cursor, location
        What the data is of, and its place; by default a whole config.

    Yields
    ------
    Setting
    """
    for name, value in data.items():
        here, inner = (*location, str(name)), part_of(cursor, name)
        is_map = inner is not None and isinstance(value, dict) and bool(value)
        if is_map and not _is_count(here, value):
            yield Setting(here, value, is_map=True)
            yield from settings_of(value, inner, here)
        else:
            yield Setting(here, value, is_map=False)


def _is_count(location: tuple[str, ...], value: dict[str, Any]) -> bool:
    """Whether columns of a table are stated as a number of them."""
    is_columns = len(location) == 3 and (location[0], location[2]) == ("tables", "columns")
    return is_columns and columns_form(value) == COUNT


def sourced(config: Config, layer: Layer, path: str | Path | None, sets: Sequence[str]) -> Config:
    """A config with the record of where its settings were stated.

    Parameters
    ----------
    config
        The config.
    layer
        What it was made of.
    path
        The preset or file that was named, if any.
    sets
        Settings over it, as they were written.

    Returns
    -------
    Config
        An equal one.
    """
    several: dict[tuple[SourceKind, str], dict[str, Any]] = {}
    for setting in settings_of(layer.data):
        if not setting.is_map and (source := layer.source(rendered(setting.location), "")):
            nested = several.setdefault(_kind_and_name(source), {})
            *outer, name = map(_key, setting.location)
            for part in outer:
                nested = nested.setdefault(part, {})
            nested[name] = _plain(setting.value)
    lasts = {_kind_and_name(origin.source): n for n, origin in enumerate(layer.origins.values())}
    stated = [
        SettingSource(kind=kind, name=name, settings=several[kind, name])
        for kind, name in sorted(several, key=lambda source: -lasts[source])
    ]
    named = None if path is None else _kind_and_name(str(path))
    return config.with_sources(
        Sources(
            config=named and named[1],
            is_preset=named is not None and named[0] == "preset",
            sets=tuple(sets),
            stated=tuple(stated),
        )
    )


def _key(name: str) -> str:
    """The name of a setting as a config writes it."""
    return name.lower() if name in ("True", "False") else name


def _plain(value: Any) -> Any:
    """A value as JSON has it."""
    if isinstance(value, dict):
        return {_key(str(name)): _plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value.isoformat() if isinstance(value, dt.date) else value


def _kind_and_name(source: str) -> tuple[SourceKind, str]:
    """What a source is, and what to call it, by what messages call it."""
    if source.startswith(f"{OPTION} "):
        return "set", source.removeprefix(f"{OPTION} ")
    if presets.is_name(source) and source in presets.names():
        return "preset", source
    return "file", Path(source).name
