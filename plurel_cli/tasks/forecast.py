"""A forecast with all that was drawn for it: horizon, rule, and how hard it is made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from plurel_cli.tasks.asked import Ask, Value


@dataclass(frozen=True)
class Condition:
    """Which events count.

    Attributes
    ----------
    value
        The column.
    sign
        `=`, `<=` or `>=`.
    bound
        A label or a number.
    """

    value: Value
    sign: str
    bound: object


@dataclass(frozen=True)
class EventRule:
    """When the answer to yes or no is yes, or which events are counted.

    Attributes
    ----------
    least
        How many events it takes.
    like
        Which events count, if not all.
    """

    least: int = 1
    like: Condition | None = None


class Split(NamedTuple):
    """The days of the splits, as SQL has them: `val_timestamp` and `test_timestamp`."""

    val: str
    test: str


@dataclass(frozen=True)
class Forecast:
    """What is asked, with all that was drawn for it.

    Attributes
    ----------
    ask
        What is asked.
    horizon_days
        Days after the cut-off that it is about.
    split
        Days of the splits.
    lookback
        Of how many horizons before the cut-off an event makes an entity one that is asked about;
        none where any earlier event does.
    rule
        Which events count, and how many it takes.
    later
        The rule from `split.val` on, where it changes there.
    noise
        Of yes or no: thousandths of the labels before `split.val` that are changed.
    held
        Thousandths of the entities that are not asked about before `split.val`.
    n_evaluations
        Most cut-offs of validation, and of test.
    """

    ask: Ask
    horizon_days: int
    split: Split
    lookback: int | None = None
    rule: EventRule = EventRule()
    later: EventRule | None = None
    noise: int = 0
    held: int = 0
    n_evaluations: int = 1

    @property
    def is_yes_or_no(self) -> bool:
        """Whether the answer is yes or no."""
        return self.ask.form in YES_OR_NO

    @property
    def entity_col(self) -> str:
        """Column of the labels that says which entity it is."""
        other = self.ask.other
        if self.ask.form != "link" or other is None:
            return self.ask.events.entity.primary_key
        events = self.ask.events
        last = events.key if events.between is None else events.between[1]
        return last.name if last.name != other.name else f"of_{last.name}"

    @property
    def target_col(self) -> str:
        """Column of the labels with the answer."""
        if self.ask.form == "link" and self.ask.other is not None:
            return self.ask.other.name
        return TARGETS[self.ask.form]


YES_OR_NO = ("none", "any", "return")

TARGETS = {
    "none": "has_none",
    "any": "has_any",
    "return": "returns",
    "count": "event_count",
    "sum": "event_sum",
    "mean": "event_mean",
    "max": "event_max",
    "share": "event_share",
    "next": "next_label",
    "wait": "days_until_next",
    "distinct": "distinct_count",
}
"""What the column of labels is called."""
