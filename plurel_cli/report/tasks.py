"""What baselines reach on the tasks of a database or of many, by form of question.

Skill is that of boosted trees on test rows, above a constant. What each part of the database adds
is known of tasks that were scored in full: the own row first, then parents, children and history.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any

from plurel_cli.schema.model import Schema
from plurel_cli.schema.task import Task
from plurel_cli.storage.place import Place
from plurel_cli.storage.tasks import read_baselines

REAL = {
    "row": (0.0, 0.445, 0.883),
    "parents": (0.0, 0.107, 0.172),
    "children": (0.0, 0.03, 0.35),
    "history": (0.005, 0.112, 0.482),
}
"""Skill in telling columns of 11 real databases from the rest of their row, and what referenced
rows, children and earlier rows of the same parent add to it: lowest, median and highest of the
databases; of children the quantiles 0.1, 0.5 and 0.9 of the columns of a median database.

Columns are no forecasts, so the figures say what is usual, and not what must be reached.
"""


@dataclass(frozen=True)
class Scored:
    """A task and what `baselines.json` says of it."""

    task: Task
    baselines: dict[str, Any]

    def skill(self, name: str) -> float:
        """Skill of a baseline on test rows."""
        return float(self.baselines["skill"][name]["test"])


@dataclass(frozen=True)
class Line:
    """Tasks of one form.

    Attributes
    ----------
    form
        The form; a kind for tasks that are no forecasts.
    tasks
        How many.
    real
        Share of which trees beat the better of constant and last answer, nearly always in
        bootstrap samples.
    constant, last_value, entity_mean, trees
        Median skill on test rows.
    lift_of_keys
        Median gain of trees from foreign keys, over the same with keys shuffled.
    added
        Of those scored in full: mean gain by the parts of the database, one after another.
    """

    form: str
    tasks: int
    real: float
    constant: float
    last_value: float
    entity_mean: float
    trees: float
    lift_of_keys: float
    added: dict[str, float]

    @property
    def shares(self) -> dict[str, float]:
        """How much of all that trees gain comes from each part, of what was scored in full."""
        total = sum(self.added.values())
        return {part: round(gain / total, 4) for part, gain in self.added.items() if total > 0}

    def as_dict(self) -> dict[str, Any]:
        """The line as plain data."""
        return asdict(self) | {"shares": self.shares}


def scored_of(folder: Place, schema: Schema) -> list[Scored]:
    """The tasks of a database that were scored.

    Parameters
    ----------
    folder
        Of the database.
    schema
        The database.

    Returns
    -------
    list of Scored
    """
    tasks = [task for task in schema.tasks or () if task.has_scores]
    return [Scored(task, read_baselines(folder, task)) for task in tasks]


def lines_of(scored: Iterable[Scored]) -> list[Line]:
    """One line for each form, and one for all forecasts and links.

    Parameters
    ----------
    scored
        Tasks of one database or of many.

    Returns
    -------
    list of Line
    """
    by_form: dict[str, list[Scored]] = defaultdict(list)
    for one in scored:
        by_form[one.task.form or one.task.kind].append(one)
    lines = [_line(form, several) for form, several in sorted(by_form.items())]
    asked = [one for several in by_form.values() for one in several if one.task.form is not None]
    return [*lines, _line("all forecasts", asked)] if asked else lines


def _line(form: str, scored: Sequence[Scored]) -> Line:
    def middle(name: str) -> float:
        return round(median(one.skill(name) for one in scored), 4)

    return Line(
        form=form,
        tasks=len(scored),
        real=round(sum(one.baselines["is_real"] for one in scored) / len(scored), 4),
        constant=middle("constant"),
        last_value=middle("last_value"),
        entity_mean=middle("entity_mean"),
        trees=middle("trees"),
        lift_of_keys=round(median(one.baselines["lift_of_keys"] for one in scored), 4),
        added=_added(scored),
    )


def _added(scored: Sequence[Scored]) -> dict[str, float]:
    """Mean gain in skill by each part of the database, over the parts before it."""
    gains: dict[str, list[float]] = defaultdict(list)
    for one in scored:
        before = one.skill("constant")
        for part, skill in one.baselines.get("by_part", {}).items():
            gains[part].append(max(skill - before, 0.0))
            before = max(skill, before)
    return {part: round(sum(several) / len(several), 4) for part, several in gains.items()}


_HEADS = ("form", "tasks", "real", "constant", "last", "mean", "trees", "lift of keys")


def render(lines: Sequence[Line]) -> str:
    """The lines as a table, and what parts of the database add below it."""
    if not lines:
        return "no task was scored: plurel tasks --score fast\n"
    rows = [
        _HEADS,
        *(
            (
                *(line.form, f"{line.tasks:,}", f"{line.real:.0%}", f"{line.constant:.2f}"),
                *(f"{line.last_value:.2f}", f"{line.entity_mean:.2f}", f"{line.trees:.2f}"),
                f"{line.lift_of_keys:+.3f}",
            )
            for line in lines
        ),
    ]
    widths = [max(len(row[i]) for row in rows) for i in range(len(_HEADS))]
    text = "".join(
        "  ".join(
            cell.ljust(width) if i == 0 else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        + "\n"
        for row in rows
    )
    added = lines[-1].added
    if added:
        shares = lines[-1].shares
        summary = ", ".join(
            f"{part} {gain:+.3f} ({shares.get(part, 0.0):.0%})" for part, gain in added.items()
        )
        real = ", ".join(
            f"{part} {middle:+.3f} ({low:.2f} to {high:.2f})"
            for part, (low, middle, high) in REAL.items()
        )
        text += f"gain by part: {summary}\n  of columns of real databases: {real}\n"
    return text
