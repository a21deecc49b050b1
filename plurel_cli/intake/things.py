"""What the rows of a table are, by the last words of its name, and what their names and texts say.

A column called `name` says nothing by itself: a product's is another than a course's. `things.yaml`
lists things, and here these become rules of a guess, longer names and texts before shorter ones.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from plurel_cli.lenses.composed import weighted
from plurel_cli.lenses.templates import parsed

_NAMES = "name|title|label|subject|headline|heading|display_name|full_name|long_name|short_name"
_TEXTS = (
    "body|contents?|text|message|comments?|remarks?|notes?|description|descr?|summary|bio|biography"
    "|about|abstract|synopsis|plot|overview|review|reason|instructions?|details?|memo|excerpt|intro"
    "|question|answer|reply|feedback"
)
_BESIDE = (
    "lang|language|translation|description|desc|i18n|l10n|data|text|content|master|info|detail"
)
"""Words after a thing's in the name of a table that has texts of it."""

_NUMBERED, _SHORT = 8, 40
"""Characters of a number behind a title, and of what is a short text."""


def rules_of_things() -> Iterator[Mapping[str, Any]]:
    """Rules of a guess, as `rules.yaml` states them.

    Yields
    ------
    Mapping
        A rule: names of columns, names of tables, a lens, and how long its texts can be.
    """
    text = (Path(__file__).parent / "things.yaml").read_text(encoding="utf-8")
    for thing in yaml.safe_load(text):
        table = rf"(?:^|_)(?:{thing['tables']})(?:e?s)?(?:_(?:{_BESIDE})s?)?$"
        prefix = rf"^(?:(?:{thing['tables']})s?_|[a-z]{{1,3}}_)?"
        for words in thing.get("names", ()):
            lens = {"lens": "title", "words": words}
            yield {
                "name": f"{prefix}(?:{_NAMES})$",
                "table": table,
                "lens": lens,
                "longest": _longest_title(words),
                "shown": f"name or title of {thing['tables']}",
            }
        for lens, longest in _forms(thing.get("texts", ()), thing.get("more", 0)):
            yield {
                "name": f"{prefix}(?:short_|long_|full_|meta_|public_|internal_)?"
                f"(?:{_TEXTS})(?:_text|_html)?$",
                "table": table,
                "lens": lens,
                "longest": longest,
                "shown": f"description, body or notes of {thing['tables']}",
            }


def _forms(templates: Sequence[str], more: float) -> Iterator[tuple[dict[str, Any], int]]:
    """Texts of several templates, of one, and of a short one, each with the longest there is."""
    lengths = [_longest_text(template) for template in templates]
    if more:
        lens = {"lens": "text", "templates": list(templates), "more": more}
        yield lens, sum(lengths) + len(lengths) - 1
    if templates:
        yield {"lens": "text", "templates": list(templates)}, max(lengths)
    short = [t for t, n in zip(templates, lengths, strict=True) if n <= _SHORT]
    if 0 < len(short) < len(templates):
        yield {"lens": "text", "templates": short}, _SHORT


def _longest_title(words: Sequence[Any]) -> int:
    return sum(max(map(len, weighted(several))) + 1 for several in words) - 1 + _NUMBERED


def _longest_text(template: str) -> int:
    read = parsed(template)
    return len(read.after) + sum(
        len(piece.before) + max(map(len, piece.alternatives)) for piece in read.pieces
    )
