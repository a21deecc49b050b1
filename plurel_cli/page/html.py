"""The file of a report: its data, the specifications of charts, and what draws them, in one page.

Data is JSON in a block that no browser runs. All that could end that block, or that stands for
something in HTML, is escaped in it, so that no text can become markup.
"""

from __future__ import annotations

import base64
import gzip
import json
import math
import re
from functools import cache
from html import escape
from importlib.resources import files
from pathlib import Path
from typing import Any

from plurel_cli.charts.chart import specifications

LIBRARIES = ("vega.min.js", "vega-lite.min.js", "dagre.min.js")

SCRIPTS = (
    *("dom.js", "charts.js", "board.js", "erd.js", "causal.js", "statistics.js"),
    *("database.js", "corpus.js", "main.js"),
)

MARK = '<meta name="generator" content="plurel report">'
"""What every report begins with, within its first kilobyte."""

MOST_BYTES = 1_950_000
"""Size of a page beyond which its data is compressed."""

_SPECIAL = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"}
_PLACE = re.compile(r"\$(mark|title|style|data|scripts)")


def page(report: dict[str, Any]) -> str:
    """The HTML of a report.

    Parameters
    ----------
    report
        Plain data with a `kind`, which says what draws it, and a `title`.

    Returns
    -------
    str
        A whole document of ASCII data, and of scripts.
    """
    data = embedded({"report": report, "charts": specifications()})
    fixed = len(_scripts()) + len(_asset("style.css"))
    if len(data) + fixed > MOST_BYTES:
        data = embedded(
            {"gzip": base64.b64encode(gzip.compress(data.encode(), 9, mtime=0)).decode()}
        )
    parts = {
        "mark": MARK,
        "title": escape(str(report["title"])),
        "style": _asset("style.css"),
        "data": data,
        "scripts": _scripts(),
    }
    return _PLACE.sub(lambda place: parts[place[1]], _asset("page.html"))


def is_report(file: Path) -> bool:
    """Whether there is a file that is a report, and so may be replaced by another."""
    try:
        with file.open("rb") as opened:
            return MARK.encode() in opened.read(1024)
    except OSError:
        return False


def embedded(data: Any) -> str:
    r"""JSON that may stand in an HTML document: ASCII without `<`, `>` and `&`, and finite.

    Examples
    --------
    >>> print(embedded({"a": "</script>"}))
    {"a":"\u003c/script\u003e"}
    """
    text = json.dumps(_finite(data), separators=(",", ":"), ensure_ascii=True, allow_nan=False)
    return re.sub("[<>&]", lambda character: _SPECIAL[character[0]], text)


def _finite(data: Any) -> Any:
    """The same without numbers that JSON cannot hold, which are None instead."""
    if isinstance(data, dict):
        return {name: _finite(value) for name, value in data.items()}
    if isinstance(data, list | tuple):
        return [_finite(value) for value in data]
    return None if isinstance(data, float) and not math.isfinite(data) else data


@cache
def _scripts() -> str:
    libraries = [f"vendor/{name}" for name in LIBRARIES]
    return "\n".join(f"<script>\n{_asset(name)}</script>" for name in (*libraries, *SCRIPTS))


@cache
def _asset(name: str) -> str:
    return files("plurel_cli.page").joinpath("assets", name).read_text("utf-8")
