"""How a database's rate goes through the week, the day and the year, one module a profile.

A profile is a function `(stream, *, settings…) → Profile`: weights of weekdays, of the hours of
working days and of weekends, and of months. It is drawn once for a database, whose tables share it.
"""

from __future__ import annotations

from collections.abc import Callable

from plurel_cli.choices.registry import Registry

DrawProfile = Callable[..., object]

profiles: Registry[DrawProfile] = Registry("profile", __name__)
"""Each gives a `schema.arrivals.Profile`."""
