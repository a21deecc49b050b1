"""The base of every part of `schema.json`: frozen, and closed to fields it does not know."""

from __future__ import annotations

from typing import Self, cast

from pydantic import BaseModel, ConfigDict


class Record(BaseModel):
    """A frozen part of a database's description."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    def but(self, **changes: object) -> Self:
        """The same record with some fields changed; what is cached is forgotten."""
        values = {name: getattr(self, name) for name in type(self).model_fields} | changes
        return cast(Self, type(self).model_construct(**values))
