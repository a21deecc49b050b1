"""Where the settings of a config were stated, as `schema.json` records it beside the config.

No value depends on it. A file is named without its folder, so that the record tells nothing of
the machine that it was written on.
"""

from __future__ import annotations

import shlex
from typing import Any, Literal

from pydantic import Field

from plurel_cli.schema.record import Record

SourceKind = Literal["preset", "file", "set"]


class SettingSource(Record):
    """One place where settings were stated."""

    kind: SourceKind = Field(
        description="A preset, a file, or an option `--set` of the command line."
    )
    name: str = Field(description="Name of the preset or file; of an option, its text.")
    settings: dict[str, Any] = Field(
        description="What it states, but for what another lays over it, as it is written there."
    )


class Sources(Record):
    """Where a config came from, and each of its settings that is no default."""

    config: str | None = Field(
        default=None, description="Preset or file that was named; none for the defaults."
    )
    is_preset: bool = Field(default=False, description="Whether that is a preset.")
    sets: tuple[str, ...] = Field(default=(), description="Settings that were laid over it.")
    scale: float | None = Field(
        default=None, description="By how much rows were multiplied after that."
    )
    stated: tuple[SettingSource, ...] = Field(
        default=(), description="Places where settings were stated, the last one first."
    )

    @property
    def arguments(self) -> str:
        """What the command line says of the config, ready for a shell."""
        words = []
        if self.config is not None:
            words += ["--config", self.config]
        for text in self.sets:
            words += ["--set", text]
        if self.scale is not None:
            words += ["--scale", repr(self.scale).removesuffix(".0")]
        return shlex.join(words)

    @property
    def files(self) -> tuple[str, ...]:
        """Names of the files that it takes to state the config again."""
        return tuple(source.name for source in self.stated if source.kind == "file")
