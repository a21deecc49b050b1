"""The command that makes tasks: tasks."""

from __future__ import annotations

import json
import time
from collections import Counter
from typing import TYPE_CHECKING, Annotated, Any

import typer

from plurel_cli.cli.console import data, is_talkative, note, text
from plurel_cli.cli.make import FolderArgument, ForceOption, QuietOption
from plurel_cli.cli.signals import ended_by_signals

if TYPE_CHECKING:
    from plurel_cli.schema.task import Task

KINDS = "completion, attribute, forecast, link"


def tasks(
    folder: FolderArgument,
    out: Annotated[
        str | None,
        typer.Option(
            "--out",
            "-o",
            metavar="DIR",
            help="Folder to write the database with its tasks to; by default DIR itself.",
            path_type=str,
        ),
    ] = None,
    kinds: Annotated[
        str | None, typer.Option("--kinds", metavar="A,B", help=f"Some of {KINDS}; by default all.")
    ] = None,
    most: Annotated[
        int | None,
        typer.Option("--max", metavar="N", help="Most forecasts and links of a database."),
    ] = None,
    score: Annotated[
        str | None,
        typer.Option(
            "--score",
            metavar="none|fast|full",
            help="Whether to score baselines, and leave out what is trivial or hopeless.",
        ),
    ] = None,
    completion: Annotated[
        str | None,
        typer.Option(
            "--completion",
            metavar="labels|manifests|index",
            help="What tasks of columns consist of.",
        ),
    ] = None,
    sets: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="PATH=VALUE", help="A setting of tasks, as dials.noise=0.1."),
    ] = None,
    report: Annotated[
        bool,
        typer.Option("--report", help="Make none: sum up the scores of those that are there."),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for scripts.")] = False,
    resume: Annotated[
        bool,
        typer.Option("--resume", help="Of a corpus: keep tasks that the same settings gave."),
    ] = False,
    force: ForceOption = False,
    quiet: QuietOption = False,
) -> None:
    """Make tasks: forecasts, links and completions.

    Adds them to a database, or to every database of a corpus, in place of those that it has.
    Forecasts and links ask what comes after a cut-off; each has its SQL, for DuckDB, and its labels
    for training, validation and test. --resume goes on with a corpus that was interrupted.

    --report sums up scores by form: how many tasks are real, what baselines reach, and what foreign
    keys add; of tasks that --score full made, how much of what trees gain comes from the own row,
    parents, children and history, next to columns of real databases.

    Example: plurel tasks my-database --kinds forecast,link --max 6
    """
    from plurel_cli.corpus.check import is_corpus
    from plurel_cli.errors import UsageError
    from plurel_cli.tasks.add import add_tasks, add_to_corpus

    if report:
        _report(folder, as_json)
        return
    settings = _settings(kinds, most, score, completion, sets)
    began = time.monotonic()
    with ended_by_signals("nothing of DIR was changed"):
        if is_corpus(folder):
            _refuse_out(out)
            members = add_to_corpus(folder, resume=resume, **settings)
            made = [(place.name, several) for place, several in members]
        elif resume:
            raise UsageError("--resume", "is of a corpus", remedy="leave it out")
        else:
            made = [("", add_tasks(folder, out, force=force, **settings))]
    every = [task for _, several in made for task in several]
    if as_json:
        shown = [{"database": name, **_shown(task)} for name, several in made for task in several]
        data(json.dumps(shown, indent=1) + "\n")
    elif len(made) == 1:
        text("".join(_line(task) for task in every))
    if is_talkative(quiet):
        counts = Counter(task.kind for task in every)
        summary = ", ".join(f"{n:,} {kind}" for kind, n in counts.items()) or "no tasks"
        note(f"{out or folder}: {summary} ({time.monotonic() - began:.2f} s)")


def _report(folder: str, as_json: bool) -> None:
    from plurel_cli.corpus.check import is_corpus
    from plurel_cli.report.tasks import lines_of, render, scored_of
    from plurel_cli.storage.document import read_schema
    from plurel_cli.storage.layout import SCHEMA_FILE
    from plurel_cli.storage.naming import parsed_name
    from plurel_cli.storage.place import names_in, place_of

    place = place_of(folder)
    members = [place]
    if is_corpus(place):
        names = [name for name in sorted(names_in(place)) if parsed_name(name) is not None]
        members = [place / name for name in names if SCHEMA_FILE in names_in(place / name)]
    lines = lines_of(one for member in members for one in scored_of(member, read_schema(member)))
    if as_json:
        data(json.dumps([line.as_dict() for line in lines], indent=1) + "\n")
    else:
        text(render(lines))


def _settings(
    kinds: str | None,
    most: int | None,
    score: str | None,
    completion: str | None,
    sets: list[str] | None,
) -> dict[str, Any]:
    """Settings of `tasks` that the options state."""
    import yaml

    from plurel_cli.errors import UsageError

    given: dict[str, Any] = {"max": most, "score": score, "completion": completion}
    settings = {name: value for name, value in given.items() if value is not None}
    if kinds is not None:
        settings["kinds"] = [kind.strip() for kind in kinds.split(",")]
    for setting in sets or ():
        path, sign, value = setting.partition("=")
        if not sign:
            raise UsageError("--set", "must be as PATH=VALUE", setting)
        *sections, name = path.removeprefix("tasks.").split(".")
        inner = settings
        for section in sections:
            inner = inner.setdefault(section, {})
        inner[name] = yaml.safe_load(value)
    return settings


def _refuse_out(out: str | None) -> None:
    from plurel_cli.errors import UsageError

    if out is not None:
        raise UsageError("--out", "is of no use for a corpus", remedy="leave it out")


def _shown(task: Task) -> dict[str, Any]:
    return task.model_dump(mode="json", exclude_none=True, exclude={"sql"})


def _line(task: Task) -> str:
    rows = "/".join(f"{n:,}" for n in task.rows)
    return f"{task.name}: {task.task_type}, {rows} rows\n  {task.description}\n"


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command()(tasks)
