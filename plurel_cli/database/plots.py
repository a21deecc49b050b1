"""A database in charts, for notebooks: its schema, and causes, fan-outs and times of its tables.

Charts are Vega-Lite specifications over figures of the tables, the same as those of the report;
notebooks draw them by themselves, and `spec` gives them to other tools. Nothing is installed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from plurel_cli.cards.drawing import drawing
from plurel_cli.charts.chart import Cells, Chart
from plurel_cli.charts.shapes import key_charts, timeline_chart
from plurel_cli.errors import UsageError
from plurel_cli.report.branches import Branch
from plurel_cli.report.causal import causes_of, only
from plurel_cli.schema.model import Schema
from plurel_cli.summary.keys import key_figures
from plurel_cli.summary.rows import MemoryRows
from plurel_cli.summary.times import time_figures

if TYPE_CHECKING:
    import polars as pl

_WIDTH = 560
_VERSIONS = ("v5", "v6")
"""Versions of Vega-Lite that notebooks know; what charts use is the same in both."""


@dataclass(frozen=True)
class Plot:
    """Charts one below the other.

    Attributes
    ----------
    charts
        What is drawn.
    """

    charts: tuple[Chart, ...]

    @property
    def spec(self) -> dict[str, Any]:
        """The Vega-Lite specification, with its data."""
        several = []
        for chart in self.charts:
            spec = {**chart.spec(), "width": _WIDTH, "title": chart.about}
            spec["data"] = {"values": spec["data"]["values"]}  # names would stand for one another
            several.append({key: value for key, value in spec.items() if key != "$schema"})
        schema = chart_schema(self.charts[0])
        if len(several) == 1:
            return {"$schema": schema, **several[0]}
        return {"$schema": schema, "vconcat": several}

    def _repr_mimebundle_(self, **options: object) -> dict[str, Any]:
        bundle: dict[str, Any] = {"text/plain": repr(self)}
        for version in _VERSIONS:
            schema = f"https://vega.github.io/schema/vega-lite/{version}.json"
            bundle[f"application/vnd.vegalite.{version}+json"] = self.spec | {"$schema": schema}
        return bundle

    def __repr__(self) -> str:
        return f"Plot({'; '.join(chart.about for chart in self.charts)})"


@dataclass(frozen=True)
class Drawing:
    """A drawing.

    Attributes
    ----------
    svg
        The drawing, as SVG.
    """

    svg: str

    def _repr_mimebundle_(self, **options: object) -> dict[str, str]:
        return {"text/plain": "Drawing(SVG)", "image/svg+xml": self.svg}


def chart_schema(chart: Chart) -> str:
    """The version of Vega-Lite that a chart is written in."""
    return str(chart.spec()["$schema"])


@dataclass(frozen=True)
class Plots:
    """What can be drawn of a database.

    Attributes
    ----------
    description, tables
        Its schema, and one frame for each table.
    """

    description: Schema
    tables: Mapping[str, pl.DataFrame]

    def schema(self) -> Drawing:
        """Tables and foreign keys."""
        return Drawing(drawing(self.description))

    def timeline(self, table: str | None = None) -> Plot:
        """Rows over time, with the days at which validation and test begin.

        Parameters
        ----------
        table
            A table with times; all of them where it is left out.

        Returns
        -------
        Plot

        Raises
        ------
        UsageError
            If no such table has times.
        """
        timed = [each for each in self.description.tables if each.time_column is not None]
        chosen = [each for each in timed if table in (None, each.name)]
        window = self.description.window
        if not chosen or window is None:
            names = ", ".join(each.name for each in timed) or "there, and none has times"
            raise UsageError("table", f"must be one with times: {names}", table)
        charts = []
        for each in chosen:
            times = time_figures(self.description, each, self._rows)
            if times is not None:
                charts.append(timeline_chart(each.name, times, window))
        return Plot(tuple(charts))

    def fan_out(self, key: str) -> Plot:
        """How many rows refer to each row by a foreign key.

        Parameters
        ----------
        key
            The foreign key, as `table.column`.

        Returns
        -------
        Plot

        Raises
        ------
        UsageError
            If there is no such key.
        """
        keys = {
            f"{table.name}.{column.name}": (table, column)
            for table in self.description.tables
            for column in table.foreign_keys
        }
        if key not in keys:
            raise UsageError("key", f"must be one of {', '.join(keys)}", key)
        table, column = keys[key]
        figures = key_figures(self.description, table, column, self._rows)
        return Plot(tuple(c for c in key_charts(figures) if c.name == "fan_out"))

    def causal(self, table: str) -> Plot:
        """What the columns of a table depend on, the stronger the thicker.

        Parameters
        ----------
        table
            The table.

        Returns
        -------
        Plot

        Raises
        ------
        StageError, UsageError
            If there are no causal graphs, or there is no such table.
        """
        (causes,) = only(causes_of(self.description), table)
        branches = {f"{table}.{column.column}": column.branches for column in causes.columns}
        return Plot((_causes_chart(table, branches),))

    @property
    def _rows(self) -> MemoryRows:
        return MemoryRows(self.tables)


def _causes_chart(table: str, branches: Mapping[str, Sequence[Branch]]) -> Chart:
    """Columns as points, what they depend on to the left of them."""
    edges = {
        (cause, column): share
        for column, several in branches.items()
        for cause, share in _edges(several)
    }
    depths = _depths([*branches, *(cause for cause, _ in edges)], edges)
    heights: dict[str, int] = {}
    taken: dict[int, int] = {}
    for name, depth in depths.items():
        heights[name] = taken.get(depth, 0)
        taken[depth] = heights[name] + 1
    short = {name: name.removeprefix(f"{table}.") for name in depths}
    rows: list[tuple[float | str | None, ...]] = [
        ("node", short[name], depths[name], heights[name], None, None, None) for name in depths
    ]
    rows += [
        (
            *("edge", f"{short[cause]} → {short[column]}", depths[cause], heights[cause]),
            *(depths[column], heights[column], share),
        )
        for (cause, column), share in edges.items()
    ]
    names = ("part", "name", "x", "y", "x2", "y2", "share")
    columns: dict[str, Cells] = dict(zip(names, map(list, zip(*rows, strict=True)), strict=True))
    return Chart("causes", f"What the columns of {table} depend on", columns)


def _edges(branches: Iterable[Branch]) -> Iterable[tuple[str, float | None]]:
    """The causes of a column, each with the share that it comes in with."""
    for branch in branches:
        for cause in branch.causes:
            yield cause, branch.share
        for part in branch.parts:
            for cause in part.causes:
                yield cause, branch.share


def _depths(names: Iterable[str], edges: Iterable[tuple[str, str]]) -> dict[str, int]:
    """How many causes, one of another, come before each variable; there are no circles."""
    before: dict[str, list[str]] = {name: [] for name in names}
    for cause, column in edges:
        before[column].append(cause)
    depths: dict[str, int] = {}

    def depth(name: str) -> int:
        if name not in depths:
            depths[name] = 0
            depths[name] = max((depth(cause) + 1 for cause in before[name]), default=0)
        return depths[name]

    return {name: depth(name) for name in before}
