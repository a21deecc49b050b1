"""Which columns the Relational Transformer's pretraining predicts, by its own rule.

It predicts numbers and booleans, and leaves out a column that nothing tells, that has one value,
or whose values hardly differ. A category that is written as a label it reads, but never predicts.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from plurel_cli.schema.model import Schema
from plurel_cli.storage.layout import TARGETS, has_tasks, targets
from plurel_cli.storage.place import Place
from plurel_cli.storage.scores import read_scores
from plurel_cli.storage.tallies import ColumnScore

REASONS = ("source", "constant", "majority", "std")
"""Why a column is left out; each counts where none before it does."""

MAX_MAJORITY = 0.99
MIN_STD = 1e-4


@dataclass(frozen=True)
class Training:
    """What of a database's feature columns is predicted.

    Attributes
    ----------
    columns
        Feature columns.
    targets
        Those of a type that is predicted.
    kept
        Those of these that pass the rule.
    share
        The same as a share of `targets`; 0 where there are none.
    left_out
        How many do not pass, by reason.
    unsplit
        Columns that have no task, as some split has no value of them.
    """

    columns: int
    targets: int
    kept: int
    share: float
    left_out: dict[str, int]
    unsplit: int = 0


def training_of(folder: Place, schema: Schema) -> Training | None:
    """What of a database is predicted, if `scores.json` belongs to it.

    Parameters
    ----------
    folder
        Of the database.
    schema
        Its schema.

    Returns
    -------
    Training or None
        None for a database without tasks.

    Raises
    ------
    FolderError, StorageError
        If it cannot be read.
    """
    if not has_tasks(schema):
        return None
    scores = read_scores(folder)
    counts = Counter(
        left_out(scores.get(table.name, {}).get(column.name), TARGETS[column.type])
        for table, column in targets(schema)
    )
    n_targets = counts.total()
    return Training(
        columns=sum(len(table.contents) for table in schema.tables) - len(schema.unsplit),
        targets=n_targets,
        kept=counts[None],
        share=counts[None] / n_targets if n_targets else 0.0,
        left_out={reason: counts[reason] for reason in REASONS},
        unsplit=len(schema.unsplit),
    )


def left_out(score: ColumnScore | None, task_type: str) -> str | None:
    """Why the Relational Transformer's list of tasks leaves a column out; none where it does not.

    Parameters
    ----------
    score
        The column's; one that has none is kept.
    task_type
        Of the task of predicting it.

    Returns
    -------
    str or None
        One of `REASONS`.

    References
    ----------
    relational-transformer 1.10.0, `rt.data.make_plurel_db_task_list`.
    """
    if score is None:
        return None
    is_binary = task_type == "binary_classification"
    if score.is_source_node:
        return "source"
    if score.n_unique < 2:
        return "constant"
    if is_binary and score.majority_frac > MAX_MAJORITY:
        return "majority"
    if not is_binary and score.std < MIN_STD:
        return "std"
    return None


_WORDS = {
    "source": "that nothing tells",
    "constant": "of one value",
    "majority": "nearly always of one value",
    "std": "whose values hardly differ",
}


def in_words(training: Training) -> list[str]:
    """What of the columns is predicted, in words: one line for each fact."""
    lines = [
        f"{training.kept:,} of {training.targets:,} columns pass the Relational Transformer's rule "
        f"({training.share:.1%})"
    ]
    out = [f"{n:,} {_WORDS[reason]}" for reason, n in training.left_out.items() if n]
    if out:
        lines.append(f"left out: {', '.join(out)}")
    if training.unsplit:
        lines.append(f"without a task, as some split has no value of them: {training.unsplit:,}")
    if n_labels := training.columns - training.targets:
        lines.append(f"labels, which it reads but does not predict: {n_labels:,}")
    return lines
