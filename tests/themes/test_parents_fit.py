"""Points by parents are those of their definition, for all themes."""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plurel_cli.themes.fit import LATER
from plurel_cli.themes.model import ADDED, Archetype, Theme, theme
from plurel_cli.themes.names import theme_names
from plurel_cli.themes.parents_fit import UNKNOWN, parents_fit


def defined(
    theme: Theme,
    table: Archetype,
    parents: Sequence[Archetype | None],
    detail: int | None,
    is_timed: bool,
) -> float:
    """The points of one table, added up one after another."""
    names = ["" if parent is None else parent.name for parent in parents]
    if any(table.name in theme.above.get(name, ()) for name in names):
        return float("-inf")
    ranks = [theme.ranks.get((table.name, name)) for name in names]
    score = 0.0
    for rank in ranks:
        score += -2.5 if rank is None else 4.0 if rank == 0 else 3.0
    first = int(next(iter(table.parents), None) == table.name)
    if len(table.parents) > first and first not in ranks:
        score -= 4.0 if table.role in (*ADDED, "junction") else 1.5
    if detail is not None:
        parent, name = parents[detail], names[detail]
        if table.role in ADDED:
            return score + (7.0 if table.comes_with == name else -7.0)
        if name not in table.parents:
            return score - 4.0
        return score + (3.0 if parent is not None and parent.role in LATER else 0.0)
    if table.detail_of is not None:
        of = next((p for p in parents if p is not None and p.name == table.detail_of), None)
        score += -6.0 if of is None else -1.0 if of.role in LATER and is_timed else 2.0
    return score


@pytest.mark.parametrize("name", theme_names())
@given(st.data())
def test_points_are_those_of_their_definition(name: str, data: st.DataObject) -> None:
    one = theme(name)
    tables = [*one.tables.values()]
    positions = st.integers(UNKNOWN, len(tables) - 1)
    parents = data.draw(st.lists(positions, max_size=4))
    detail = data.draw(st.none() | st.integers(0, len(parents) - 1)) if parents else None
    is_timed = data.draw(st.booleans())
    several = [None if at == UNKNOWN else tables[at] for at in parents]
    expected = [defined(one, table, several, detail, is_timed) for table in tables]
    assert parents_fit(one)(parents, detail, is_timed).tolist() == expected


def test_some_theme_has_each_of_the_rules() -> None:
    every = [table for name in theme_names() for table in theme(name).tables.values()]
    assert any(map(attrgetter("detail_of"), every))
    assert {"junction", *ADDED} <= {table.role for table in every}
    assert any(table.is_hierarchy for table in every)
