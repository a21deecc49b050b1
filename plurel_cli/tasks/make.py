"""Makes the tasks of a database whose tables are written, and writes them beside these."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from plurel_cli.config.tasks import TasksConfig
from plurel_cli.numerics.stream import Stream
from plurel_cli.schema.model import Schema
from plurel_cli.schema.task import Task
from plurel_cli.storage.layout import has_tasks
from plurel_cli.storage.ledger import Ledger
from plurel_cli.storage.place import Place
from plurel_cli.storage.scores import Scores, read_scores, scores_of
from plurel_cli.storage.tasks import write_manifests, write_task
from plurel_cli.tasks.answers import Answerer, Answers
from plurel_cli.tasks.completion import completions, future_columns
from plurel_cli.tasks.draw import Drawer
from plurel_cli.tasks.forecast import Forecast
from plurel_cli.tasks.links import link_verdict
from plurel_cli.tasks.score import EFFORTS, Scorer
from plurel_cli.tasks.splits import is_enough, period_of
from plurel_cli.tasks.sql import TIME_COLUMN, TIMESTAMPS
from plurel_cli.tasks.tables import Tables
from plurel_cli.tasks.trees import lightgbm
from plurel_cli.tasks.words import description_of, name_of

if TYPE_CHECKING:
    import polars as pl

ATTEMPTS = 3
"""Attempts at a forecast, for each that is asked for."""

LONGEST_LINKS = 100
"""Most links that a row is judged by."""


class MadeTask(NamedTuple):
    """A task with its labels and what `baselines.json` is to say."""

    task: Task
    labels: dict[str, pl.DataFrame]
    scores: dict[str, Any] | None = None


FROM_EVENTS = frozenset({"forecast", "link"})
"""Kinds that are stated as SQL."""


def check_packages(settings: TasksConfig) -> None:
    """Refuse tasks whose packages are missing, before any work is done.

    Raises
    ------
    UsageError
        Naming the package.
    """
    if settings.score != "none":
        lightgbm()


def write_tasks(folder: Place, schema: Schema, settings: TasksConfig, ledger: Ledger) -> None:
    """Make the tasks of a database, and write them.

    Parameters
    ----------
    folder
        Where its tables are, on a disk.
    schema
        The database.
    settings
        What is asked for.
    ledger
        Where the files and the tasks are noted.

    """
    assert isinstance(folder, Path)  # noqa: S101 (others are refused before)
    tasks = []
    for made in made_tasks(folder, schema, settings):
        write_task(folder, made.task, made.labels, made.scores, ledger)
        tasks.append(made.task)
    ledger.tasks = tuple(tasks)
    write_manifests(folder, schema, tasks, ledger)


def made_tasks(folder: Path, schema: Schema, settings: TasksConfig) -> Iterator[MadeTask]:
    """The tasks of a database, one after another.

    Parameters
    ----------
    folder
        Where its tables are.
    schema
        The database.
    settings
        What is asked for.

    Yields
    ------
    MadeTask
    """
    if schema.window is None or "features" not in schema.stages:
        return
    taken = set()
    tables = Tables.of(folder, schema)
    if {"completion", "attribute"} & set(settings.kinds):
        judge = Judge(tables, settings, is_asked=settings.score == "full")
        for completion in completions(tables, _scores(folder, schema), settings):
            made = judge.kept(completion.task, completion.splits)
            if made is not None:
                taken.add(made.task.name)
                yield made._replace(labels=completion.labels)
    if FROM_EVENTS & set(settings.kinds) and settings.max > 0:
        yield from _forecasts(tables, settings, taken)


class Judge:
    """Scores tasks, and says which are kept.

    Parameters
    ----------
    tables
        The database.
    settings
        What is asked for.
    is_asked
        Whether to score at all; all tasks are kept otherwise.
    """

    def __init__(self, tables: Tables, settings: TasksConfig, *, is_asked: bool) -> None:
        self._tables = tables
        self._settings = settings
        self._is_asked = is_asked
        self._stream = Stream(tables.schema.seed).child("tasks", "kept")

    @cached_property
    def _scorer(self) -> Scorer:
        return Scorer(self._tables, EFFORTS[self._settings.score])

    def kept(
        self,
        task: Task,
        splits: dict[str, pl.DataFrame],
        forecast: Forecast | None = None,
        between: Callable[[], pl.DataFrame | None] | None = None,
    ) -> MadeTask | None:
        """A task with its scores; none where it is not worth learning.

        Parameters
        ----------
        task
            The task.
        splits
            Its labels by split.
        forecast
            What it asks of later rows, if it does.
        between
            Gives what is known of links before the test split, beside labels.

        Returns
        -------
        MadeTask or None
        """
        if not self._is_asked:
            return MadeTask(task, splits)
        draws = self._stream.child(task.name).draws()
        keeps_hopeless = draws.chance(self._settings.hopeless)
        if task.kind == "link":
            stream = Stream(self._tables.schema.seed).child("tasks", "scores", task.name)
            known = None if between is None else between()
            effort = EFFORTS[self._settings.score]
            verdict = link_verdict(
                task, splits, effort, stream, known, keeps_hopeless=keeps_hopeless
            )
        else:
            verdict = self._scorer.verdict(task, splits, forecast, keeps_hopeless=keeps_hopeless)
        if verdict.is_trivial or (verdict.is_hopeless and not keeps_hopeless):
            return None
        scored = task.but(has_scores=True, is_hopeless=verdict.is_hopeless)
        return MadeTask(scored, splits, verdict.baselines)


def _scores(folder: Path, schema: Schema) -> Scores:
    """Scores of columns: those that are there, or else made anew."""
    return read_scores(folder) if has_tasks(schema) else scores_of(folder, schema)


def _forecasts(tables: Tables, settings: TasksConfig, taken: set[str]) -> Iterator[MadeTask]:
    schema = tables.schema
    if TIMESTAMPS in {table.name.lower() for table in schema.tables} or schema.window is None:
        return
    period = period_of(tables, schema.window)
    if period is None:
        return
    drawer = Drawer(tables, period, settings)
    answerer = Answerer(tables, period)
    judge = Judge(tables, settings, is_asked=settings.score != "none")
    n_made = 0
    for drawn in drawer.all(ATTEMPTS * settings.max):
        answers = answerer.answers(drawn)
        if answers is None:
            continue
        target = answers.forecast.target_col
        if not is_enough(answers.splits, target, answers.task_type, settings):
            continue
        made = judge.kept(
            _task(schema, answers, taken),
            answers.splits,
            answers.forecast,
            partial(answerer.between, answers.forecast),
        )
        if made is None:
            continue
        taken.add(made.task.name)
        yield made
        n_made += 1
        if n_made == settings.max:
            return


def _task(schema: Schema, answers: Answers, taken: set[str]) -> Task:
    forecast = answers.forecast
    ask, splits = forecast.ask, answers.splits
    is_link = answers.task_type == "recommendation"
    return Task(
        name=name_of(forecast, taken),
        kind="link" if is_link else "forecast",
        task_type=answers.task_type,
        description=description_of(forecast),
        entity_table=ask.events.entity.name,
        entity_col=forecast.entity_col,
        target_col=forecast.target_col,
        time_col=TIME_COLUMN,
        other_table=ask.other_table.name if is_link and ask.other_table is not None else None,
        eval_k=_eval_k(splits["train"], forecast.target_col) if is_link else None,
        horizon_days=forecast.horizon_days,
        n_evaluations=forecast.n_evaluations,
        form=ask.form,
        events=ask.events.table.name,
        hops=ask.events.hops,
        remove_columns=future_columns(schema),
        sql=tuple(answers.sql.splitlines()),
        rows=(splits["train"].height, splits["val"].height, splits["test"].height),
        has_labels=True,
        dials=answers.dials,
    )


def _eval_k(train: pl.DataFrame, target: str) -> int:
    """How many links may be named: as many as three rows in four have, at least five."""
    most = train[target].list.len().quantile(0.75, "nearest")
    return min(max(int(most or 0), 5), LONGEST_LINKS)
