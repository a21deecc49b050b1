"""How a database writes its names: one style for all of it, as real ones have.

Names are words joined by `_` until here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from plurel_cli.numerics.stream import Stream

LONGEST = 63
"""Letters of a name, which is what PostgreSQL keeps of one."""


@dataclass(frozen=True)
class Style:
    """How names are written.

    Attributes
    ----------
    case
        `snake`, `camel`, `pascal` or `upper`.
    plural
        Whether tables have plural names.
    prefix
        What all tables begin with.
    key
        How a primary key is called: `id`, `table_id` or `table`.
    reference
        What foreign keys end in: `id`, `fk` or `no`.
    """

    case: str = "snake"
    plural: bool = False
    prefix: str = ""
    key: str = "table_id"
    reference: str = "id"

    @classmethod
    def drawn(cls, stream: Stream) -> Style:
        """The style of a database."""
        draws = stream.draws()

        def one(**weights: float) -> str:
            return [*weights][draws.weighted([*weights.values()])]

        return cls(
            case=one(snake=70, camel=10, pascal=12, upper=8),
            plural=draws.chance(0.4),
            prefix=("", "tbl_", "t_", "app_")[draws.weighted([92, 3, 2, 3])],
            key=one(id=45, table_id=50, table_no=5),
            reference=one(id=94, fk=3, no=3),
        )

    def table(self, words: str, plural: str | None = None) -> str:
        """The name of a table.

        Parameters
        ----------
        words
            Its words, in the singular.
        plural
            Its plural, where that is irregular.

        Returns
        -------
        str
        """
        name = (plural or plural_of(words)) if self.plural else words
        return self.written(self.prefix + name)

    def primary_key(self, words: str) -> str:
        """The name of a table's primary key."""
        if self.key == "id":
            return self.written("id")
        return self.written(f"{words}_{'no' if self.key == 'table_no' else 'id'}")

    def foreign_key(self, words: str) -> str:
        """The name of a foreign key."""
        return self.written(f"{words}_{self.reference}")

    def written(self, words: str) -> str:
        """Words in the case of the database."""
        parts = [part for part in words.split("_") if part]
        if self.case == "camel":
            name = parts[0].lower() + "".join(map(_capital, parts[1:]))
        elif self.case == "pascal":
            name = "".join(map(_capital, parts))
        else:
            name = "_".join(parts)
            name = name.upper() if self.case == "upper" else name.lower()
        return name[:LONGEST]


def _capital(word: str) -> str:
    return word[:1].upper() + word[1:]


_AS_IS = (
    "settings",
    "news",
    "staff",
    "species",
    "series",
    "equipment",
    "feedback",
    "inventory",
    "statistics",
)


def plural_of(words: str) -> str:
    """The plural of a name, by its last word.

    Examples
    --------
    >>> [plural_of(words) for words in ("order_line", "category", "branch", "staff")]
    ['order_lines', 'categories', 'branches', 'staff']
    """
    head, _, word = words.rpartition("_")
    before = f"{head}_" if head else ""
    if word in _AS_IS:
        return words
    if word.endswith("person"):
        return before + word[: -len("person")] + "people"
    if word.endswith("y") and word[-2:-1] not in "aeiou":
        return before + word[:-1] + "ies"
    if word.endswith(("s", "x", "z", "ch", "sh")):
        return before + word + "es"
    if word.endswith("sis"):
        return before + word[:-2] + "es"
    return before + word + "s"


def distinct(names: Iterable[str]) -> list[str]:
    """Names of which no two differ by case alone: numbers go to those that would."""
    seen: set[str] = set()
    result = []
    for name in names:
        free, number = name, 2
        while free.lower() in seen:
            end = f"_{number}"
            free, number = name[: LONGEST - len(end)] + end, number + 1
        seen.add(free.lower())
        result.append(free)
    return result
