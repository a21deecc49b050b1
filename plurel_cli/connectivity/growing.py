"""Where a foreign key of rows stands that come to a table which has some."""

from __future__ import annotations

from dataclasses import dataclass

from plurel_cli.connectivity.site import Site
from plurel_cli.temporal.grown import GrownClock


@dataclass(frozen=True)
class GrowingSite:
    """A foreign key of new rows.

    Attributes
    ----------
    site
        The key: of new rows alone, in a database with all rows of the other tables, with the
        randomness of the new rows.
    seed
        Seed of the database.
    n_former
        Rows of the table before them.
    clock
        The times of all rows, and of the new ones.
    """

    site: Site
    seed: int
    n_former: int
    clock: GrownClock

    @property
    def whole(self) -> Site:
        """The key of all rows, with the randomness of the database."""
        table = self.site.table
        schema = self.site.schema.but(seed=self.seed)
        return Site(schema, table.but(rows=self.n_former + table.rows), self.site.key)
