"""One database of each config, as a picture of its schema: the page, and the pictures."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from docs.reference.config import about
from docs.reference.markdown import NOTICE
from docs.reference.presets import CONFIGS
from plurel_cli.config import load_config
from plurel_cli.export.svg import svg
from plurel_cli.schema.model import Schema
from plurel_cli.schema.sample import sample_schema

FOLDER = "pictures/gallery"

INTRO = """\
# Gallery

One schema of each config in the folder [configs](../configs), as `plurel schema --format svg`
draws it. `plurel report` adds keys, times, columns and causes.
"""

_SEEDS = {"realistic": 7, "hard": 3}
_MANY = 24
"""Tables of a schema whose drawing would be too small to read; a later seed is drawn."""


def names() -> list[str]:
    """Configs that are drawn."""
    return sorted(path.stem for path in CONFIGS.glob("*.yaml") if path.stem != "mixture")


def schema(name: str) -> Schema:
    """The schema of a config that is drawn."""
    config, seed = load_config(CONFIGS / f"{name}.yaml"), _SEEDS.get(name, 0)
    while len((found := sample_schema(config, seed)).tables) > _MANY:
        seed += 1
    return found


def page() -> str:
    """The page."""
    parts = [NOTICE.format(source="configs and docs/reference/gallery.py"), INTRO]
    for name in names():
        one = schema(name)
        parts.append(
            f"## {name}\n\n{about(CONFIGS / f'{name}.yaml')} Seed {one.seed}.\n\n"
            f"![{len(one.tables)} tables]({FOLDER}/{name}.svg)\n"
        )
    return "\n".join(parts)


def pictures(docs: Path) -> Iterator[Path]:
    """Draw the pictures that are not there, or not as they should be; give those drawn."""
    for name in names():
        path, text = docs / FOLDER / f"{name}.svg", svg(schema(name))
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
            yield path
