"""A corpus beside a reference: quartiles over its databases, and whether they lie inside.

A corpus is inside where its median lies within the quartiles of the reference, ends included.
Its spread is met where its own quartiles overlap at least half of theirs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from plurel_cli.measure.family import Family, Values
from plurel_cli.measure.quartiles import Quartiles, quartiles

REFERENCE = "reference"
"""Name of the real databases."""

_LEAST_OVERLAP = 0.5


@dataclass(frozen=True)
class Measured:
    """The statistics of one database; one that plurel has not made has no seed."""

    folder: str
    seed: int | None
    values: Values


@dataclass(frozen=True)
class Judged:
    """One statistic of a corpus, beside the reference.

    Attributes
    ----------
    name, what
        Of the statistic.
    n
        Databases that have it.
    ours, theirs
        Quartiles of the corpus and of the reference, None where no database has it.
    is_inside
        Whether the corpus' median lies in the reference's quartiles; None where either is missing.
    is_spread
        Whether the corpus' quartiles cover half of the reference's; None for a single database.
    """

    name: str
    what: str
    n: int
    ours: Quartiles | None
    theirs: Quartiles | None
    is_inside: bool | None
    is_spread: bool | None


@dataclass(frozen=True)
class Comparison:
    """A corpus, or a single database, beside a reference.

    Attributes
    ----------
    family
        Of statistics.
    against
        Name of the reference.
    databases
        What was measured.
    judged
        Every statistic of the family.
    more
        Values that are not judged.
    """

    family: str
    against: str
    databases: tuple[Measured, ...]
    judged: tuple[Judged, ...]
    more: tuple[Judged, ...]

    @property
    def n_inside(self) -> int:
        """Statistics that are inside."""
        return sum(judged.is_inside is True for judged in self.judged)

    @property
    def n_spread(self) -> int:
        """Statistics whose spread is met."""
        return sum(judged.is_spread is True for judged in self.judged)

    def as_dict(self) -> dict[str, Any]:
        """Plain data, for JSON; a value that is missing is null."""
        is_corpus = len(self.databases) > 1
        return {
            "family": self.family,
            "against": self.against,
            "databases": [
                {"folder": one.folder, "seed": one.seed, "statistics": one.values}
                for one in self.databases
            ],
            "summary": {one.name: _as_dict(one) for one in (*self.judged, *self.more)},
            "inside": self.n_inside,
            "spread": self.n_spread if is_corpus else None,
            "of": len(self.judged),
        }


def _as_dict(judged: Judged) -> dict[str, Any]:
    return {
        "n": judged.n,
        **(asdict(judged.ours) if judged.ours else dict.fromkeys(Quartiles.__annotations__)),
        "against": asdict(judged.theirs) if judged.theirs else None,
        "inside": judged.is_inside,
        "spread": judged.is_spread,
    }


def is_inside(ours: Quartiles, theirs: Quartiles) -> bool:
    """Whether the median lies within the quartiles of the reference, ends included.

    Parameters
    ----------
    ours, theirs
        Quartiles of what was measured, and of the reference.

    Returns
    -------
    bool
    """
    return theirs.q25 <= ours.median <= theirs.q75


def is_spread(ours: Quartiles, theirs: Quartiles) -> bool:
    """Whether the quartiles overlap at least half of the reference's.

    Parameters
    ----------
    ours, theirs
        Quartiles of what was measured, and of the reference.

    Returns
    -------
    bool

    Notes
    -----
    Where the reference's quartiles are equal: whether that value lies within ours.
    """
    overlap = min(ours.q75, theirs.q75) - max(ours.q25, theirs.q25)
    return overlap >= _LEAST_OVERLAP * (theirs.q75 - theirs.q25)


def summed_up(family: Family, databases: Sequence[Measured]) -> dict[str, Quartiles]:
    """Quartiles of every statistic that some database has.

    Parameters
    ----------
    family
        Of statistics.
    databases
        What was measured.

    Returns
    -------
    dict
        Quartiles by name of the statistic; those that no database has are left out.
    """
    names = (*family.statistics, *family.more)
    summary = {name: quartiles(one.values.get(name) for one in databases) for name in names}
    return {name: one for name, one in summary.items() if one is not None}


def compare(
    family: Family,
    databases: Sequence[Measured],
    against: str = REFERENCE,
    theirs: Mapping[str, Quartiles] | None = None,
) -> Comparison:
    """Set databases beside a reference.

    Parameters
    ----------
    family
        Of statistics.
    databases
        One or more; a single one has no spread.
    against
        What the reference is called.
    theirs
        Its quartiles, those of real databases by default.

    Returns
    -------
    Comparison
        Every statistic of the family, judged.
    """
    ours = summed_up(family, databases)
    reference = family.reference if theirs is None else theirs

    def judged(name: str, what: str) -> Judged:
        our, their = ours.get(name), reference.get(name)
        n = sum(one.values.get(name) is not None for one in databases)
        if our is None or their is None:
            return Judged(name, what, n, our, their, None, None)
        spread = is_spread(our, their) if len(databases) > 1 else None
        return Judged(name, what, n, our, their, is_inside(our, their), spread)

    return Comparison(
        family=family.name,
        against=against,
        databases=tuple(databases),
        judged=tuple(judged(*named) for named in family.statistics.items()),
        more=tuple(judged(*named) for named in family.more.items()),
    )
