"""The stages that make a database, in their order."""

from __future__ import annotations

from typing import Literal

StageName = Literal["schema", "fk", "temporal", "features"]

STAGES: tuple[StageName, ...] = ("schema", "fk", "temporal", "features")
"""The stages in their order; each one's columns come after the earlier ones'."""
