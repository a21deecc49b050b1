"""A database that is read, and the place where what becomes of it is written.

Both are the same by default. Then what a run that is gone had begun is ended first, and the
database may be replaced by what it becomes.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from plurel_cli.storage.commit import Claim, claiming, mend
from plurel_cli.storage.obstacles import check_in_place
from plurel_cli.storage.place import Place, place_of


@dataclass(frozen=True)
class Rewriting:
    """Where a database is, and where it is going to be.

    Attributes
    ----------
    place
        The database that is read.
    target
        What is written.
    """

    place: Place
    target: Place

    @classmethod
    def of(cls, folder: str | Place, out: str | Place | None) -> Rewriting:
        """The rewriting of a database.

        Parameters
        ----------
        folder
            The database.
        out
            Folder to make; by default the database's.

        Returns
        -------
        Rewriting
        """
        place = place_of(folder)
        return cls(place, place if out is None else place_of(out))

    @property
    def is_in_place(self) -> bool:
        """Whether the database itself changes."""
        return self.target.resolve() == self.place.resolve()

    def mended(self) -> Rewriting:
        """The same, once the files of the database are whole.

        Returns
        -------
        Rewriting

        Raises
        ------
        StageError
            If a database is to change in a bucket.
        BusyError
            If a run is at work on it.
        StorageError
            If the disk refuses.
        """
        if self.is_in_place:
            check_in_place(self.place)
        mend(self.place)
        return self

    @contextmanager
    def claiming(self, *, replace: bool) -> Iterator[Claim]:
        """The target for this run alone.

        Parameters
        ----------
        replace
            Whether another database there may be replaced.

        Yields
        ------
        Claim
        """
        with claiming(self.target, replace=replace or self.is_in_place) as claim:
            yield claim
