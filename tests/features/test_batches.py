"""Batches of rows: how long they are, and what their columns have in common."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from scipy import stats

from plurel_cli import generate
from plurel_cli.blocks.column import BLOCK_ROWS
from plurel_cli.features.budget.batches import Batches, BatchTraits
from plurel_cli.numerics.stream import Stream
from tests.features.test_budget import config_of, only


@pytest.mark.parametrize("mean", [1, 2, 9])
def test_rows_of_a_batch_are_geometric(mean: int) -> None:
    batch = Batches(40_000, mean, Stream(3).child("ends")).block(0)
    assert batch[0] == 0
    assert set(np.diff(batch)) <= {0, 1}
    lengths = np.bincount(batch)[:-1]
    if mean == 1:
        assert (lengths == 1).all()
        return
    counts = Counter(np.minimum(lengths, 3 * mean).tolist())
    several = range(1, 3 * mean + 1)

    def p_value(of: float) -> float:
        shares = [stats.geom.pmf(k, 1 / of) for k in several[:-1]]
        expected = np.array([*shares, 1 - sum(shares)]) * lengths.size
        return stats.chisquare([counts[k] for k in several], expected).pvalue

    assert p_value(mean) > 1e-4
    assert p_value(1.2 * mean) < 1e-4


def test_a_trait_is_normal_and_one_for_a_batch() -> None:
    batches = Batches(60_000, 4, Stream(5).child("ends"))
    traits, batch = BatchTraits(batches, Stream(5).child("trait")).block(0), batches.block(0)
    firsts = traits[np.append(True, np.diff(batch) != 0)]
    assert (traits == firsts[batch]).all()
    assert stats.kstest(firsts, "norm").pvalue > 1e-4
    ranks = stats.spearmanr(traits[1:], traits[:-1]).statistic
    assert ranks == pytest.approx(1 - 1 / 4, abs=5 / np.sqrt(batch[-1]))


def test_any_block_alone() -> None:
    n = 2 * BLOCK_ROWS + 100
    batches = Batches(n, 50, Stream(1).child("ends"))
    blocks = [BatchTraits(batches, Stream(1).child("trait")).block(k) for k in (2, 0, 1)]
    assert [block.size for block in blocks] == [100, BLOCK_ROWS, BLOCK_ROWS]
    again = BatchTraits(Batches(n, 50, Stream(1).child("ends")), Stream(1).child("trait"))
    assert (again.block(2) == blocks[0]).all()


def test_columns_of_one_trait_go_together_in_tables_of_any_kind() -> None:
    tables = {
        "users": {"rows": 3000},
        "orders": {"rows": 3000, "parents": ["users"]},
    }
    config = config_of(only(batches=1.0), tables, batch_traits=2, batch_rows=5)
    database = generate(config, 2)
    for table in database.schema.tables:
        frame = database.tables[table.name].select(f.name for f in table.features)
        traits = {}
        for node in table.causal.nodes:
            if node.column is not None:
                (share,) = node.budget
                assert (share.kind, share.mean_rows, share.share) == ("batches", 5, 1.0)
                traits.setdefault(share.trait, []).append(
                    share.sign * frame[:, node.column].to_numpy()
                )
        assert set(traits) <= {0, 1}
        for first, *others in traits.values():
            assert stats.spearmanr(first[1:], first[:-1]).statistic == pytest.approx(0.8, abs=0.06)
            assert all(np.allclose(first, other) for other in others)
        if len(traits) == 2:
            one, other = (several[0] for several in traits.values())
            assert abs(stats.spearmanr(one, other).statistic) < 5 / np.sqrt(3000 / 5)


@pytest.mark.parametrize("rows", [5, 60, 3000])
def test_a_small_table_has_several_batches(rows: int) -> None:
    config = config_of(only(batches=1.0), {"users": {"rows": rows}}, batch_rows=1000)
    database = generate(config, 4)
    (table,) = database.schema.tables
    budgets = [node.budget for node in table.causal.nodes if node.column is not None]
    assert {share.mean_rows for (share,) in budgets} == {max(rows // 10, 1)}
    frame = database.tables["users"].select(f.name for f in table.features)
    assert all(column.n_unique() > 1 for column in frame)
