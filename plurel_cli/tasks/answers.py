"""The labels of a forecast, made as hard as was asked, and how hard they turned out.

What a dial needs of the values it takes from training labels alone: how many events make a yes
rare, and about which share of entities it must not ask, for the test split to have new ones.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from plurel_cli.config.tasks import NO_SHIFT
from plurel_cli.schema.task import Dials, TaskType
from plurel_cli.tasks.asked import is_category
from plurel_cli.tasks.draw import Drawn, Hardness, with_rule
from plurel_cli.tasks.forecast import Forecast
from plurel_cli.tasks.labels import labels_of
from plurel_cli.tasks.splits import Period, divided
from plurel_cli.tasks.sql import forecast_sql
from plurel_cli.tasks.tables import Tables

if TYPE_CHECKING:
    import polars as pl

TOP_SHARE = 0.01

MOST_RATIO = 3.0
"""By what factor the share of positives may be off, as there is no half event."""

MOST_DIFFERENCE = 0.15
"""By how much the share of new entities may be off."""

MOST_BETWEEN = 100
"""Most cut-offs between those of validation and of test."""

LEAST_SHIFT = 0.02
"""Least share of test labels that a shift must change."""


@dataclass(frozen=True)
class Answers:
    """A forecast and its labels.

    Attributes
    ----------
    forecast
        As it came out.
    sql
        Of its labels.
    task_type
        What kind of answer there is.
    splits
        Labels by split.
    dials
        How hard it is; none where nothing was asked.
    """

    forecast: Forecast
    sql: str
    task_type: TaskType
    splits: dict[str, pl.DataFrame]
    dials: Dials | None


class Answerer:
    """Answers forecasts on one database.

    Parameters
    ----------
    tables
        The database.
    period
        The time that it covers.
    """

    def __init__(self, tables: Tables, period: Period) -> None:
        self._tables = tables
        self._period = period

    def answers(self, drawn: Drawn) -> Answers | None:
        """The labels of a forecast; none where it cannot be made as hard as was asked."""
        forecast, wanted = drawn.forecast, drawn.wanted
        if forecast.is_yes_or_no and (wanted.positives > 0 or wanted.shift == "marginal"):
            made = self._with_least(forecast, wanted)
            if made is None:
                return None
            forecast = made
        splits = self._splits(forecast)
        if wanted.cold_start > 0:
            forecast = self._with_new(forecast, splits, wanted.cold_start)
            splits = {**splits, "train": self._labels(forecast, ("train",))["train"]}
        if min(frame.height for frame in splits.values()) == 0:
            return None
        dials = self._dials(forecast, wanted, splits)
        if dials is not None and not _is_as_asked(dials):
            return None
        sql = forecast_sql(forecast, self._tables.schema.by_name)
        return Answers(forecast, sql, type_of(forecast), splits, dials)

    def _splits(self, forecast: Forecast) -> dict[str, pl.DataFrame]:
        return self._labels(forecast, ("train", "val", "test"))

    def _labels(self, forecast: Forecast, splits: tuple[str, ...]) -> dict[str, pl.DataFrame]:
        cut_offs = self._period.cut_offs(forecast.horizon_days, forecast.n_evaluations)
        days = [day for split in splits for day in cut_offs[split]]
        return divided(labels_of(forecast, self._tables, days), self._period)

    def between(self, forecast: Forecast) -> pl.DataFrame | None:
        """Answers at later cut-offs of the validation split, which are known before the test split.

        Parameters
        ----------
        forecast
            The forecast.

        Returns
        -------
        DataFrame or None
            Of cut-offs a horizon apart, whose horizons end before `test_timestamp`; None where
            there is none.
        """
        horizon = forecast.horizon_days
        n = max(self._period.evaluations(horizon), MOST_BETWEEN)
        days = self._period.cut_offs(horizon, n)["val"][forecast.n_evaluations :]
        if not days:
            return None
        return labels_of(forecast, self._tables, days)

    def _with_least(self, forecast: Forecast, wanted: Hardness) -> Forecast | None:
        """A forecast whose yes takes as many events as make it as rare as was asked."""
        ask = replace(forecast.ask, form="count")
        counting = replace(forecast, ask=ask, later=None, noise=0)
        frame = self._labels(counting, ("train",))["train"]
        if frame.height == 0:
            return None
        counts = frame[counting.target_col].to_numpy()
        is_none = forecast.ask.form == "none"

        def share(least: int) -> float:
            return float((counts < least).mean() if is_none else (counts >= least).mean())

        bounds = range(1, int(min(counts.max(initial=0), 200)) + 2)
        least = 1
        if wanted.positives > 0:
            least = min(bounds, key=lambda n: abs(np.log((share(n) + 1e-6) / wanted.positives)))
        later = None
        if wanted.shift == "marginal":
            others = [n for n in bounds if n != least and 0 < share(n) < 1]
            if not others:
                return None
            later = min(others, key=lambda n: abs(abs(share(n) - share(least)) - 0.2))
        return with_rule(forecast, least, later)

    @staticmethod
    def _with_new(
        forecast: Forecast, splits: dict[str, pl.DataFrame], cold_start: float
    ) -> Forecast:
        """A forecast that does not ask in training about some of the entities of the test split."""
        entity = forecast.entity_col
        known = splits["test"][entity].is_in(splits["train"][entity].unique().implode())
        n_known = int(known.sum())
        if n_known == 0:
            return forecast
        share = 1 - (1 - cold_start) * known.len() / n_known
        return replace(forecast, held=max(round(1000 * share), 0))

    def _dials(
        self, forecast: Forecast, wanted: Hardness, splits: dict[str, pl.DataFrame]
    ) -> Dials | None:
        """How hard a forecast is, by its labels and those that it would have otherwise."""
        target, entity = forecast.target_col, forecast.entity_col
        train, test = splits["train"], splits["test"]
        values: dict[str, float | str] = {}
        if wanted.positives > 0:
            values |= {"positives": wanted.positives}
            values["positives_measured"] = _rounded(train[target].mean())
        if wanted.cold_start > 0:
            known = train[entity].unique().implode()
            values["cold_start"] = wanted.cold_start
            values["cold_start_measured"] = _rounded(1 - test[entity].is_in(known).mean())  # type: ignore[operator]
        if wanted.shift != NO_SHIFT and forecast.later is not None:
            plain = self._labels(replace(forecast, later=None), ("test",))["test"]
            values["shift"] = wanted.shift
            values["shift_measured"] = _rounded((plain[target] != test[target]).mean())
        if forecast.noise:
            plain = self._labels(replace(forecast, noise=0), ("train",))["train"]
            values["noise"] = wanted.noise
            values["noise_measured"] = _rounded((plain[target] != train[target]).mean())
        if wanted.horizon is not None:
            values |= {"horizon": wanted.horizon, "horizon_measured": _rounded(wanted.horizon_came)}
        if wanted.tail > 0:
            values |= {"tail": wanted.tail, "tail_measured": _rounded(top_share(train[target]))}
        return Dials.model_validate(values) if values else None


def _is_as_asked(dials: Dials) -> bool:
    """Whether a task is as hard as was asked, or nearly so."""
    rare, asked = dials.positives_measured or 0.0, dials.positives
    if asked is not None and not asked / MOST_RATIO <= rare <= asked * MOST_RATIO:
        return False
    cold = dials.cold_start
    if cold is not None and abs((dials.cold_start_measured or 0.0) - cold) > MOST_DIFFERENCE:
        return False
    if dials.shift is not None and (dials.shift_measured or 0.0) < LEAST_SHIFT:
        return False
    return dials.tail is None or (dials.tail_measured or 0.0) >= dials.tail


def _rounded(value: object) -> float:
    return round(float(value), 4) if isinstance(value, int | float) else 0.0


def top_share(values: pl.Series) -> float:
    """Share of the total that the largest 1 % of some numbers hold, all taken without a sign."""
    sizes = np.sort(np.abs(values.drop_nulls().to_numpy().astype(float)))[::-1]
    total = float(sizes.sum())
    n = max(round(TOP_SHARE * sizes.size), 1)
    return float(sizes[:n].sum()) / total if total > 0 else 0.0


def type_of(forecast: Forecast) -> TaskType:
    """What kind of answer a forecast has."""
    form, value = forecast.ask.form, forecast.ask.value
    if forecast.is_yes_or_no:
        return "binary_classification"
    if form == "link":
        return "recommendation"
    if form == "next" and value is not None and is_category(value.column):
        is_flag = value.column.type == "boolean"
        return "binary_classification" if is_flag else "multiclass_classification"
    return "regression"
