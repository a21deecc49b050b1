"""A config as YAML in which every line says where its value was stated."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import yaml

from plurel_cli.config.document import rendered
from plurel_cli.config.layers import Layer, part_of
from plurel_cli.config.load import loaded
from plurel_cli.config.model import Config
from plurel_cli.config.tables import COUNT, columns_form

_DEFAULT = "default"
_WIDEST = 60


def with_origins(layer: Layer) -> str:
    """A config as YAML, with the origin of each value in a comment.

    Parameters
    ----------
    layer
        What a config states, and where.

    Returns
    -------
    str
        YAML that gives the same config.
    """
    data = loaded(layer).config.model_dump(mode="python", by_alias=True)
    lines = list(_lines(data, Config, (), layer))
    width = min(_WIDEST, max(len(line) for line, origin in lines if origin))
    return "".join(
        f"{line:{width}}  # {origin}\n" if origin else f"{line}\n" for line, origin in lines
    )


def _lines(
    data: dict[str, Any], cursor: Any, location: tuple[str, ...], layer: Layer
) -> Iterator[tuple[str, str]]:
    """Lines of YAML, each with the origin of its value."""
    for name, value in data.items():
        here, inner = (*location, str(name)), part_of(cursor, name)
        key = _flow(name)
        indented = "  " * len(location) + key
        if inner is not None and isinstance(value, dict) and value and not _is_value(here, value):
            yield f"{indented}:", ""
            yield from _lines(value, inner, here, layer)
        else:
            origin = layer.origins.get(rendered(here))
            yield f"{indented}: {_flow(value)}", str(origin) if origin else _DEFAULT


def _is_value(location: tuple[str, ...], value: dict[str, Any]) -> bool:
    return (
        len(location) == 3
        and (location[0], location[2]) == ("tables", "columns")
        and columns_form(value) == COUNT
    )


def _flow(value: Any) -> str:
    """A value on one line."""
    text = yaml.safe_dump(
        value, default_flow_style=True, width=10**9, allow_unicode=True, sort_keys=False
    )
    return text.removesuffix("...\n").strip()
