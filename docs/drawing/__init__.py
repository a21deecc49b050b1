"""The pictures of the documentation, one module per stage, drawn from databases that plurel makes.

A picture is a function that fills a figure; `@picture` names its file. All are deterministic.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
from matplotlib import pyplot as plt
from matplotlib.figure import Figure

ENTITY, ACTIVITY, INK, FAINT = "#4c78a8", "#e45756", "#333333", "#c8c8c8"

_STYLE = {
    "figure.dpi": 110,
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": INK,
    "axes.titlesize": 10,
    "axes.titlelocation": "left",
}

_pictures: dict[str, tuple[tuple[float, float], Callable[[Figure], None]]] = {}


def picture(
    name: str, width: float, height: float
) -> Callable[[Callable[[Figure], None]], Callable[[Figure], None]]:
    """Register what fills a figure of so many inches, under the stem of its file."""

    def add(fill: Callable[[Figure], None]) -> Callable[[Figure], None]:
        _pictures[name] = (width, height), fill
        return fill

    return add


def draw_all(folder: Path) -> Iterator[Path]:
    """Draw every picture, and give the files."""
    for module in sorted(m.name for m in pkgutil.iter_modules(__path__)):
        importlib.import_module(f"{__name__}.{module}")
    folder.mkdir(exist_ok=True)
    with matplotlib.rc_context(_STYLE):
        for name, (size, fill) in sorted(_pictures.items()):
            figure = plt.figure(figsize=size, layout="constrained")
            fill(figure)
            path = folder / f"{name}.png"
            figure.savefig(path, metadata={"Software": None})
            plt.close(figure)
            yield path
