"""How the keys of each form are drawn, one module a form, named as its record in `schema.forms`."""

from __future__ import annotations

from typing import Protocol

from plurel_cli.blocks.column import BlockColumn
from plurel_cli.choices.registry import Registry
from plurel_cli.config import Config
from plurel_cli.connectivity.growing import GrowingSite
from plurel_cli.connectivity.site import Site
from plurel_cli.errors import UsageError
from plurel_cli.schema.foreign_key import ForeignKey
from plurel_cli.temporal.clock import Clock


class Sampler(Protocol):
    """Draws the keys of one form."""

    @staticmethod
    def planned(site: Site, config: Config) -> ForeignKey:
        """The key with a record of all that its rows are drawn from.

        Parameters
        ----------
        site
            The key.
        config
            What to draw from.

        Returns
        -------
        ForeignKey
        """
        ...

    @staticmethod
    def keys(site: Site, clock: Clock) -> BlockColumn:
        """The keys of all rows, by block.

        Parameters
        ----------
        site
            The key, planned.
        clock
            Times of the database.

        Returns
        -------
        BlockColumn
            int64; below 0 for null.
        """
        ...

    @staticmethod
    def grown(growing: GrowingSite) -> BlockColumn:
        """The keys of rows that come to a table, among all rows that there are then.

        Parameters
        ----------
        growing
            The key of the new rows.

        Returns
        -------
        BlockColumn
            int64, of the new rows alone; below 0 for null.

        Raises
        ------
        UsageError
            If keys of the form cannot go on.
        """
        rule = f"is of the form {growing.site.key.form}, whose keys cannot go on"
        raise UsageError(growing.site.place, rule, remedy="make a larger database instead")


samplers: Registry[type[Sampler]] = Registry("form", __name__, "plurel.samplers")


def sampler_of(key: ForeignKey) -> type[Sampler]:
    """What draws the keys of a foreign key."""
    return samplers[key.form].function
