"""Commands about configs: config list, show, check, json-schema."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from plurel_cli.cli.console import data, is_talkative, note
from plurel_cli.cli.console import text as print_text
from plurel_cli.cli.settings import SetOption

_group = typer.Typer(
    name="config",
    help="List, show, check and describe configs.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@_group.command("list")
def list_() -> None:
    """List the presets, and what each is for.

    Example: plurel config list
    """
    from plurel_cli.config import presets

    names = presets.names()
    width = max(map(len, names), default=0)
    for name in names:
        print_text(f"{name:{width}}  {presets.preset(name).about}\n")


@_group.command()
def show(
    config: Annotated[
        str | None,
        typer.Argument(
            metavar="[NAME|FILE]", help="Preset, or YAML config; by default the built-in one."
        ),
    ] = None,
    sets: SetOption = None,
    origin: Annotated[
        bool, typer.Option("--origin", help="Say of every setting where it was stated.")
    ] = False,
) -> None:
    """Print a config with every default filled in, as YAML.

    With --origin each line ends with where its value comes from: the default, a preset or a file
    with the line, or --set.

    Example: plurel config show realistic --set features.scm.noise=0.2 --origin
    """
    from plurel_cli.config import dump_config
    from plurel_cli.config.load import layered, loaded
    from plurel_cli.config.origins import with_origins

    layer = layered(config, sets or ())
    text = with_origins(layer) if origin else dump_config(loaded(layer, config or "").config)
    data(text)


@_group.command()
def check(
    configs: Annotated[
        list[str],
        typer.Argument(metavar="NAME|FILE...", help="YAML configs.", show_default=False),
    ],
    sets: SetOption = None,
) -> None:
    """Check configs, and mixtures of them: print their errors.

    Of each config the first 25 are printed. Exits with 2 if there is one. Warnings, about what is
    allowed but unlikely to be meant, do not count.

    Example: plurel config check configs/*.yaml
    """
    from plurel_cli.config.mixture import load_mixture
    from plurel_cli.errors import PlurelError, first_lines

    is_sound = True
    for path in configs:
        try:
            for warning in load_mixture(path, sets or ()).warnings:
                note(f"warning: {warning}")
        except PlurelError as error:
            is_sound = False
            for line in first_lines(str(error)):
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

    data(json.dumps(Config.model_json_schema(by_alias=True), indent=1) + "\n")


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    app.add_typer(_group)
