"""Where a foreign key stands: its two tables, what the config says of it, and its randomness.

A foreign key is addressed by child, parent and which one it is of the child's keys to that
parent, so that its model and rows depend on nothing else but the two row counts, and, where
references keep to time, the two tables' times.
"""

from __future__ import annotations

from dataclasses import dataclass

from plurel_cli.config import Config
from plurel_cli.config.connectivity import ConnectivityConfig
from plurel_cli.numerics.stream import SharedStream, Stream
from plurel_cli.schema.foreign_key import ForeignKey
from plurel_cli.schema.model import Schema
from plurel_cli.schema.table import Table


@dataclass(frozen=True)
class Site:
    """A foreign key in its database.

    Attributes
    ----------
    schema
        The database.
    table
        The table that has the key.
    key
        The key.
    """

    schema: Schema
    table: Table
    key: ForeignKey

    @property
    def place(self) -> str:
        """The settings that a message about the key names."""
        return f"connectivity, for {self.table.name}.{self.key.name}"

    @property
    def parent(self) -> Table:
        """The table that the key refers to."""
        return self.schema.by_name[self.key.references]

    @property
    def both_timed(self) -> bool:
        """Whether parent and child have times."""
        return self.table.time_column is not None and self.parent.time_column is not None

    @property
    def stream(self) -> Stream:
        """Randomness of the key alone."""
        root = Stream(self.schema.seed)
        return root.child("fk", self.table.id, self.parent.id, self.key.ordinal)

    @property
    def shared(self) -> Stream:
        """Randomness that all foreign keys of the table share."""
        return Stream(self.schema.seed).child("fk", self.table.id, "shared")

    def settings(self, config: Config) -> ConnectivityConfig:
        """What the config says of this key."""
        position = self.table.foreign_keys.index(self.key)
        settings = config.for_key(self.table.id, self.key.name, self.parent.id, position)
        return settings.connectivity

    def alike(self, stream: Stream, share: float) -> SharedStream:
        """Randomness of draws of which a share is the same for all keys of the database.

        Parameters
        ----------
        stream
            Randomness of this key's draws alone.
        share
            Of the draws, 0 to 1.

        Returns
        -------
        SharedStream
        """
        return SharedStream(stream, Stream(self.schema.seed).child("fk", "habits"), share)
