"""Values of reference rows of a large table are not computed again, which changes none."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from plurel_cli import Config, Database, do, generate, parse_config
from plurel_cli.features.engine import values as engine_values
from plurel_cli.features.engine.fits import TableFit
from plurel_cli.features.engine.values import Known
from plurel_cli.features.rows import SLICE_ROWS, Rows, all_rows, block_of_rows, reference_rows
from plurel_cli.numerics.stream import BLOCK_ROWS, Stream

N_ROWS = 2 * BLOCK_ROWS - 9_001


def config_of(**scm: Any) -> Config:
    """A table of two blocks, that of which it has children, and one that refers to it."""
    return parse_config(
        {
            "schema": {"layout": "explicit", "columns": 4},
            "tables": {
                "users": {"rows": 700},
                "orders": {"rows": N_ROWS, "parents": ["users"]},
                "items": {"rows": BLOCK_ROWS + 5, "parents": ["orders"]},
            },
            "features": {"scm": {"width": 2, "children": {"p": 0.5}, **scm}},
        }
    )


CONFIGS = {
    "causes": config_of(missing={"p_column": 0.5}),
    "lazy": config_of(mode="lazy"),
    "mixtures": config_of(mode="lazy", budget={"p": 1.0}),
}


def computed_again(
    known: Known, fit: TableFit, block: int, nodes: Collection[int]
) -> dict[int, Any]:
    return engine_values._computed(fit, block_of_rows(fit.table.rows, block), nodes)


def both(config: Config) -> list[Database]:
    """A database, and the same after an intervention on a large table."""
    before = generate(config, 5)
    column = next(c for c in before.schema.by_name["orders"].features if c.categories is None)
    return [before, do(before, "orders", column.name, 1.5)]


@pytest.mark.parametrize("name", CONFIGS)
def test_values_are_those_of_computing_all_of_them(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    n_computed = []
    computed = engine_values._computed

    def counted(fit: TableFit, rows: Rows, nodes: Any) -> Any:
        n_computed.append(rows.n)
        return computed(fit, rows, nodes)

    monkeypatch.setattr(engine_values, "_computed", counted)
    once, n_once = both(CONFIGS[name]), sum(n_computed)
    n_computed.clear()
    monkeypatch.setattr(Known, "_computed", computed_again)
    again, n_again = both(CONFIGS[name]), sum(n_computed)
    assert n_once < 0.6 * n_again
    for one, other in zip(once, again, strict=True):
        assert one.schema == other.schema
        for table, frame in one.tables.items():
            assert frame.equals(other.tables[table])


@given(n_rows=st.integers(1, 300_000), block=st.integers(0, 4), seed=st.integers(0, 20))
def test_values_of_some_rows_and_of_others_are_joined(n_rows: int, block: int, seed: int) -> None:
    of = np.arange(n_rows) ** 2
    reference = reference_rows(n_rows, Stream(seed))
    rows = block_of_rows(n_rows, min(block, (n_rows - 1) // BLOCK_ROWS))
    there = {piece.index for piece in reference}
    others = Rows(n_rows, [piece.index for piece in rows if piece.index not in there])
    missing = others.taken(of) if others.n else None
    expected = rows.taken(of)
    assert (rows.joined(reference, reference.taken(of), others, missing) == expected).all()
    if n_rows > SLICE_ROWS:
        with pytest.raises(KeyError):
            all_rows(n_rows).joined(Rows(n_rows, [0]), of[:SLICE_ROWS], Rows(n_rows, []), None)
