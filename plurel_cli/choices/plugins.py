"""What other packages add to the registries, by entry points.

A package adds choices to a registry by entry points of the registry's group, such as
`plurel.layouts`: each names a module whose decorated functions or classes register themselves, as
those of the package do. They are looked up once in a process, and loaded with the registry.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from plurel_cli.errors import PluginError

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

PREFIX = "plurel."


@cache
def _entry_points() -> dict[str, tuple[EntryPoint, ...]]:
    """All entry points for registries, by group."""
    from importlib.metadata import entry_points

    every = entry_points()
    groups = sorted(group for group in every.groups if group.startswith(PREFIX))
    return {
        group: tuple(sorted(every.select(group=group), key=lambda point: (point.name, point.value)))
        for group in groups
    }


def load_plugins(group: str) -> None:
    """Import what other packages add to a registry.

    Parameters
    ----------
    group
        That of the registry.

    Raises
    ------
    PluginError
        If something cannot be imported, whatever the reason.
    """
    for point in _entry_points().get(group, ()):
        try:
            point.load()
        except Exception as error:  # somebody else's code
            distribution = point.dist.name if point.dist is not None else "unknown"
            raise PluginError(distribution, group, point.name, point.value, error) from error
