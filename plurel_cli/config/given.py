"""A config as it may be given: a `Config`, plain data, a preset's name, a file, or nothing.

Every public function that draws takes it in any of these forms, and has it made a `Config` or, for
a corpus, a `Mixture` here.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeAlias

from plurel_cli.config.design import Design
from plurel_cli.config.load import parse_config, read_config
from plurel_cli.config.mixture import Mixture, load_mixture
from plurel_cli.config.model import Config
from plurel_cli.errors import UsageError, warn

ConfigLike: TypeAlias = Config | Design | Mapping[str, Any] | str | Path | None
"""What stands for a config: nothing for the built-in one, text for a preset's name or a path."""

_RULE = "must be a Config, a Design, a dict of settings, a preset's name or a path"


def as_config(config: ConfigLike) -> Config:
    """The config that is meant.

    Raises
    ------
    ConfigError
        With all that is wrong with it.
    UsageError
        If it is nothing that stands for a config, or there is no such file.
    StorageError
        If its file cannot be read.

    Examples
    --------
    >>> as_config({"schema": {"tables": 3}}).schema_.tables
    Fixed(value=3)
    """
    match config:
        case None:
            return Config.model_validate({})
        case Config():
            return config
        case Design():
            return config.config
        case Mapping():
            return parse_config(config)
        case str() | os.PathLike():
            loaded, messages = read_config(config)
            warn(messages)
            return loaded
    raise UsageError("config", _RULE, type(config).__name__)


def as_mixture(config: ConfigLike | Mixture) -> Mixture:
    """The mixture that is meant: of one config, unless it is one or the file of one.

    Raises
    ------
    ConfigError, UsageError, StorageError
        As for `as_config`.
    """
    match config:
        case Mixture():
            return config
        case str() | os.PathLike():
            mixture = load_mixture(config)
            warn(mixture.warnings)
            return mixture
    return Mixture.alone(as_config(config))
