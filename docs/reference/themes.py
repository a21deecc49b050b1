"""The themes of the package: what each is, and its tables."""

from __future__ import annotations

from docs.reference.markdown import NOTICE, code, table
from plurel_cli.themes.model import theme
from plurel_cli.themes.names import theme_names

INTRO = """\
# Trades

The themes that come with plurel, by the names that `schema.themes` takes. [Themes](themes.md) says
how a database comes by one, and how to give one of your own.
"""


def page() -> str:
    """The page."""
    themes = [theme(name) for name in theme_names()]
    rows = (
        (
            code(each.name),
            each.about,
            ", ".join(each.tables).replace("_", " "),
            str(sum(len(archetype.columns) for archetype in each.tables.values())),
        )
        for each in themes
    )
    return "\n".join(
        (
            NOTICE.format(source="plurel_cli/themes and docs/reference/themes.py"),
            INTRO,
            f"There are {len(themes)}, with "
            f"{sum(len(each.tables) for each in themes)} tables in all.\n",
            table(("theme", "what", "tables", "columns"), rows),
        )
    )
