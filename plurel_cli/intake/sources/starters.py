"""Schemas for those who come with nothing: a shop, a forum, a hospital and the like, as DBML."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from plurel_cli.errors import UsageError

if TYPE_CHECKING:
    from plurel_cli.intake.picture import Picture

_FOLDER = Path(__file__).parent.parent / "starters"


def starters() -> dict[str, str]:
    """All of them: what each is of, by its name."""
    return {
        path.stem: path.read_text(encoding="utf-8").partition("\n")[0].removeprefix("// ")
        for path in sorted(_FOLDER.glob("*.dbml"))
    }


def read_starter(name: str) -> Picture:
    """The schema of one.

    Parameters
    ----------
    name
        What it is called.

    Returns
    -------
    Picture

    Raises
    ------
    UsageError
        If there is none of that name.
    """
    from plurel_cli.intake.sources.dbml import read_dbml

    if name not in starters():
        raise UsageError("--preset", f"must be one of {', '.join(starters())}", name)
    return read_dbml((_FOLDER / f"{name}.dbml").read_text(encoding="utf-8"), f"preset {name}")
