"""A chart: which specification draws it, and what it draws."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import Any

Cells = Sequence[float | str | None]


@dataclass(frozen=True)
class HeatMap:
    """Numbers by two labels.

    Attributes
    ----------
    y, x
        The labels of rows and columns.
    values
        One row of numbers for each label of y; what is None is left out.
    """

    y: Cells
    x: Cells
    values: Sequence[Cells]


@dataclass(frozen=True)
class Bars:
    """Counts of bins that lie side by side, and marks among them.

    Attributes
    ----------
    edges
        Where bins begin; the last one ends one.
    counts
        Of each bin.
    marks
        Places on the same axis, by what is there.
    """

    edges: Cells
    counts: Sequence[int]
    marks: Mapping[str, str] | None = None


@dataclass(frozen=True)
class Chart:
    """A specification and its data.

    Attributes
    ----------
    name
        Of the specification.
    about
        What is drawn, in a sentence, for those who do not see it.
    columns
        The data, column by column, all of equal length; or a grid, or bins.
    titles
        Titles of axes that differ from those of the specification, by channel, as `x`.
    """

    name: str
    about: str
    columns: Mapping[str, Cells] | HeatMap | Bars
    titles: Mapping[str, str] | None = None

    def as_dict(self) -> dict[str, Any]:
        """Plain data, for a page that has the specifications."""
        data: dict[str, Any] = {"chart": self.name, "about": self.about}
        if isinstance(self.columns, HeatMap):
            grid = self.columns
            data["grid"] = {"y": grid.y, "x": grid.x, "values": grid.values}
        elif isinstance(self.columns, Bars):
            bins = self.columns
            data["bins"] = {"edges": bins.edges, "rows": bins.counts, "marks": bins.marks or {}}
        else:
            data["columns"] = dict(self.columns)
        return data if self.titles is None else {**data, "titles": dict(self.titles)}

    def rows(self) -> list[dict[str, Any]]:
        """The data, row by row."""
        if isinstance(self.columns, HeatMap):
            grid = self.columns
            return [
                {"y": y, "x": x, "rows": value}
                for y, values in zip(grid.y, grid.values, strict=True)
                for x, value in zip(grid.x, values, strict=True)
                if value is not None
            ]
        if isinstance(self.columns, Bars):
            bins = self.columns
            pairs = zip(pairwise(bins.edges), bins.counts, strict=True)
            counted = [{"low": low, "high": high, "rows": n} for (low, high), n in pairs]
            return counted + [{"low": at, "split": what} for what, at in (bins.marks or {}).items()]
        names = list(self.columns)
        return [
            dict(zip(names, row, strict=True)) for row in zip(*self.columns.values(), strict=True)
        ]

    def spec(self) -> dict[str, Any]:
        """The whole Vega-Lite specification, with its data."""
        spec: dict[str, Any] = json.loads(json.dumps(specifications()[self.name]))
        for channel, title in (self.titles or {}).items():
            layers = spec.get("layer", [spec])
            layers[0]["encoding"][channel]["axis"]["title"] = title
        return {**spec, "description": self.about, "data": {"name": "rows", "values": self.rows()}}


@cache
def specifications() -> dict[str, dict[str, Any]]:
    """All specifications by name, without data."""
    folder = files("plurel_cli.charts").joinpath("specs")
    several = sorted(folder.iterdir(), key=lambda file: file.name)
    return {
        file.name.removesuffix(".json"): json.loads(file.read_text("utf-8"))
        for file in several
        if file.name.endswith(".json")
    }
