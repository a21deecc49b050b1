"""What a run says before it begins: what it will take, and whether the disk can hold it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from plurel_cli.cli.console import note

if TYPE_CHECKING:
    from plurel_cli.config import Config
    from plurel_cli.config.mixture import Mixture
    from plurel_cli.effort.estimate import Estimate

AnywayOption = Annotated[
    bool, typer.Option("--anyway", help="Begin even if the disk seems to have too little room.")
]

_LONG_S = 60.0

_SURELY_SHORT_S = 10.0
"""Of the machine whose costs are kept: no other is six times as slow."""

_FEW = 3
"""Databases of a corpus that are drawn if they tell that it is short, and fits many times."""

_SHORT_S = 40.0

_MANY_TIMES = 8


def before(
    out: str,
    config: Config | Mixture,
    seeds: int | range,
    *,
    anyway: bool,
    quiet: bool,
    jobs: int | None = None,
    share: float = 1.0,
) -> Estimate | None:
    """Say what a run will take, if that is long, and refuse what the disk cannot hold.

    Parameters
    ----------
    out
        Where it will write.
    config, seeds
        What it will make.
    anyway
        Whether it is to begin even if the disk cannot hold it.
    quiet
        Whether nothing is to be said.
    jobs
        Databases to make at once; by default one for each core.
    share
        How much of it the run makes.

    Returns
    -------
    Estimate or None
        None where the run itself will say what is wrong.
    """
    from plurel_cli.cli.guard import memory_limit
    from plurel_cli.effort.estimate import on_machine
    from plurel_cli.effort.text import sentence, size
    from plurel_cli.errors import FolderError, PlurelError
    from plurel_cli.storage.place import place_of
    from plurel_cli.storage.room import free_bytes

    try:
        place = place_of(out)
        free = free_bytes(place)
        taken = _here(on_machine(config, seeds, None, _FEW).part(share), jobs)
        is_short = taken.total_s / at_once(taken, jobs) < _SHORT_S
        fits = memory_limit() is None and (not free or _MANY_TIMES * taken.bytes < free)
        if not (taken.is_exact or (is_short and fits)):
            taken = _here(on_machine(config, seeds, None).part(share), jobs)
    except PlurelError:
        return None
    _look_at_memory(taken)
    n_at_once, needed = at_once(taken, jobs), taken.bytes
    is_long = taken.total_s / n_at_once > _LONG_S
    has_room = not free or needed <= free  # 0 is what folders that are on no disk say
    if not has_room and not anyway:
        rule = f"has too little room: {size(free or 0)} are free, and about {size(needed)} needed"
        remedy = "choose another --out, or begin all the same with --anyway"
        raise FolderError(place, rule, remedy=remedy)
    if not quiet and (is_long or not has_room):
        note(sentence(taken, n_at_once))
    return taken


def _here(taken: Estimate, jobs: int | None) -> Estimate:
    """An estimate for this machine, where it matters how fast it is."""
    from plurel_cli.effort.machine import slowness

    is_long = taken.total_s / at_once(taken, jobs) > _SURELY_SHORT_S
    return taken.at(slowness()) if is_long else taken


def _look_at_memory(taken: Estimate) -> None:
    """Refuse what is sure to need more memory than there is, and leave word of what needs it."""
    from plurel_cli.cli.guard import memory_limit, needing
    from plurel_cli.effort.text import size
    from plurel_cli.errors import ShortOfMemoryError

    limit, (table, _) = memory_limit(), taken.largest
    if limit is None:
        return
    error = ShortOfMemoryError(
        f"table {table}",
        f"needs more memory than the {size(limit)} that this process may use",
        remedy=f"lower tables.{table}.rows or tables.{table}.columns, or let it use more",
    )
    if taken.memory > limit:
        raise error
    needing(str(error))


def at_once(taken: Estimate, jobs: int | None) -> int:
    """Databases that are made at once.

    Parameters
    ----------
    taken
        The estimate of the run.
    jobs
        What the user asked for; by default all cores.

    Returns
    -------
    int
        At least 1.
    """
    from plurel_cli.storage.machine import usable_cores

    cores = usable_cores()
    return min(jobs or cores, cores, taken.databases)
