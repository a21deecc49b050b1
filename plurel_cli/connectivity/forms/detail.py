"""Keys to the row that made this one."""

from __future__ import annotations

from plurel_cli.blocks.column import BlockColumn
from plurel_cli.config import Config
from plurel_cli.connectivity.forms import Sampler, samplers
from plurel_cli.connectivity.site import Site
from plurel_cli.schema.foreign_key import ForeignKey
from plurel_cli.temporal.clock import Clock


@samplers.named("detail")
class DetailSampler(Sampler):
    """Draws keys to the row that made this one."""

    @staticmethod
    def planned(site: Site, config: Config) -> ForeignKey:
        """The key as it is: its habits are drawn with the row counts."""
        return site.key

    @staticmethod
    def keys(site: Site, clock: Clock) -> BlockColumn:
        """The keys of all rows."""
        return clock.details(site.table).keys
