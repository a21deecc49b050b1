"""Every setting of a config with other values that it can have, made from its type and bounds."""

from __future__ import annotations

import datetime as dt
import typing
from collections.abc import Iterator, Mapping
from typing import Any

from plurel_cli.choices.kind import Kind, Refused
from plurel_cli.choices.kinds import Integers, Names, Reals
from plurel_cli.choices.registry import Registry
from plurel_cli.choices.section import Section
from plurel_cli.choices.weights import WeightMap
from plurel_cli.config import Config


def settings_of(section: Section, place: str = "") -> Iterator[tuple[str, list[Any]]]:
    """Settings of a section and those within it, but for `tables`.

    Parameters
    ----------
    section
        A section with its values.
    place
        What its paths begin with.

    Yields
    ------
    str, list
        The path, and other values as a config writes them; those of an entry of a registry, and
        weights, are settings of their own.
    """
    for name, field in type(section).model_fields.items():
        path, value = f"{place}{field.alias or name}", getattr(section, name)
        if isinstance(value, Section):
            yield from settings_of(value, f"{path}.")
        elif path != "tables":
            yield from _of_field(path, value, field.annotation, field.metadata)


def _of_field(
    path: str, value: Any, annotation: Any, metadata: list[Any]
) -> Iterator[tuple[str, list[Any]]]:
    for data in metadata:
        if isinstance(data, Registry):
            for entry in data:
                for name, parameter in entry.parameters.items():
                    stated = value[entry.name][name].dump()
                    yield f"{path}.{entry.name}.{name}", _but(_of_kind(parameter.kind), stated)
            return
        if isinstance(data, WeightMap):
            for entry in data.registry:
                yield f"{path}.{entry.name}", [30.0, 0.0]
            return
        if isinstance(data, Kind):
            yield path, _but(_of_kind(data), value.dump())
            return
    if not isinstance(value, Mapping):
        yield path, _but(_plain(annotation, metadata), value)


def _but(values: list[Any], stated: Any) -> list[Any]:
    return [value for value in values if value != stated]


def _of_kind(kind: Kind[Any]) -> list[Any]:
    if isinstance(kind, Names):
        return list(kind.names)
    assert isinstance(kind, Integers | Reals)
    low = kind.ge if kind.ge is not None else kind.gt
    high = kind.le if kind.le is not None else kind.lt
    return _numbers(kind, low, high, is_integer=isinstance(kind, Integers))


def _numbers(kind: Any, low: float | None, high: float | None, *, is_integer: bool) -> list[Any]:
    """A few numbers in some bounds that differ much, the middle first."""
    least = -5.0 if low is None or low < -100 else low
    most = least + 6.0 if high is None else min(high, least + 6.0)
    several = [(least + most) / 2, least + (most - least) * 0.95, most, least]
    if is_integer:
        several = [max(2 * round(number / 2), int(least)) for number in several]
        several += [int(least), int(most)]
    return [value for value in dict.fromkeys(several) if _is_allowed(kind, value)]


def _is_allowed(kind: Any, value: Any) -> bool:
    if isinstance(kind, Kind):
        try:
            kind.value(value)
        except Refused:
            return False
    return True


def _plain(annotation: Any, metadata: list[Any]) -> list[Any]:
    if annotation is bool:
        return [True, False]
    if annotation is dt.date:
        return ["1996-03-01", "2004-05-06"]
    if typing.get_origin(annotation) is typing.Literal:
        return list(typing.get_args(annotation))
    bounds = {
        name: getattr(data, name)
        for data in metadata
        for name in ("ge", "gt", "le", "lt")
        if getattr(data, name, None) is not None
    }
    low, high = bounds.get("ge", bounds.get("gt")), bounds.get("le", bounds.get("lt"))
    kinds = {annotation, *typing.get_args(annotation)}
    values = _numbers(None, low, high, is_integer=int in kinds)
    values.sort()
    values += [6000] if high is None else []
    return [
        value
        for value in values
        if not ("gt" in bounds and value <= bounds["gt"])
        and not ("lt" in bounds and value >= bounds["lt"])
    ]


DEFAULTS = dict(settings_of(Config.model_validate({})))
