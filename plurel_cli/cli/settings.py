"""What every command that takes a config takes: its name or path, and settings over it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from plurel_cli.cli.console import note

if TYPE_CHECKING:
    from collections.abc import Iterable

    from plurel_cli.config import Config

ConfigOption = Annotated[
    str | None,
    typer.Option(
        "--config",
        "-c",
        metavar="NAME|FILE",
        help="A preset (plurel config list), or the path of a YAML config, which has a slash or a "
        "suffix; by default the published method.",
    ),
]
SetOption = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="PATH=VALUE",
        help="A setting over the config, as features.scm.noise=0.2; can be repeated.",
    ),
]
ScaleOption = Annotated[
    float | None,
    typer.Option(
        "--scale", metavar="FACTOR", help="Multiply the rows of all tables, by 10 or by 0.1."
    ),
]


def config_of(
    config: str | None, sets: list[str] | None, quiet: bool, scale: float | None = None
) -> Config:
    """The config that is asked for; prints its warnings.

    Parameters
    ----------
    config
        Name of a preset, or path of a file.
    sets
        Settings over it.
    quiet
        Whether to keep warnings back.
    scale
        By how much to multiply the rows of all tables.

    Returns
    -------
    Config
    """
    from plurel_cli.config import read_config

    loaded = read_config(config, sets or ())
    warn(loaded.warnings, quiet)
    if scale is None:
        return loaded.config
    from plurel_cli.config.scaled import scaled

    return scaled(loaded.config, scale)


def warn(warnings: Iterable[str], quiet: bool) -> None:
    """Print warnings, unless that is not wanted.

    Parameters
    ----------
    warnings
        The warnings.
    quiet
        Whether to keep them back.
    """
    for warning in () if quiet else warnings:
        note(f"warning: {warning}")
