"""A config as YAML in which every line says where its value was stated."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import yaml

from plurel_cli.config.document import rendered
from plurel_cli.config.layers import Layer
from plurel_cli.config.load import loaded
from plurel_cli.config.sources import settings_of

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
    lines = list(_lines(data, layer))
    width = min(_WIDEST, max(len(line) for line, origin in lines if origin))
    return "".join(
        f"{line:{width}}  # {origin}\n" if origin else f"{line}\n" for line, origin in lines
    )


def _lines(data: dict[str, Any], layer: Layer) -> Iterator[tuple[str, str]]:
    """Lines of YAML, each with the origin of its value."""
    for setting in settings_of(data):
        *outer, name = setting.location
        indented = "  " * len(outer) + _flow(name)
        if setting.is_map:
            yield f"{indented}:", ""
        else:
            origin = layer.origins.get(rendered(setting.location))
            yield f"{indented}: {_flow(setting.value)}", str(origin) if origin else _DEFAULT


def _flow(value: Any) -> str:
    """A value on one line."""
    text = yaml.safe_dump(
        value, default_flow_style=True, width=10**9, allow_unicode=True, sort_keys=False
    )
    return text.removesuffix("...\n").strip()
