"""What commands print: data on standard output, messages and progress on standard error."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from plurel_cli.cli.signals import ended_by_signals
from plurel_cli.cli.streams import SafeStream
from plurel_cli.errors import one_line

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress

    from plurel_cli.effort.estimate import Estimate
    from plurel_cli.pipeline import Report
    from plurel_cli.schema.model import Schema

_PATIENCE_S = 1.0


def is_talkative(quiet: bool) -> bool:
    """Whether messages are wanted: not with --quiet, nor when nobody looks."""
    return not quiet and sys.stderr.isatty()


def text(text: str) -> None:
    """Print text for people."""
    sys.stdout.write(text)
    sys.stdout.flush()


def data(text: str) -> None:
    """Print text for programs, in which no character is replaced by another."""
    out = sys.stdout
    (out.write_data if isinstance(out, SafeStream) else out.write)(text)
    out.flush()


def note(message: str) -> None:
    """A message to whoever runs the command."""
    sys.stderr.write(f"{one_line(message)}\n")


def done(schema: Schema, place: object, seconds: float, quiet: bool) -> None:
    """Say what was made, to a terminal.

    Parameters
    ----------
    schema
        What was made.
    place
        Where it is.
    seconds
        How long it took.
    quiet
        Whether nothing is to be said.
    """
    if is_talkative(quiet):
        rows = sum(table.rows for table in schema.tables)
        stages = ", ".join(schema.stages)
        size = f"{len(schema.tables)} tables, {rows:,} rows" if "fk" in schema.stages else ""
        size = size or f"{len(schema.tables)} tables planned"
        note(f"{place}: {size}, stages done: {stages} ({seconds:.2f} s)")


def progress_console() -> Console:
    """Where bars are drawn: standard error, as far as it is a terminal."""
    from rich.console import Console

    err = sys.stderr
    return Console(file=err.for_progress() if isinstance(err, SafeStream) else err)


class _Bar:
    """A progress bar that appears once a second has passed."""

    def __init__(self, taken: Estimate | None) -> None:
        self._taken = taken
        self._began = time.monotonic()
        self._rows = 0
        self._bar: Progress | None = None

    def report(self, table: str, rows: int) -> None:
        self._rows += rows
        if self._bar is None and time.monotonic() - self._began > _PATIENCE_S:
            from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

            columns = (
                SpinnerColumn(),
                TextColumn("{task.description}", markup=False),
                TimeElapsedColumn(),
            )
            self._bar = Progress(*columns, console=progress_console(), transient=True)
            self._bar.start()
            self._bar.add_task("")
        if self._bar is not None:
            elapsed_s = time.monotonic() - self._began
            of = "in all" if self._taken is None else f"of {self._taken.rows:,}"
            rate = self._rows / elapsed_s
            text = f"{one_line(table)}: {self._rows:,} rows {of}, {rate:,.0f} a second"
            if self._taken is not None:
                from plurel_cli.effort.text import span

                text += f", {span(self._taken.left_s(elapsed_s, self._rows))} left"
            self._bar.update(self._bar.task_ids[0], description=text)

    def stop(self) -> None:
        if self._bar is not None:
            self._bar.stop()


@contextmanager
def progress(quiet: bool, way_on: str = "", taken: Estimate | None = None) -> Iterator[Report]:
    """A report of rows made, shown on a terminal when it takes over a second.

    It is also where a run looks for signals that ask it to end.

    Parameters
    ----------
    quiet
        Whether nothing is to be shown.
    way_on
        How to go on with what was interrupted, if that can be.
    taken
        What the run was estimated to take, to show the total and the time left.

    Yields
    ------
    Report
        To be called with a table and the rows that were made.
    """
    from plurel_cli.corpus.process import imported

    bar = _Bar(taken) if is_talkative(quiet) else None
    imported()
    with ended_by_signals(way_on) as end_if_asked:

        def report(table: str, rows: int) -> None:
            end_if_asked()
            if bar is not None:
                bar.report(table, rows)

        try:
            yield report
        finally:
            if bar is not None:
                bar.stop()
