"""What comes from referenced rows is the same compiled, and the same columns are seen to act."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from plurel_cli.compiled.code.twins import TWINS
from plurel_cli.config.scm import ScmConfig
from plurel_cli.features.acting import levels_of
from plurel_cli.features.aggregations import aggregations
from plurel_cli.features.encoders import Cause
from plurel_cli.features.grids import Grid
from plurel_cli.features.mechanisms import is_by_grid, mechanisms
from plurel_cli.features.references import ReferencedColumns
from plurel_cli.features.roles.draws import Wanted, draw_embeddings, draw_mechanisms
from plurel_cli.features.rows import SLICE_ROWS
from plurel_cli.kernel.twins import definitions
from plurel_cli.numerics.stream import Stream
from tests.compiled.alike import alike

Column = NDArray[Any]

HOSTILE = (0.0, -0.0, 1e-45, -1e-38, 1e4, -1e6, 1e18, 3e38, np.inf, -np.inf, np.nan)


def drawn(rng: np.random.Generator, n: int) -> tuple[ReferencedColumns, list[Column]]:
    """Some columns of n rows, and their values."""
    config = ScmConfig.model_validate({"mlp": {"hidden": 9}})
    width, n_columns = int(rng.choice([1, 2, 3, 8, 32])), int(rng.integers(1, 8))
    only_tables = rng.random() < 0.5
    families, causes, values = [], [], []
    for _ in range(n_columns):
        family = str(rng.choice(mechanisms.names()))
        held = None if rng.random() < 0.9 else 1.0
        if rng.random() < 0.5:
            count = int(rng.integers(1, 9)) + 1
            cause = Cause(count, bool(rng.random() < 0.7), held=held)
            of_column: Column = rng.integers(0, count, n).astype(np.int32)
        else:
            scale = np.float32(10.0 ** rng.integers(-3, 4))
            of_column = rng.standard_normal(n).astype(np.float32) * scale
            if rng.random() < 0.1:
                of_column[:] = of_column[:1]
            has_grid = only_tables or (is_by_grid(family) and rng.random() < 0.5)
            grid = Grid.of(np.sort(of_column)) if has_grid and n else None
            mean, sd = (0.0, 1.0) if rng.random() < 0.5 else rng.uniform(0.1, 2.0, 2).tolist()
            cause = Cause(grid=grid, held=held, mean=mean, sd=sd)
        families.append(family)
        causes.append(cause)
        values.append(of_column)
    generator = Stream(int(rng.integers(1 << 30))).generator()
    wanted = [
        Wanted(family, width if cause.is_embedded else 1, width)
        for family, cause in zip(families, causes, strict=True)
    ]
    made = draw_mechanisms(wanted, config.mlp, generator)
    shapes = [(cause.categories or 2, width) for cause in causes if cause.is_embedded]
    tables = iter(draw_embeddings(shapes, config.mlp, generator))
    embeddings = [next(tables) if cause.is_embedded else None for cause in causes]
    names = np.array(aggregations.names())
    kinds = sorted(names[rng.random(len(names)) < 0.6].tolist()) or ["sum"]
    return ReferencedColumns(causes, made, embeddings, kinds), values


def levels(columns: ReferencedColumns, values: list[Column]) -> list[Column]:
    return [
        levels_of(cause, of_column, None)
        for cause, of_column in zip(columns.causes, values, strict=True)
    ]


def twin(name: str, definition: Callable[..., Any]) -> Callable[..., Any]:
    function: Callable[..., Any] = TWINS[name](definition)
    return function


def refused(*arguments: Any) -> Any:
    raise AssertionError("left to the definition")


def assert_same(columns: ReferencedColumns, values: list[Column]) -> None:
    with np.errstate(all="ignore"):
        expected = definitions["referenced"](columns, values)
        found = twin("referenced", definitions["referenced"])(columns, values)
        assert list(found) == list(expected)
        for kind, encodings in expected.items():
            assert found[kind].dtype == encodings.dtype == np.float32
            assert alike(found[kind], encodings), kind
        of_levels = levels(columns, values)
        acts = definitions["varying"](columns, of_levels)
        assert twin("varying", definitions["varying"])(columns, of_levels) == acts


@given(st.integers(0, 1 << 30), st.sampled_from([1, 2, 17, 200, SLICE_ROWS, SLICE_ROWS + 3]))
@settings(max_examples=200, deadline=None)
def test_referenced_rows_are_the_same(seed: int, n: int) -> None:
    assert_same(*drawn(np.random.default_rng(seed), n))


@given(st.integers(0, 1 << 30), st.data())
@settings(max_examples=150, deadline=None)
def test_referenced_rows_of_hostile_numbers_are_the_same(seed: int, data: st.DataObject) -> None:
    columns, values = drawn(np.random.default_rng(seed), 40)
    for number, of_column in enumerate(values):
        if of_column.dtype == np.float32:
            which = data.draw(st.integers(0, 39), label=f"row of {number}")
            of_column[which] = data.draw(st.sampled_from(HOSTILE))
    assert_same(columns, values)


def test_most_are_not_left_to_the_definition_and_some_act_and_some_do_not() -> None:
    acts, n_lifted, n_left = set(), 0, 0
    for seed in range(120):
        columns, values = drawn(np.random.default_rng(seed), 90)
        try:
            twin("referenced", refused)(columns, values)
            acts |= set(twin("varying", refused)(columns, levels(columns, values)))
        except AssertionError:
            n_left += 1
        n_lifted += bool(columns.lifted)
    assert n_left <= 6  # those in which a number is not finite
    assert n_lifted > 10
    assert acts == {True, False}


def test_other_aggregations_and_mechanisms_are_left_to_the_definition() -> None:
    columns, values = drawn(np.random.default_rng(3), 20)
    of_plugin = [*columns.mechanisms[:-1], lambda x: x[:, :1] * 2]
    for other in (
        replace(columns, kinds=["mean"], packed=None),
        replace(columns, mechanisms=of_plugin, packed=None),
    ):
        for name, given_ in (("referenced", values), ("varying", levels(columns, values))):
            with pytest.raises(AssertionError, match="left to the definition"):
                twin(name, refused)(other, given_)


def test_labels_that_no_table_has_are_left_to_the_definition() -> None:
    for seed in range(40):
        columns, values = drawn(np.random.default_rng(seed), 50)
        kinds = [cause.kind for cause in columns.causes]
        if "rows" in kinds:
            values[kinds.index("rows")][7] = 1000
            with pytest.raises(AssertionError, match="left to the definition"):
                twin("referenced", refused)(columns, values)
            return
    raise AssertionError("no column has labels")


@pytest.mark.parametrize("bit", [0, 31])
def test_one_bit_that_is_wrong_is_seen(bit: int, monkeypatch: pytest.MonkeyPatch) -> None:
    columns, values = drawn(np.random.default_rng(5), 50)
    assert_same(columns, values)
    right = TWINS["referenced"]

    def wrong(definition: Callable[..., Any]) -> Callable[..., Any]:
        def aggregated(*arguments: Any) -> Any:
            made = right(definition)(*arguments)
            next(iter(made.values())).view(np.uint32)[-1, -1] ^= np.uint32(1 << bit)
            return made

        return aggregated

    monkeypatch.setitem(TWINS, "referenced", wrong)  # type: ignore[misc]
    with pytest.raises(AssertionError):
        assert_same(columns, values)
