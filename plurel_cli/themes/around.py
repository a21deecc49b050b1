"""What the statement of a column may name, besides the column itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from plurel_cli.themes.paths import banded_paths, template_paths
from plurel_cli.themes.plain import TIME, Statement


@dataclass(frozen=True)
class Around:
    """What a column's statement may name.

    Attributes
    ----------
    columns
        Columns of the table's archetype.
    parents
        Columns that are chosen of each table it refers to, by its name in the theme.
    children
        Columns of each table that refers to it, by its name in the theme.
    timed
        Those of them whose rows have times.
    is_timed
        Whether its rows have times.
    """

    columns: Mapping[str, Statement]
    parents: Mapping[str, Mapping[str, Statement]]
    timed: frozenset[str]
    children: Mapping[str, Mapping[str, Statement]]
    is_timed: bool

    def can_fill(self, template: str) -> bool:
        """Whether there is all that a template names, with labels or bands where it needs them."""
        if not all(map(self.has, template_paths(template))):
            return False
        return not any(self._lens(path) in _WITHOUT_BANDS for path in banded_paths(template))

    def _lens(self, path: str) -> str:
        head, _, column = path.partition(".")
        if not column:
            return str(self.columns[path]["lens"]) if path in self.columns else ""
        return str(self.parents[head[:-3]][column]["lens"]) if head.endswith("_id") else ""

    def has(self, path: str) -> bool:
        """Whether there is what a path names, besides columns of the same row."""
        head, _, column = path.partition(".")
        if not column:
            return self.is_timed if path == TIME else path in self.columns
        if head.endswith("_id") and head[:-3] in self.parents:
            if column == TIME:
                return head[:-3] in self.timed
            return column in self.parents[head[:-3]]
        return head in self.children and column in self.children[head]


_WITHOUT_BANDS = frozenset(
    {
        *("person_name", "username", "email", "phone", "address", "city", "region", "country"),
        *("country_code", "postcode", "company", "url", "ip", "colour", "code", "uuid", "title"),
        *("text", "json", "latitude", "longitude", "serial", "gender"),
    }
)
