"""How a database was made: by what, from which settings, and how to make it again.

Settings are recorded as a whole, and which preset, file or option stated each. Where the latter is
not known, it is told by what differs: from the defaults, and from the preset that they are nearest
to.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import yaml

from plurel_cli.config import Config, load_config
from plurel_cli.config.presets import names
from plurel_cli.errors import ConfigError
from plurel_cli.prose import listed
from plurel_cli.schema.model import Schema
from plurel_cli.schema.sources import Sources

_FEW = 10
"""Settings that are looked at without a preset."""


def origin(schema: Schema) -> dict[str, Any]:
    """How a database was made, as plain data for a page."""
    made = schema.made
    version = "of an unknown version" if made is None else made.plurel
    facts = [("Made by", f"plurel {version}"), ("Seed", str(schema.seed))]
    if made is not None:
        facts += [("Python", made.python), ("NumPy", made.numpy), ("Polars", made.polars)]
    stated = differing(schema.config, _settings(Config.model_validate({})))
    return {
        "made": facts,
        "command": f"plurel generate --config config.yaml --seed {schema.seed} --out DIR",
        "config": _yaml(schema.config),
        **(
            {"stated": _yaml(stated), **_as_preset(schema.config, stated)}
            if schema.sources is None
            else _by_source(schema, schema.sources)
        ),
        "foot": f"Made by plurel {version}. No row is of a real person or thing.",
    }


def _by_source(schema: Schema, sources: Sources) -> dict[str, Any]:
    """Settings by where they were stated, and the command that states them again."""
    words = " ".join(filter(None, ["plurel generate", sources.arguments]))
    return {
        "again": f"{words} --seed {schema.seed} --out DIR",
        "files": listed(sources.files),
        "sources": [
            {"kind": one.kind, "name": one.name, "settings": _yaml(one.settings)}
            for one in sources.stated
        ],
    }


def differing(config: dict[str, Any], default: dict[str, Any]) -> dict[str, Any]:
    """The settings of a config that are not the default ones.

    Parameters
    ----------
    config, default
        As plain data.

    Returns
    -------
    dict

    Examples
    --------
    >>> differing({"a": {"b": 1, "c": 2}, "d": 3}, {"a": {"b": 1, "c": 0}, "d": 3})
    {'a': {'c': 2}}
    """
    stated: dict[str, Any] = {}
    for name, value in config.items():
        other = default.get(name)
        if isinstance(value, dict) and isinstance(other, dict):
            if inner := differing(value, other):
                stated[name] = inner
        elif value != other:
            stated[name] = value
    return stated


def _as_preset(config: dict[str, Any], stated: dict[str, Any]) -> dict[str, Any]:
    """The preset that a config is nearest to, where that is nearer than the defaults."""
    nearest, fewest = None, stated
    for name in names() if _leaves(stated) > _FEW else ():
        preset = _of_preset(name)
        beyond = stated if preset is None else differing(config, preset)
        if _leaves(beyond) < _leaves(fewest):
            nearest, fewest = name, beyond
    return {} if nearest is None else {"preset": nearest, "beyond": _yaml(fewest)}


@cache
def _of_preset(name: str) -> dict[str, Any] | None:
    """Its settings; None of a mixture, which has none of its own."""
    try:
        return _settings(load_config(name))
    except ConfigError:
        return None


def _settings(config: Config) -> dict[str, Any]:
    return config.model_dump(mode="json", by_alias=True)


def _leaves(data: Any) -> int:
    return sum(map(_leaves, data.values())) if isinstance(data, dict) else 1


def _yaml(data: dict[str, Any]) -> str:
    return (
        yaml.safe_dump(
            data, sort_keys=False, allow_unicode=True, width=100, default_flow_style=None
        )
        if data
        else "{}\n"
    )
