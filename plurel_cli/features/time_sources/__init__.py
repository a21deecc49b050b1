"""Sources that are a row's time, its place among others, or its hidden trait, a file each.

A class is the record of one such source in `schema.json`, and holds all that there is to it: by
which foreign keys of a table it may go (`ways`), what draws it (`drawn`), what makes its values
(`values`), and how it is put in words. Its base is `source.TimeSource`.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from plurel_cli.prose import documented
from plurel_cli.schema.record import Record
from plurel_cli.schema.union import OpenUnion


class TimeSourceRecord(Record):
    """What of a row's time, its place among others or its hidden trait a source node is."""

    kind: str = Field(default="", description="Which.")
    instead: str = Field(
        description="What draws the values where these come out nearly constant in a column."
    )

    def words(self) -> str:
        """What it is, in words."""
        return self.kind

    @property
    def phrase(self) -> str:
        """What it is, in a sentence."""
        return documented(type(self))


time_sources: OpenUnion[TimeSourceRecord] = OpenUnion(
    TimeSourceRecord,
    "source of time",
    __name__,
    (
        *("hour", "weekday", "season", "moment"),
        *("age", "since_last", "so_far"),
        "trait",
    ),
)

AnyTimeSource = Annotated[TimeSourceRecord, time_sources]
"""A record of any of them."""
