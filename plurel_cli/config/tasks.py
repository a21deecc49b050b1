"""Settings of tasks: what is asked of a database, and how hard that is made."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from plurel_cli.choices.choice import Choice, Fixed, OneOf
from plurel_cli.choices.kinds import Names, Reals
from plurel_cli.choices.section import Section
from plurel_cli.schema.task import TaskKind

NO_SHIFT = "none"


class DialsConfig(Section):
    """How hard forecasts are made, each drawn for every task; as they come by default."""

    positives: Annotated[Choice[float], Reals(ge=0, lt=1)] = Field(
        default=Fixed(0.0),
        description="Share of positives of forecasts with two classes, by asking for so many "
        "events or more; 0 leaves it as it comes.",
    )
    cold_start: Annotated[Choice[float], Reals(ge=0, lt=1)] = Field(
        default=Fixed(0.0),
        description="Share of test entities that the training split has no row of; 0 leaves it as "
        "it comes.",
    )
    shift: Annotated[Choice[str], Names((NO_SHIFT, "marginal", "mechanism"))] = Field(
        default=Fixed(NO_SHIFT),
        description="What changes at val_timestamp: `marginal`, how many events are asked for; "
        "`mechanism`, which events count.",
    )
    noise: Annotated[Choice[float], Reals(ge=0, lt=1)] = Field(
        default=Fixed(0.0),
        description="Share of training labels that are changed: to the other class, or to the "
        "label of another row.",
    )
    horizon: Annotated[Choice[float], Reals(gt=0, le=100)] = Field(
        default=OneOf((1.0, 2.0, 4.0, 8.0)),
        description="Horizon over the usual time from one event of an entity to its next; by "
        "default, where that has too few rows, the nearest that has enough.",
    )
    tail: Annotated[Choice[float], Reals(ge=0, lt=1)] = Field(
        default=Fixed(0.0),
        description="Of forecasts of numbers: least share of the total that the largest 1 % hold.",
    )


class TasksConfig(Section):
    """What is asked of a database."""

    kinds: tuple[TaskKind, ...] = Field(
        default=(),
        strict=False,
        description="Kinds of tasks to write: `completion`, `attribute`, `forecast` and `link`. "
        "With none, the relbench layout has the manifests of completions alone.",
    )
    max: int = Field(
        default=8, ge=0, le=1000, description="Most forecasts and links of a database."
    )
    completion: Literal["labels", "manifests", "index"] = Field(
        default="labels",
        description="What completions consist of: `manifests`; `labels`, those and label files of "
        "tables without times, which RelBench needs; or `index`, one file for all.",
    )
    score: Literal["none", "fast", "full"] = Field(
        default="none",
        description="Whether baselines are scored, by which forecasts that are trivial or hopeless "
        "are left out: `fast`, of forecasts; `full`, of all, and what each part of the database "
        "adds. Needs plurel-cli[tasks].",
    )
    hopeless: float = Field(
        default=0.0,
        ge=0,
        le=1,
        description="Probability that a forecast which nothing tells is kept.",
    )
    min_rows: int = Field(default=30, ge=1, le=1_000_000, description="Least rows of each split.")
    min_class_rows: int = Field(
        default=10,
        ge=1,
        le=1_000_000,
        description="With two classes: least rows of each, in each split.",
    )
    dials: DialsConfig = Field(default_factory=DialsConfig, description="How hard they are made.")
