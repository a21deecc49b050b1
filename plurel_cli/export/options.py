"""What a user may ask of an export besides its target and its place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import Field, dataclass, field, fields
from typing import Any, Literal

from plurel_cli.errors import UsageError

PACKINGS = ("gzip", "zstd")
"""How files may be packed."""


@dataclass(frozen=True)
class Options:
    """What may be asked of an export; each target takes some of it.

    Attributes
    ----------
    constraints
        Whether keys and checks are declared.
    compress
        How files are packed.
    dialect
        Of SQL.
    schema_only
        Whether rows are left out.
    resume
        Whether a load that was interrupted goes on, table by table.
    append
        Whether rows are added to tables that are there.
    rename
        From tables, or columns as `table.column`, to what they are called there.
    licence
        Under which the data is given to others, by its name on the Hub.
    """

    constraints: bool = True
    compress: str | None = None
    dialect: str | None = None
    schema_only: bool = False
    resume: bool = False
    append: bool = False
    rename: Mapping[str, str] = field(default_factory=dict)
    licence: str | None = None

    @property
    def packing(self) -> Literal["uncompressed", "gzip", "zstd"]:
        """How Polars packs files."""
        if self.compress == "gzip":
            return "gzip"
        return "zstd" if self.compress == "zstd" else "uncompressed"

    def check(self, to: str, taken: frozenset[str]) -> None:
        """Refuse what a target has no use for.

        Parameters
        ----------
        to
            The target.
        taken
            Names of the options that it takes.

        Raises
        ------
        UsageError
            Naming the first.
        """
        for option in fields(self):
            if option.name not in taken and getattr(self, option.name) != _default(option):
                remedy = "leave it out"
                raise UsageError(FLAGS[option.name], f"is of no use with --to {to}", remedy=remedy)
        if self.rename and not self.append:
            raise UsageError(FLAGS["rename"], "is of no use without --append", remedy="add it")
        for name in ("resume", "constraints"):
            default = next(option.default for option in fields(self) if option.name == name)
            if self.append and getattr(self, name) != default:
                raise UsageError(FLAGS[name], "is of no use with --append", remedy="leave it out")
        if self.compress not in (None, *PACKINGS):
            raise UsageError("--compress", f"must be {' or '.join(PACKINGS)}", self.compress)


def _default(option: Field[Any]) -> object:
    return {} if option.name == "rename" else option.default


FLAGS = {
    "constraints": "--no-constraints",
    "compress": "--compress",
    "dialect": "--dialect",
    "schema_only": "--schema-only",
    "resume": "--resume",
    "append": "--append",
    "rename": "--rename",
    "licence": "--licence",
}
"""What the options are called on the command line."""
