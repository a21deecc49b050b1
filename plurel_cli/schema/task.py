"""A task: what a model is to predict from a database, as `schema.json` records it.

A completion is one column of a table's rows, an attribute one that is only known later. A forecast
asks of an entity, at a cut-off, what its later rows will show; a link, which rows they will refer
to. The last two are stated as SQL, of which label files hold the answers.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from pydantic import Field

from plurel_cli.schema.record import Record

TaskKind = Literal["completion", "attribute", "forecast", "link"]

TaskType = Literal[
    "binary_classification", "multiclass_classification", "regression", "recommendation"
]

SPLITS = ("train", "val", "test")
"""Splits, in the order of time."""


class Dials(Record):
    """How hard a task was asked to be, and what it turned out as; none where it is as it comes."""

    positives: float | None = Field(default=None, description="Share of positives that was asked.")
    positives_measured: float | None = Field(
        default=None, description="Share of positives among the labels of the training split."
    )
    cold_start: float | None = Field(
        default=None, description="Share of test entities without training rows that was asked."
    )
    cold_start_measured: float | None = Field(
        default=None, description="Share of test entities that no training row is about."
    )
    shift: Literal["marginal", "mechanism"] | None = Field(
        default=None, description="What changes at the validation timestamp."
    )
    shift_measured: float | None = Field(
        default=None,
        description="Share of labels of the test split that would be others without the change.",
    )
    noise: float | None = Field(
        default=None, description="Share of training labels that were asked to be changed."
    )
    noise_measured: float | None = Field(
        default=None, description="Share of training labels that differ from those without noise."
    )
    horizon: float | None = Field(
        default=None,
        description="Horizon over the usual time from one event of an entity to its next that was "
        "asked.",
    )
    horizon_measured: float | None = Field(
        default=None, description="The horizon over that time before the validation timestamp."
    )
    tail: float | None = Field(
        default=None, description="Share of the total that the largest 1 % were asked to hold."
    )
    tail_measured: float | None = Field(
        default=None, description="Share of the training labels' total that the largest 1 % hold."
    )


class Task(Record):
    """A task of a database."""

    name: str = Field(description="Name, and that of its folder in `tasks`.")
    kind: TaskKind = Field(description="What is asked.")
    task_type: TaskType = Field(description="What kind of answer there is.")
    description: str = Field(description="What is asked, in words.")
    entity_table: str = Field(description="Table of the rows that are asked about.")
    entity_col: str = Field(description="Column of the labels that says which row it is.")
    target_col: str = Field(description="Column of the labels with the answer.")
    time_col: str | None = Field(default=None, description="Column of the labels with the cut-off.")
    other_table: str | None = Field(
        default=None, description="Of a link: the table that is referred to."
    )
    eval_k: int | None = Field(default=None, description="Of a link: how many may be named.")
    horizon_days: int | None = Field(
        default=None, ge=1, description="Days after the cut-off that the answer is about."
    )
    n_evaluations: int = Field(
        default=1, ge=1, description="Most cut-offs of validation, and of test, a horizon apart."
    )
    form: str | None = Field(default=None, description="Of a forecast: what is asked of its rows.")
    events: str | None = Field(
        default=None, description="Of a forecast or link: the table of the rows that it is about."
    )
    hops: int | None = Field(
        default=None, description="How many foreign keys lead from these rows to the entity."
    )
    remove_columns: tuple[tuple[str, str], ...] = Field(
        default=(), description="Columns, with their tables, that would give the answer away."
    )
    sql: tuple[str, ...] | None = Field(
        default=None,
        description="DuckDB's SQL of the labels, line by line, of tables by name and `timestamps`.",
    )
    rows: tuple[int, int, int] = Field(description="Rows of the splits.")
    has_labels: bool = Field(default=False, description="Whether it has label files.")
    has_scores: bool = Field(default=False, description="Whether it has `baselines.json`.")
    is_hopeless: bool | None = Field(
        default=None, description="Whether nothing that was tried can tell the answer."
    )
    dials: Dials | None = Field(default=None, description="How hard it was made.")

    @property
    def query(self) -> str | None:
        """The SQL of the labels, as text."""
        return None if self.sql is None else "".join(f"{line}\n" for line in self.sql)

    def files(self, folder: Path) -> set[Path]:
        """Files of the task, but its manifest.

        Parameters
        ----------
        folder
            The folder of the task.

        Returns
        -------
        set of Path
        """
        names = [f"{split}.parquet" for split in SPLITS if self.has_labels]
        return {folder / name for name in (*names, *(["baselines.json"] * self.has_scores))}

    def sentences(self) -> Iterator[str]:
        """What is told of it: what is asked, of how many rows, and whether that can be told."""
        yield self.description.rstrip(".") + "."
        train, val, test = self.rows
        yield (
            f"It has {train:,} rows for training, {val:,} for validation and {test:,} for testing."
        )
        if self.is_hopeless:
            yield "Nothing that was tried can tell the answer."
