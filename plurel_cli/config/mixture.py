"""Several configs with weights, from which each database of a corpus draws its own.

A mixture is a file of its own that names config files: `configs: [a.yaml, b.yaml]` for even odds,
`configs: {choices: {a.yaml: 3, b.yaml: 1}}` for others. Paths are relative to the mixture's file.
All of them are read, checked and resolved at once.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from plurel_cli.config import presets
from plurel_cli.config.arguments import checked
from plurel_cli.config.layers import read_layer
from plurel_cli.config.load import loaded, read_config
from plurel_cli.config.model import Config
from plurel_cli.config.setting import set_over
from plurel_cli.config.sources import sourced
from plurel_cli.errors import ConfigError, PlurelError, Problem
from plurel_cli.numerics.stream import Stream

_KEY = "configs"
_WEIGHTS = "choices"
_DEFAULT = "default"
_MOST = 1e12


@dataclass(frozen=True)
class Component:
    """A config of a mixture.

    Attributes
    ----------
    name
        What to call it: the file it came from.
    config
        The config.
    weight
        Its weight, not negative.
    """

    name: str
    config: Config
    weight: float = 1.0

    @cached_property
    def resolved(self) -> dict[str, Any]:
        """The config as plain data."""
        return self.config.resolved()

    def as_data(self) -> dict[str, Any]:
        """The config and its sources as plain data, for another process."""
        sources = self.config.sources
        return {
            "resolved": self.resolved,
            "sources": sources and sources.model_dump(mode="json"),
        }

    @cached_property
    def fingerprint(self) -> str:
        """Hash of the resolved config."""
        return _digest(self.resolved)


@dataclass(frozen=True)
class Mixture:
    """Configs with weights; one config alone is a mixture as well.

    Attributes
    ----------
    components
        At least one, with a weight above zero somewhere.
    warnings
        What the author of the files may want to know.

    Examples
    --------
    >>> small = Config.model_validate({"schema": {"tables": 3}})
    >>> large = Config.model_validate({"schema": {"tables": 20}})
    >>> mixture = Mixture((Component("small", small, 3.0), Component("large", large, 1.0)))
    >>> [mixture.of(seed).name for seed in range(6)]
    ['small', 'large', 'small', 'small', 'large', 'small']
    """

    components: tuple[Component, ...]
    warnings: tuple[str, ...] = ()

    @classmethod
    def alone(cls, config: Config, name: str = _DEFAULT) -> Mixture:
        """The mixture of one config.

        Parameters
        ----------
        config
            The config.
        name
            What it is called.

        Returns
        -------
        Mixture
        """
        return cls((Component(name, config),))

    @cached_property
    def fingerprint(self) -> str:
        """Hash of all configs and their weights."""
        if len(self.components) == 1:
            return self.components[0].fingerprint
        return _digest([[one.fingerprint, one.weight] for one in self.components])

    def position(self, seed: int) -> int:
        """Which component the database of a seed is drawn from."""
        if len(self.components) == 1:
            return 0
        draws = Stream(seed).child("corpus", "config").draws()
        return draws.weighted([one.weight for one in self.components])

    def of(self, seed: int) -> Component:
        """The component that the database of a seed is drawn from."""
        return self.components[self.position(seed)]


def _digest(data: object) -> str:
    text = json.dumps(data, sort_keys=True, separators=(",", ":"))
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


@checked
def load_mixture(path: str | Path | None, sets: Sequence[str] = ()) -> Mixture:
    """Read a mixture's file, or a config's as a mixture of one; `None` gives the default config.

    Parameters
    ----------
    path
        Name of a preset, or path of a file.
    sets
        Settings over every config, as the command line gives them.

    Returns
    -------
    Mixture
        All configs, read and checked.

    Raises
    ------
    ConfigError
        With all the problems of the mixture, or of its configs.
    UsageError
        If there is no such file.
    StorageError
        If it cannot be read.
    """
    if path is None:
        return Mixture.alone(read_config(None, sets).config)
    file = presets.find(path)
    layer = read_layer(file)
    if _KEY not in layer.data:
        over = set_over(layer, sets)
        config, warnings = loaded(over, presets.title(file))
        config = sourced(config, over, presets.title(file), sets)
        return Mixture((Component(file.name, config),), warnings)
    return _mixed(layer.data, file, sets)


def _mixed(raw: Mapping[Any, Any], file: Path, sets: Sequence[str]) -> Mixture:
    source = presets.title(file)
    components: list[Component] = []
    warnings: list[str] = []
    faults: list[PlurelError] = []
    for name, weight in _weights(raw, source).items():
        try:
            place = presets.find(name, file.parent)
            layer = read_layer(place)
            if _KEY in layer.data:
                raise ConfigError([Problem(f"{_KEY}.{name}", "is itself a mixture")], source)
            over = set_over(layer, sets)
            config, messages = loaded(over, presets.title(place))
            config = sourced(config, over, presets.title(place), sets)
        except PlurelError as error:
            faults.append(error)
        else:
            components.append(Component(name, config, weight))
            warnings += messages
    if faults:
        raise _together(faults, source)
    return Mixture(tuple(components), tuple(warnings))


def _together(faults: list[PlurelError], source: str) -> PlurelError:
    """All that is wrong with the configs of a mixture as one error, one line for each problem."""
    if len(faults) == 1:
        return faults[0]
    lines = [line for fault in faults for line in str(fault).splitlines()]
    return ConfigError([Problem("", line) for line in lines], source)


def _weights(raw: Mapping[Any, Any], source: str) -> dict[str, float]:
    """Weights by file, as a mixture gives them."""
    problems = [
        Problem(str(key), f"is no part of a mixture, which has {_KEY} alone")
        for key in raw
        if key != _KEY
    ]
    said = raw[_KEY]
    place = _KEY
    if isinstance(said, list):
        weights: dict[Any, Any] = dict.fromkeys(said, 1.0) if _are_names(said) else {}
        if len(weights) < len(said) or not said:
            problems.append(Problem(place, "must be a list of files, none of them twice"))
    elif isinstance(said, Mapping) and list(said) == [_WEIGHTS]:
        place = f"{_KEY}.{_WEIGHTS}"
        weights = dict(said[_WEIGHTS]) if isinstance(said[_WEIGHTS], Mapping) else {}
        if not weights or not _are_names(list(weights)):
            problems.append(Problem(place, "must be a map from files to weights"))
    else:
        weights = {}
        rule = f"must be a list of files, or {{{_WEIGHTS}: {{FILE: WEIGHT, …}}}}"
        problems.append(Problem(place, rule))
    for name, weight in weights.items():
        if not _is_weight(weight):
            problems.append(
                Problem(f"{place}.{name}", f"must be a weight from 0 to {_MOST:g}", weight)
            )
    if weights and all(_is_weight(weight) and weight == 0 for weight in weights.values()):
        problems.append(Problem(place, "must have a weight above 0"))
    if problems:
        raise ConfigError(problems, source)
    return {name: float(weight) for name, weight in weights.items()}


def _are_names(items: list[Any]) -> bool:
    return all(isinstance(item, str) and item for item in items)


def _is_weight(weight: object) -> bool:
    if isinstance(weight, bool) or not isinstance(weight, int | float):
        return False
    return 0 <= weight <= _MOST
