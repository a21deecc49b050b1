"""What sizes there may be together: rows of tables that hang on others, and scores of blocks.

Ranges are looked at by their ends, so that a config that passes is refused for no seed.
"""

from __future__ import annotations

from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING

from plurel_cli.config.connectivity import ConnectivityConfig
from plurel_cli.config.override import merged
from plurel_cli.config.wording import nearest
from plurel_cli.connectivity.counts import MOST as MOST_DETAILS
from plurel_cli.errors import Problem
from plurel_cli.numerics.shares import floor_share

if TYPE_CHECKING:
    from plurel_cli.config.model import Config
    from plurel_cli.config.tables import RatioConfig

MOST_SCORES = 1 << 18
"""Most scores of a foreign key's blocks: each is recorded, in about 30 bytes of `schema.json`."""

PAIRS_A_ROW = 2
"""A junction holds at most half of the pairs, so that a free one is soon drawn."""


def size_problems(config: Config) -> Iterator[Problem]:
    """All sizes of a config that do not go together.

    Parameters
    ----------
    config
        A config whose tables and references are sound.

    Yields
    ------
    Problem
    """
    yield from _score_problems("connectivity", config.connectivity)
    for name, table in config.tables.items():
        if table.connectivity is not None:
            settings = config.for_table(name).connectivity
            yield from _score_problems(f"tables.{name}.connectivity", settings)
        for key, stated in table.keys.items():
            if stated.connectivity is not None:
                settings = merged(config.for_table(name).connectivity, stated.connectivity)
                yield from _score_problems(f"tables.{name}.keys.{key}.connectivity", settings)
        for index, reference in enumerate(table.parents or ()):
            if reference.connectivity is not None:
                settings = merged(config.for_table(name).connectivity, reference.connectivity)
                place = f"tables.{name}.parents[{index}].connectivity"
                yield from _score_problems(place, settings)
    if config.is_explicit:
        yield from _row_problems(config)


def _score_problems(place: str, settings: ConnectivityConfig) -> Iterator[Problem]:
    parents = settings.parent_clusters.bounds[1]
    children = parents if settings.matched else settings.child_clusters.bounds[1]
    n_scores = settings.levels.bounds[1] * parents * children
    if n_scores > MOST_SCORES:
        rule = f"must give a key at most {MOST_SCORES} scores: levels × parent and child clusters"
        yield Problem(place, rule, n_scores, "lower levels or clusters")


def _row_problems(config: Config) -> Iterator[Problem]:
    """Tables of more rows than their parents, or pairs of parents, let them have."""
    parents = {
        name: [r.table for r in config.tables[name].parents or () if r.table != name]
        for name in config.table_names
    }
    for name in config.table_names:
        if (ratio := config.table(name).ratio) is not None:
            if ratio.to not in parents or ratio.to == name:
                remedy = nearest(ratio.to, [other for other in parents if other != name])
                yield Problem(
                    f"tables.{name}.ratio.to", "must name another table", ratio.to, remedy
                )
                return
            if config.table(name).rows is not None:
                yield Problem(f"tables.{name}.ratio", "must not stand beside rows")
            parents[name] = [*parents[name], ratio.to]
    try:
        order = tuple(TopologicalSorter(parents).static_order())
    except CycleError as error:
        circle = " → ".join(reversed(error.args[1]))
        ratios = [name for name in error.args[1] if config.table(name).ratio is not None]
        if ratios:
            rule = "must not be to a table whose rows hang on this one's"
            yield Problem(f"tables.{ratios[0]}.ratio.to", f"{rule}: {circle}")
        return  # other circles are told elsewhere
    rows: dict[str, tuple[int, int]] = {}
    for name in order:
        if name not in parents:
            return  # as is a parent that there is not
        most, rule = _most_rows(config, name, rows)
        rows[name] = _row_bounds(config, name, rows)
        if most is not None and rows[name][1] > most:
            yield Problem(f"tables.{name}.rows", f"must be at most {most}, {rule}", rows[name][1])


def ratio_rows(ratio: RatioConfig, others: int) -> int:
    """Rows of a table by those of another.

    Parameters
    ----------
    ratio
        How many for each row of that one.
    others
        Rows of that one.

    Returns
    -------
    int
        At least 1.
    """
    return max(1, round(ratio.mean * others))


def _most_rows(
    config: Config, name: str, rows: dict[str, tuple[int, int]]
) -> tuple[int | None, str]:
    """Most rows that a table may have for certain, and why; None for any number."""
    references = config.tables[name].parents or ()
    forms = [config.form(name, r.table, place) for place, r in enumerate(references)]
    if forms and forms[0].one_child:
        parent = references[0].table
        return rows[parent][0], f"the fewest of {parent}, each of which has one row at most"
    if config.table(name).junction and len(forms) > 1 and all(f.in_pairs for f in forms[:2]):
        fewest = rows[references[0].table][0] * rows[references[1].table][0]
        return fewest // PAIRS_A_ROW, "half of the pairs of its parents, in a junction"
    return None, ""


def _row_bounds(config: Config, name: str, rows: dict[str, tuple[int, int]]) -> tuple[int, int]:
    """Fewest and most rows of a table, those of its parents known."""
    stated, settings = config.table(name), config.for_table(name).schema
    references = config.tables[name].parents or ()
    if stated.rows is not None:
        return stated.rows.bounds
    if stated.ratio is not None:
        fewest, most = (ratio_rows(stated.ratio, n) for n in rows[stated.ratio.to])
        return fewest, most
    if references and config.form(name, references[0].table, 0).one_child:
        low, high = settings.forms.one_to_one_share.bounds
        fewest, most = rows[references[0].table]
        return max(1, floor_share(low, fewest)), max(1, floor_share(high, most))
    if references and config.form(name, references[0].table, 0).draws_counts:
        return _detail_bounds(config, name, rows[references[0].table])
    is_referred_to = any(
        reference.table == name
        for child in config.table_names
        for reference in config.tables[child].parents or ()
        if child != name
    )
    if not is_referred_to:
        return settings.rows.activity.bounds
    may_be_event = stated.events or (stated.events is None and settings.forms.p_event.bounds[1] > 0)
    must_be_event = stated.events or (
        stated.events is None and settings.forms.p_event.bounds[0] >= 1
    )
    kinds = [settings.rows.event] if may_be_event else []
    kinds += [] if must_be_event else [settings.rows.entity]
    return min(k.bounds[0] for k in kinds), max(k.bounds[1] for k in kinds)


def _detail_bounds(config: Config, name: str, parents: tuple[int, int]) -> tuple[int, int]:
    """Fewest and most rows of a table of details, for certain."""
    parent = (config.tables[name].parents or ())[0].table
    detail = config.for_key(name, "foreign_row_0", parent, 0).connectivity.detail
    has_least = detail.mean is not None and detail.none.bounds[1] == 0
    least = detail.least.bounds[0] if has_least else 0
    if detail.mean is not None:
        least = min(least, int(detail.mean.bounds[0]))
    return max(1, parents[0] * least), parents[1] * MOST_DETAILS
