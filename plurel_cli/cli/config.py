"""Commands about configs: config show, check, json-schema."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from plurel_cli.cli.console import is_talkative, note

_group = typer.Typer(
    name="config",
    help="Show, check and describe configs.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@_group.command()
def show(
    config: Annotated[
        Path | None,
        typer.Argument(metavar="[FILE]", help="YAML config; by default the built-in one."),
    ] = None,
) -> None:
    """Print a config with every default filled in, as YAML.

    Example: plurel config show > my-config.yaml
    """
    from plurel_cli.config import dump_config, read_config

    typer.echo(dump_config(read_config(config).config), nl=False)


@_group.command()
def check(
    configs: Annotated[
        list[Path], typer.Argument(metavar="FILE...", help="YAML configs.", show_default=False)
    ],
) -> None:
    """Check configs, and mixtures of them: print all their errors.

    Exits with 2 if there is one. Warnings, about what is allowed but unlikely to be meant, do not
    count.

    Example: plurel config check configs/*.yaml
    """
    from plurel_cli.config.mixture import load_mixture
    from plurel_cli.errors import PlurelError

    is_sound = True
    for path in configs:
        try:
            for warning in load_mixture(path).warnings:
                note(f"warning: {warning}")
        except PlurelError as error:
            is_sound = False
            for line in str(error).splitlines():
                note(f"error: {line}")
        else:
            if is_talkative(False):
                note(f"{path}: sound")
    if not is_sound:
        raise typer.Exit(2)


@_group.command("json-schema")
def json_schema() -> None:
    """Print the JSON Schema of configs, for editors.

    Example: plurel config json-schema > plurel.schema.json
    """
    from plurel_cli.config import Config

    typer.echo(json.dumps(Config.model_json_schema(by_alias=True), indent=1))


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    app.add_typer(_group)
