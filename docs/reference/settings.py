"""Every setting of a config, from the pydantic models and the registries they name.

A section is walked field by field, and each setting is one row: its path, what it is, what it
allows, its default. An override, in which a table, key or column states a section again, can be
walked as well or be one row.
"""

from __future__ import annotations

import datetime as dt
import inspect
import re
import typing
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from pydantic_core import PydanticUndefined, to_jsonable_python

from docs.reference.markdown import code, flow, is_union, words
from plurel_cli.choices.choice import Choice
from plurel_cli.choices.kind import Kind
from plurel_cli.choices.registry import Entry, Registry
from plurel_cli.choices.section import Section
from plurel_cli.choices.weights import WeightMap
from plurel_cli.config import Config
from plurel_cli.config.scopes import SCOPES, Scope


class Setting(NamedTuple):
    """One setting.

    Attributes
    ----------
    path
        Names from the top, joined by dots: `NAME` stands for any name, `[]` for any place.
    description, allowed, default
        In words.
    registries
        What its value, or the keys of its map, are names of.
    """

    path: str
    description: str
    allowed: str
    default: str
    registries: tuple[Registry[Any], ...] = ()


def all_settings(*, repeated: bool = True) -> Iterator[Setting]:
    """All settings and sections of a config, a section before what is in it.

    Parameters
    ----------
    repeated
        Whether to give settings again where a section or registry stands a second time; otherwise
        it is one row that says so.
    """
    defaults = Config.model_validate({})
    described: dict[Registry[Any], str] | None = None if repeated else {}
    for name, field in Config.model_fields.items():
        path, default = field.alias or name, getattr(defaults, name)
        yield from _setting(
            path, field.description or "", field.annotation, field.metadata, default, described
        )


def _setting(
    path: str,
    description: str,
    annotation: Any,
    metadata: Sequence[object],
    default: Any,
    described: dict[Registry[Any], str] | None,
) -> Iterator[Setting]:
    inner = section_of(annotation)
    registry = next((entry for entry in metadata if isinstance(entry, Registry)), None)
    if registry is not None:
        before = described.setdefault(registry, path) if described is not None else path
        if before != path:
            description = f"{description} The same as {code(before)}."
        yield Setting(path, description, f"a map by {registry.noun}", "", (registry,))
        if before == path:
            yield from _entries(registry, path)
    elif (
        weights := next((its for its in metadata if isinstance(its, WeightMap)), None)
    ) is not None:
        yield from _weights(weights, path, description)
    elif inner is None:
        registries = tuple(dict.fromkeys(_registries(annotation, metadata)))
        allowed, value = _allowed(annotation, metadata), _default(default)
        if path.startswith("tables.") and value == code("null"):  # not stated
            allowed, value = allowed.removesuffix(" or null"), ""
        yield Setting(path, description, allowed, value, registries)
    elif is_override(inner) and described is not None:
        yield Setting(path, description, _overridable(path), "")
    else:
        yield Setting(path, description, _allowed(annotation, metadata), "")
        path += {dict: ".NAME", tuple: "[]"}.get(_container(annotation), "")
        known = default if isinstance(default, inner) else None
        for name, field in inner.model_fields.items():
            value = getattr(known, name) if known is not None else field.get_default()
            yield from _setting(
                f"{path}.{field.alias or name}",
                field.description or "",
                field.annotation,
                field.metadata,
                value,
                described,
            )


def is_override(section: type[Section]) -> bool:
    """Whether a section states some settings of another one anew."""
    return section.__name__.endswith("Override")


def _overridable(path: str) -> str:
    """Which settings an override has, in words."""
    parts = path.split(".")
    thing = {"keys": "key", "columns": "column", "parents[]": "key"}.get(parts[2], "table")
    return f"settings of {code(parts[-1])} for one {thing}"


def of_single(path: str) -> str:
    """What a setting can be stated of besides the whole database: `table, key`, for example."""
    while path and path not in SCOPES:
        path = path.rpartition(".")[0]
    scope = SCOPES.get(path, Scope.DATABASE)
    return ", ".join(str(one.name).lower() for one in Scope if one in scope)


def _entries(registry: Registry[Any], path: str) -> Iterator[Setting]:
    for entry in registry:
        described = _documented(entry)
        for name, parameter in entry.parameters.items():
            yield Setting(
                f"{path}.{entry.name}.{name}",
                parameter.description or described.get(name, ""),
                f"*drawn:* {parameter.kind.describe()}",
                _default(parameter.default),
            )


def _weights(weights: WeightMap, path: str, description: str) -> Iterator[Setting]:
    yield Setting(path, description, f"a map from {weights.registry.noun} to weight", "")
    for entry in weights.registry:
        default = _default(weights.defaults.get(entry.name, 0.0))
        yield Setting(f"{path}.{entry.name}", entry.summary, "a number at least 0", default)


def _documented(entry: Entry[Any]) -> dict[str, str]:
    """Descriptions of a function's parameters, from its numpydoc."""
    text = inspect.getdoc(entry.function) or ""
    match = re.search(r"^Parameters\n-+\n(.*?)(?=^\w[\w ]*\n-+\n|\Z)", text, re.M | re.S)
    parts = re.split(r"^(\w[\w, ]*?)(?: : .*)?\n", match[1] if match else "", flags=re.M)[1:]
    return {
        name: " ".join(body.split())
        for names, body in zip(parts[::2], parts[1::2], strict=True)
        for name in names.split(", ")
    }


def section_of(annotation: Any) -> type[Section] | None:
    """The section that an annotation allows, alone or in a map or list."""
    if isinstance(annotation, type) and issubclass(annotation, Section):
        return annotation
    inner = map(section_of, typing.get_args(annotation))
    return next((section for section in inner if section is not None), None)


def _container(annotation: Any) -> Any:
    """Whether sections stand in a map or a list."""
    origin = typing.get_origin(annotation)
    if origin in (dict, tuple):
        return origin
    return next(filter(None, map(_container, typing.get_args(annotation))), None)


def _allowed(annotation: Any, metadata: Sequence[object]) -> str:
    kind = next((entry for entry in metadata if isinstance(entry, Kind)), None)
    if kind is not None:
        return f"*drawn:* {kind.describe()}"
    if typing.get_origin(annotation) is typing.Annotated:
        inner, *inner_metadata = typing.get_args(annotation)
        return _allowed(inner, inner_metadata)
    if is_union(annotation):
        parts = (
            _allowed(inner, metadata)
            for inner in typing.get_args(annotation)
            if inner is not type(None)
        )
        return " or ".join(parts) + (
            " or null" if type(None) in typing.get_args(annotation) else ""
        )
    if section_of(annotation) is not None:
        return {dict: "a map by name", tuple: "a list"}.get(_container(annotation), "a map")
    return words(annotation, metadata)


def _default(value: Any) -> str:
    if value is PydanticUndefined:
        return "required"
    if isinstance(value, Choice):
        return code(flow(value.dump()))
    return code(flow(value if isinstance(value, dt.date) else to_jsonable_python(value)))


def _registries(annotation: Any, metadata: Sequence[object] = ()) -> Iterator[Registry[Any]]:
    """Registries whose names an annotation allows."""
    for entry in metadata:
        allowed = getattr(entry, "allowed", None)
        candidates = [entry, getattr(allowed, "__self__", None)]  # `Names(registry.names)`
        if inspect.isfunction(allowed):  # `Names(lambda: (*registry.names(), "more"))`
            candidates += inspect.getclosurevars(allowed).globals.values()
        yield from (each for each in candidates if isinstance(each, Registry))
    if typing.get_origin(annotation) is typing.Annotated:
        inner, *inner_metadata = typing.get_args(annotation)
        yield from _registries(inner, inner_metadata)
    else:
        for inner in typing.get_args(annotation):
            yield from _registries(inner)
