"""Settings from several places, one laid over another, each with where it was stated.

A layer is plain data with the origin of every value in it. Maps of settings are merged setting by
setting, down to values: a list, a range or a weighted choice is replaced as a whole. The layers of
a config are those it extends, in their order, its own, and what the command line sets.
"""

from __future__ import annotations

import typing
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from pathlib import Path
from typing import Any, NamedTuple

from plurel_cli.choices.registry import Registry, Stated
from plurel_cli.choices.section import Section
from plurel_cli.config import presets
from plurel_cli.config.document import Document, parse_yaml, rendered
from plurel_cli.config.model import Config
from plurel_cli.config.tables import COUNT, columns_form
from plurel_cli.errors import ConfigError, PlurelError, Problem

EXTENDS = "extends"
"""The key of a config that names others to be laid under it."""

_DEEPEST = 32


class Origin(NamedTuple):
    """Where a value was stated: a preset, a file or an option, and the line."""

    source: str
    line: int | None = None

    def __str__(self) -> str:
        return f"{self.source}:{self.line}" if self.line is not None else self.source


@dataclass(frozen=True)
class Layer:
    """Plain data, and the origin of what is in it, by place."""

    data: dict[Any, Any] = field(default_factory=dict)
    origins: Mapping[str, Origin] = field(default_factory=dict)

    def source(self, place: str, otherwise: str) -> str:
        """The source of what stands at a place, or of what it stands in.

        Parameters
        ----------
        place
            The place.
        otherwise
            What to give where there is none.

        Returns
        -------
        str
            The name of the preset, file or option.
        """
        while place and place not in self.origins:
            place = place[: max(place.rfind("."), place.rfind("["), 0)]
        return self.origins[place].source if place in self.origins else otherwise


class Within:
    """A map of things of one kind, by name."""

    def __init__(self, inner: Any) -> None:
        self.inner = inner


def part_of(cursor: Any, name: object) -> Any:
    """What may stand under a name: a section, a `Within`, or None for a value or the unknown.

    Parameters
    ----------
    cursor
        What the name stands in, as this function gave it; `Config` at the top.
    name
        The name.

    Returns
    -------
    type of Section, Within or None
    """
    if isinstance(cursor, Within):
        return cursor.inner
    for key, setting in cursor.model_fields.items() if cursor is not None else ():
        if (setting.alias or key) == name:
            return _kind(setting.annotation, setting.metadata)
    return None


def _kind(annotation: Any, metadata: Iterable[object] = ()) -> Any:
    if any(isinstance(entry, Registry | Stated) for entry in metadata):
        return Within(Within(None))
    if isinstance(annotation, type) and issubclass(annotation, Section):
        return annotation
    arguments = typing.get_args(annotation)
    if typing.get_origin(annotation) is typing.Annotated:
        return _kind(arguments[0], arguments[1:])
    if typing.get_origin(annotation) is dict:
        return Within(_kind(arguments[1]))
    if typing.get_origin(annotation) is tuple:
        return None
    return next((kind for kind in map(_kind, arguments) if kind is not None), None)


def laid_over(base: Layer, over: Layer) -> Layer:
    """One layer over another.

    Parameters
    ----------
    base, over
        Where both state a value, that of `over` is kept.

    Returns
    -------
    Layer
        With the origins of what is kept.

    Examples
    --------
    >>> base = Layer({"schema": {"tables": {"min": 3, "max": 5}, "columns": 4}})
    >>> laid_over(base, Layer({"schema": {"tables": 7}})).data
    {'schema': {'tables': 7, 'columns': 4}}
    """
    replaced: set[str] = set()
    data = _merged(base.data, over.data, Config, (), replaced)
    kept = {place: origin for place, origin in base.origins.items() if not _is_in(place, replaced)}
    return Layer(data, {**kept, **over.origins})


def _merged(
    base: dict[Any, Any],
    over: Mapping[Any, Any],
    cursor: Any,
    location: tuple[int | str, ...],
    replaced: set[str],
) -> dict[Any, Any]:
    merged = dict(base)
    for name, value in over.items():
        here = (*location, str(name))
        inner = part_of(cursor, name)
        if name in base and _are_maps(base[name], value, inner, here):
            merged[name] = _merged(base[name], value, inner, here, replaced)
            continue
        merged[name] = value
        if name in base:
            replaced.add(rendered(here))
    return merged


def _are_maps(base: Any, over: Any, inner: Any, location: tuple[int | str, ...]) -> bool:
    """Whether both are maps whose settings are merged."""
    if inner is None or not (isinstance(base, dict) and isinstance(over, dict)):
        return False
    if location[0] == "tables" and len(location) == 3 and location[2] == "columns":
        return COUNT not in (columns_form(base), columns_form(over))
    return True


def _is_in(place: str, places: set[str]) -> bool:
    while place:
        if place in places:
            return True
        place = place[: max(place.rfind("."), place.rfind("["), 0)]
    return False


def layer_of(document: Document, source: str) -> Layer:
    """The layer of one text.

    Parameters
    ----------
    document
        Its data.
    source
        What to call it.

    Returns
    -------
    Layer

    Raises
    ------
    ConfigError
        If it is no map.
    """
    data = {} if document.data is None else document.data
    if not isinstance(data, dict):
        shown = "a list" if isinstance(data, list) else repr(data)
        raise ConfigError([Problem("", f"must be a map of settings, got {shown}")], source)
    return Layer(data, {place: Origin(source, line) for place, line in document.lines.items()})


def read_layer(path: Path, above: Sequence[Path] = ()) -> Layer:
    """A config's file, laid over what it extends.

    Parameters
    ----------
    path
        The file.
    above
        Files that extend it, the first one first.

    Returns
    -------
    Layer

    Raises
    ------
    ConfigError
        If it is no config, or extends itself by way of others.
    UsageError, StorageError
        If it, or a file that it extends, is not there or cannot be read.
    """
    source = presets.title(path)
    return extended(layer_of(parse_yaml(presets.read(path), source), source), path, above)


def extended(layer: Layer, path: Path | None, above: Sequence[Path] = ()) -> Layer:
    """A layer over what its `extends` names.

    Parameters
    ----------
    layer
        The layer.
    path
        Its file, which paths are relative to; none for data in memory, where they are relative to
        the current folder.
    above
        Files that extend it, the first one first.

    Returns
    -------
    Layer
        With nothing left that it extends.
    """
    if EXTENDS not in layer.data:
        return layer
    data = {name: value for name, value in layer.data.items() if name != EXTENDS}
    places = layer.data[EXTENDS]
    source = layer.source(EXTENDS, "" if path is None else presets.title(path))
    chain = (*above, *(() if path is None else (path,)))
    bases = [
        _base(name, place, source, path, chain) for place, name in _extended_names(places, source)
    ]
    origins = {place: o for place, o in layer.origins.items() if not _is_in(place, {EXTENDS})}
    return reduce(laid_over, [*bases, Layer(data, origins)])


def _extended_names(stated: object, source: str) -> list[tuple[str, str]]:
    several = stated if isinstance(stated, list | tuple) else [stated]
    places = (
        [EXTENDS] if several is not stated else [f"{EXTENDS}[{i}]" for i in range(len(several))]
    )
    rule = "must be the name of a preset, the path of a config, or a list of them"
    problems = [
        Problem(place, rule, name)
        for place, name in zip(places, several, strict=True)
        if not isinstance(name, str) or not name
    ]
    if problems:
        raise ConfigError(problems, source)
    return list(zip(places, several, strict=True))


def _base(name: str, place: str, source: str, path: Path | None, chain: tuple[Path, ...]) -> Layer:
    try:
        base = presets.find(name, Path() if path is None else path.parent)
        known = [file.resolve() for file in chain]
        if base.resolve() in known:
            circle = [*chain[known.index(base.resolve()) :], base]
            names = " → ".join(presets.title(file) for file in circle)
            raise ConfigError(
                [Problem(place, f"must not form a circle, but does: {names}")], source
            )
        if len(chain) > _DEEPEST:
            raise ConfigError([Problem(place, f"goes more than {_DEEPEST} deep")], source)
        layer = read_layer(base, chain)
    except ConfigError:
        raise
    except PlurelError as error:
        raise ConfigError([Problem(place, str(error))], source) from None
    if "configs" in layer.data:
        raise ConfigError([Problem(place, "must not be a mixture", name)], source)
    return layer
