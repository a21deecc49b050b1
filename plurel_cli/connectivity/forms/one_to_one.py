"""Keys with at most one child a parent."""

from __future__ import annotations

from plurel_cli.blocks.column import BlockColumn
from plurel_cli.config import Config
from plurel_cli.connectivity.forms import Sampler, samplers
from plurel_cli.connectivity.one_to_one import OneToOneKeys, leading_stream
from plurel_cli.connectivity.site import Site
from plurel_cli.schema.foreign_key import ForeignKey
from plurel_cli.temporal.clock import Clock


@samplers.named("one_to_one")
class OneToOneSampler(Sampler):
    """Draws keys with at most one child a parent."""

    @staticmethod
    def planned(site: Site, config: Config) -> ForeignKey:
        """The key as it is: rows are drawn from the two row counts alone."""
        return site.key

    @staticmethod
    def keys(site: Site, clock: Clock) -> BlockColumn:
        """The keys of all rows."""
        stream = leading_stream(site.schema.seed, site.table.id, site.parent.id, "one_to_one")
        return OneToOneKeys(site.parent.rows, site.table.rows, stream)
