"""Build what is made from the code: reference pages, outputs of examples, pictures.

    python -m docs.build            write all
    python -m docs.build --check    write nothing; exit with 1 if a page is out of date

A page or picture of a new stage is one entry more below; config settings, registered choices,
commands, stages and fields of `schema.json` are found by themselves.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from docs.examples import refreshed
from docs.reference import api, commands, config, folder, gallery, lenses, presets, themes

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"

GENERATED: dict[str, Callable[[], str]] = {
    "api.md": api.page,
    "cli.md": commands.page,
    "config.md": config.page,
    "format.md": folder.page,
    "gallery.md": gallery.page,
    "lenses.md": lenses.page,
    "presets.md": presets.page,
    "trades.md": themes.page,
}


def written() -> list[Path]:
    """The hand-written pages."""
    pages = [*ROOT.glob("*.md"), *DOCS.rglob("*.md")]
    return sorted(page for page in pages if page.parent != DOCS or page.name not in GENERATED)


def outdated() -> Iterator[tuple[Path, str]]:
    """Pages that are not what they should be, with the text they should have."""
    for name, page in GENERATED.items():
        path = DOCS / name
        text = page()
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            yield path, text
    for path in written():
        old = path.read_text(encoding="utf-8")
        text = refreshed(old)
        if old != text:
            yield path, text


def main(arguments: list[str]) -> int:
    if arguments not in ([], ["--check"]):
        print("usage: python -m docs.build [--check]", file=sys.stderr)
        return 2
    if arguments:
        late = [path.relative_to(ROOT) for path, _ in outdated()]
        for path in late:
            print(f"{path} is out of date; python -m docs.build writes it", file=sys.stderr)
        return 1 if late else 0
    for path, text in outdated():
        path.write_text(text, encoding="utf-8")
        print(path.relative_to(ROOT))
    from docs.drawing import draw_all

    for path in (*gallery.pictures(DOCS), *draw_all(DOCS / "pictures")):
        print(path.relative_to(ROOT))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
