"""The command that says what databases will take."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from plurel_cli.cli.beforehand import at_once
from plurel_cli.cli.console import data, text
from plurel_cli.cli.settings import ConfigOption, SetOption, warn


def estimate(
    config: ConfigOption = None,
    sets: SetOption = None,
    seed: Annotated[
        int | None, typer.Option("--seed", "-s", help="Seed of one database; by default 0.")
    ] = None,
    seeds: Annotated[
        str | None,
        typer.Option("--seeds", metavar="FIRST:END", help="Seeds of a corpus, END not included."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for scripts.")] = False,
) -> None:
    """Say what a database or a corpus will take, without making it.

    Prints tables, rows and cells, bytes on the disk and of memory, and the seconds of one core of
    this machine by kind of work. It takes a second or two, whatever the rows: schemas and causal
    graphs are drawn, those of a large corpus for a sample of its seeds. Bytes and seconds are
    usually right within a factor of 1.5.

    Example: plurel estimate --config configs/realistic.yaml --seeds 0:10000
    """
    from plurel_cli.config.mixture import load_mixture
    from plurel_cli.corpus.arguments import parse_seeds
    from plurel_cli.effort.estimate import estimate as estimated
    from plurel_cli.effort.text import render
    from plurel_cli.errors import UsageError

    if seed is not None and seeds is not None:
        raise UsageError("--seed", "is of no use beside --seeds", remedy="give one of them")
    mixture = load_mixture(config, sets or ())
    warn(mixture.warnings, quiet=False)
    taken = estimated(mixture, seed or 0 if seeds is None else parse_seeds(seeds))
    if as_json:
        data(json.dumps(taken.as_dict(), indent=1) + "\n")
        return
    text(render(taken, at_once(taken, None)))


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command()(estimate)
