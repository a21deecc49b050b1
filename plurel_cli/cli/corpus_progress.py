"""How far a corpus is, on a terminal."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from plurel_cli.cli.console import is_talkative, progress_console
from plurel_cli.cli.signals import ended_by_signals

if TYPE_CHECKING:
    from plurel_cli.corpus.run import CorpusReport, Progress


@contextmanager
def database_progress(quiet: bool) -> Iterator[CorpusReport]:
    """A report of databases made, shown on a terminal; ends when a signal asks for it."""
    from plurel_cli.corpus.process import imported

    imported()
    with ended_by_signals("--resume goes on with it") as end_if_asked:
        bar = _DatabaseBar() if is_talkative(quiet) else None

        def report(progress: Progress) -> None:
            end_if_asked()
            if bar is not None:
                bar.report(progress)

        try:
            yield report
        finally:
            if bar is not None:
                bar.stop()


class _DatabaseBar:
    """A progress bar of databases."""

    def __init__(self) -> None:
        from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
        from rich.progress import Progress as Bars

        self._began = time.monotonic()
        self._bars = Bars(
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.description}"),
            TimeRemainingColumn(),
            TextColumn("left"),
            console=progress_console(),
            transient=True,
        )
        self._task = self._bars.add_task("databases", total=None)

    def report(self, progress: Progress) -> None:
        if not self._bars.live.is_started:
            self._began = time.monotonic()
            self._bars.start()
        rate = progress.rows / max(time.monotonic() - self._began, 1e-3)
        text = f"databases, {rate:,.0f} rows a second, {progress.n_bytes / 1e6:,.1f} MB"
        if progress.kept:
            text += f", {progress.kept:,} kept"
        if progress.failed:
            text += f", {progress.failed:,} failed"
        self._bars.update(
            self._task,
            description=text,
            total=progress.total - progress.kept,
            completed=progress.done + progress.failed,
        )

    def stop(self) -> None:
        self._bars.stop()
