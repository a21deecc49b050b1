"""The commands, put together."""

from __future__ import annotations

import typer

from plurel_cli.cli import (
    config,
    corpus,
    do,
    estimate,
    export,
    grow,
    init,
    look,
    make,
    measure,
    report,
    tasks,
)
from plurel_cli.cli.console import data

app = typer.Typer(
    name="plurel",
    help="Synthetic relational databases from scratch: schema, foreign keys, time, features.",
    no_args_is_help=True,
    add_completion=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
make.add_to(app)
init.add_to(app)
corpus.add_to(app)
estimate.add_to(app)
do.add_to(app)
grow.add_to(app)
tasks.add_to(app)
look.add_to(app)
report.add_to(app)
export.add_to(app)
measure.add_to(app)
config.add_to(app)


def _version(value: bool) -> None:
    if value:
        from plurel_cli import __version__

        data(f"plurel {__version__}\n")
        raise typer.Exit


@app.callback()
def _options(
    version: bool = typer.Option(
        False, "--version", callback=_version, is_eager=True, help="Print the version and exit."
    ),
) -> None:
    pass
