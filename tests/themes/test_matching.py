"""Matching: details, sizes and lists go where they belong, whatever was drawn."""

from __future__ import annotations

from functools import cache
from statistics import mean

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plurel_cli import load_config
from plurel_cli.config import Config
from plurel_cli.numerics.stream import Stream
from plurel_cli.schema.skeleton import sample_skeleton
from plurel_cli.schema.standing import Standing
from plurel_cli.schema.themed import Themed, outlines
from plurel_cli.themes.matching import matched
from plurel_cli.themes.model import ADDED, theme
from plurel_cli.themes.names import theme_names
from plurel_cli.themes.outline import Matched, Outline

SEEDS = range(500, 540)


@cache
def realistic() -> Config:
    return load_config("realistic")


@cache
def drawn(seed: int) -> tuple[Themed, list[Outline]]:
    stream = Stream(seed).child("schema")
    skeleton = sample_skeleton(realistic(), stream)
    standing = Standing(realistic(), seed, stream, skeleton)
    themed = Themed(realistic(), skeleton, standing, stream.child("themed"))
    return themed, outlines(skeleton, standing)


@cache
def several() -> list[tuple[Outline, Matched, dict[str, Matched]]]:
    return [
        (outline, themed.matches[outline.name], dict(themed.matches))
        for themed, outlined in map(drawn, SEEDS)
        for outline in outlined
    ]


def test_details_are_what_comes_with_another_table() -> None:
    details = [entry for entry in several() if entry[0].detail_of is not None]
    assert len(details) > 60
    roles = [match.archetype.role for _, match, _ in details]
    comes = [role in (*ADDED, "event", "document", "junction") for role in roles]
    assert mean(comes) > 0.95, roles
    for outline, match, matches in details:
        archetype, parent = match.archetype, matches[str(outline.detail_of)].archetype
        if archetype.role in ADDED and not archetype.name.startswith("composed"):
            assert archetype.comes_with == parent.name, (match.name, parent.name)


def test_what_comes_with_a_table_refers_to_it() -> None:
    n_apart = n = 0
    for outline, match, matches in several():
        archetype = match.archetype
        if archetype.detail_of is not None and not outline.is_one_to_one:
            n += 1
            names = [matches[parent].archetype.name for parent in outline.others]
            n_apart += archetype.detail_of not in names
    assert n > 30
    assert n_apart <= 0.2 * n


def test_tables_of_a_smaller_class_are_smaller() -> None:
    sizes: dict[str, list[float]] = {}
    for outline, match, _ in several():
        if match.archetype.rows is not None:
            sizes.setdefault(match.archetype.rows, []).append(outline.size)
    small, medium, large = (mean(sizes[name]) for name in ("small", "medium", "large"))
    assert small + 0.2 < medium
    assert medium + 0.1 < large


def test_lists_are_short() -> None:
    lists = [
        outline.rows
        for themed, outlined in map(drawn, range(500, 620))
        for outline in outlined
        if themed.matches[outline.name].archetype.role == "category"
    ]
    assert len(lists) > 20
    assert mean(rows > 1_000 for rows in lists) < 0.1


@cache
def _graph(n: int) -> st.SearchStrategy[list[Outline]]:
    """Any graph of tables, without regard to what a schema could draw."""

    @st.composite
    def graph(draw: st.DrawFn) -> list[Outline]:
        result: list[Outline] = []
        for k in range(n):
            others = [f"table_{j}" for j in range(k)]
            parents = draw(st.lists(st.sampled_from(others), max_size=4)) if others else []
            parents += [f"table_{k}"] * draw(st.integers(0, 1))
            of = [parent for parent in parents if parent != f"table_{k}"]
            result.append(
                Outline(
                    name=f"table_{k}",
                    parents=tuple(parents),
                    n_children=draw(st.integers(0, 4)),
                    n_details=draw(st.integers(0, 2)),
                    rows=draw(st.integers(1, 10**7)),
                    size=k / n,
                    is_timed=draw(st.booleans()),
                    is_event=draw(st.booleans()),
                    is_junction=len(of) > 1 and draw(st.booleans()),
                    is_one_to_one=bool(of) and draw(st.booleans()),
                    detail_of=of[0] if of and draw(st.booleans()) else None,
                )
            )
        return result

    return graph()


@given(name=st.sampled_from(theme_names()), outlined=_graph(9), seed=st.integers(0, 100))
@settings(max_examples=40, deadline=None)
def test_any_graph_is_matched_with_names_of_its_own(
    name: str, outlined: list[Outline], seed: int
) -> None:
    of = theme(name)
    matches = matched(of, outlined, Stream(seed))
    assert len({match.name for match in matches.values()}) == len(outlined)
    for outline in outlined:
        match = matches[outline.name]
        assert len({*match.keys}) == len(match.keys) == len(outline.parents)
        for parent in outline.others:
            above = matches[parent].archetype.name
            assert match.archetype.name not in of.above.get(above, ()), "referred to by its own"


@pytest.mark.parametrize("name", theme_names())
def test_every_table_says_how_large_it_is(name: str) -> None:
    for table in theme(name).tables.values():
        assert table.rows in ("small", "medium", "large"), table.name
