"""Nulls with reasons: how many, who tells them, who shares them, and what interventions do."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import stats

from plurel_cli import Config, Database, do, generate, parse_config, validate
from plurel_cli.export import export
from plurel_cli.features.engine.written import CategoricalColumn
from plurel_cli.features.nulls import NullRecord
from plurel_cli.features.nulls.draw import draw_nulls, draw_p_column, draw_reasons
from plurel_cli.features.nulls.random import STATED_GROUP, Nulls, Random
from plurel_cli.features.nulls.settings import MissingConfig
from plurel_cli.features.nulls.told import Threshold, ToldNulls
from plurel_cli.numerics.shares import floor_share
from plurel_cli.numerics.stream import BLOCK_ROWS, Stream
from plurel_cli.report.causal import causes_of
from plurel_cli.schema.causal import CausalNode
from plurel_cli.schema.table import Table
from tests.causes import lines_of
from tests.features.slow import SlowDatabase
from tests.features.test_intervene import changed
from tests.plans import graphs_drawn, plan
from tests.statistics import chi_square_p, p_limit


def field(null: NullRecord, name: str) -> Any:
    """A field of a reason of nulls; none where it has no such."""
    return getattr(null, name, None)


TOLD = {"p_column": 0.5, "told": 1.0, "group": 0.3}


def config_of(missing: dict[str, Any], n_users: int = 400, **scm: Any) -> Config:
    return parse_config(
        {
            "schema": {"layout": "explicit", "columns": 8, "p_categorical": 0.3},
            "tables": {
                "users": {"rows": n_users},
                "orders": {"rows": 1_000, "parents": ["users"]},
            },
            "features": {"scm": {"missing": missing, **scm}},
        }
    )


def nodes_with_columns(table: Table) -> list[tuple[int, CausalNode]]:
    return [(j, node) for j, node in enumerate(table.causal.nodes) if node.column is not None]


def nulls_of(database: Database, table: Table, node: CausalNode) -> NDArray[np.bool_]:
    return database.tables[table.name][node.column].is_null().to_numpy()


# The threshold.


@given(
    values=st.lists(st.integers(-5, 5), min_size=1, max_size=60),
    share=st.floats(0, 1, exclude_max=True),
    is_above=st.booleans(),
)
def test_a_threshold_gives_the_share(values: list[int], share: float, is_above: bool) -> None:
    its = Threshold.of(np.array(values, dtype=np.float32), share, is_above)
    n_beyond = sum(x > its.value if is_above else x < its.value for x in values)
    n_at = values.count(int(its.value))
    assert 0 <= its.p_at <= 1
    assert abs(n_beyond + its.p_at * n_at - floor_share(share, len(values))) < 1e-9


@given(n=st.integers(1, 200), share=st.floats(0, 0.999), is_above=st.booleans())
def test_without_ties_the_share_is_exact(n: int, share: float, is_above: bool) -> None:
    values = np.random.default_rng(n).permutation(n).astype(np.float32)
    told = ToldNulls(lambda _: values, Threshold.of(values, share, is_above), Stream(1)).block(0)
    n_nulls = floor_share(share, n)
    expected = values >= n - n_nulls if is_above else values < n_nulls
    np.testing.assert_array_equal(told, expected)


@pytest.mark.parametrize("kind", [np.float32, np.int32])
def test_rows_at_the_threshold_are_null_at_random(kind: Any) -> None:
    values = np.repeat([0, 1, 2], [500, 1_000, 500]).astype(kind)
    threshold = Threshold.of(values, 0.4, is_above=True)
    assert threshold == Threshold(1.0, is_above=True, p_at=0.3)
    blocks = [ToldNulls(lambda _: values, threshold, Stream(s)).block(0) for s in range(200)]
    assert not any(block[:500].any() or not block[1_500:].all() for block in blocks)
    counts = np.array(blocks)[:, 500:1_500].sum(axis=0)  # of 200, for each row
    p = chi_square_p(np.bincount(counts, minlength=201), stats.binom(200, 0.3).pmf(range(201)))
    assert p > p_limit()
    wrong = stats.binom(200, 0.33).pmf(range(201))
    assert chi_square_p(np.bincount(counts, minlength=201), wrong) < p_limit()


def test_categories_are_null_by_minus_one() -> None:
    categories = np.arange(100, dtype=np.int32)
    column = CategoricalColumn(lambda _: categories, Nulls(100, 0.2, Stream(3)))
    written = column.block(0)
    is_null = Nulls(100, 0.2, Stream(3)).block(0)
    assert (written[is_null] == -1).all()
    assert (written[~is_null] == categories[~is_null]).all()
    assert (categories == np.arange(100)).all()


# What is drawn.


def plain_nodes(n: int) -> list[CausalNode]:
    return [CausalNode(kind="numerical", column=f"x{j}") for j in range(n)]


def drawn(n: int, seed: int, p_column: float, n_timed: int = 0, **missing: Any) -> list[CausalNode]:
    settings = MissingConfig.model_validate(missing)
    return draw_nulls(plain_nodes(n), range(n), settings, p_column, n_timed, Stream(seed))


def test_columns_groups_sides_and_rates_are_drawn_as_said() -> None:
    nullable, joined, told, sides, rates = (Counter() for _ in range(5))
    for seed in range(600):
        nodes = drawn(6, seed, 0.6, told=0.7, group=0.4, rate={"choices": {0.1: 3, 0.6: 1}})
        with_nulls = [node.null for node in nodes if node.null is not None]
        nullable[len(with_nulls)] += 1
        for before, its in pairwise(with_nulls):
            joined[before.group == its.group] += 1
            assert before == its or before.group + 1 == its.group
        for its in {its.group: its for its in with_nulls}.values():
            rates[its.share] += 1
            sides[field(its, "side")] += 1
            if len(with_nulls) < 6:
                told[field(its, "cause") is not None] += 1
    binomial = stats.binom(6, 0.6).pmf(range(7))
    assert chi_square_p([nullable[k] for k in range(7)], binomial) > p_limit(5)
    assert chi_square_p([joined[True], joined[False]], [0.4, 0.6]) > p_limit(5)
    assert chi_square_p([told[True], told[False]], [0.7, 0.3]) > p_limit(5)
    assert chi_square_p([sides["above"], sides["below"]], [1, 1]) > p_limit(5)
    assert chi_square_p([rates[0.1], rates[0.6]], [3, 1]) > p_limit(5)
    assert chi_square_p([joined[True], joined[False]], [0.3, 0.7]) < p_limit(5)
    assert chi_square_p([rates[0.1], rates[0.6]], [2, 1]) < p_limit(5)


def test_what_tells_is_another_column_without_nulls_if_there_is_one() -> None:
    seen = Counter()
    for seed in range(300):
        nodes = drawn(5, seed, 0.7, told=1.0, group=0.5)
        without = {j for j, node in enumerate(nodes) if node.null is None}
        for j, node in enumerate(nodes):
            if node.null is None:
                continue
            cause = field(node.null, "cause")
            if without:
                assert cause in without
                seen["without"] += 1
            elif cause is not None:
                assert cause != j
                assert nodes[cause].null.group != node.null.group
                seen["other"] += 1
            else:
                assert {its.null.group for its in nodes} == {0}
                seen["nobody"] += 1
    assert min(seen[name] for name in ("without", "other", "nobody")) > 5


def test_a_latent_node_tells_where_no_column_can() -> None:
    nodes = [*plain_nodes(2), CausalNode(kind="numerical")]
    settings = MissingConfig.model_validate({"told": 1.0, "group": 1.0})
    found = draw_nulls(nodes, [0, 1], settings, 1.0, 0, Stream(1))
    assert {field(node.null, "cause") for node in found[:2]} == {2}


def test_a_share_without_a_reason_gets_one() -> None:
    """As many are told by a column without nulls as `told` says, and the share stays."""
    told = Counter()
    settings = MissingConfig.model_validate({"told": 0.7})
    for seed in range(400):
        nodes = plain_nodes(4)
        nodes[1] = nodes[1].but(null=Random(share=0.55, group=STATED_GROUP + 1))
        nodes[2] = nodes[2].but(null=Random(share=0.2, group=0))
        after = draw_reasons(nodes, [1], [0, 2, 3], settings, 0, Stream(seed))
        assert [after[j] for j in (0, 2, 3)] == [nodes[j] for j in (0, 2, 3)]
        null = after[1].null
        assert null is not None
        assert (null.share, null.group) == (0.55, STATED_GROUP + 1)
        told[field(null, "cause")] += 1
    assert {*told} == {None, 0, 3}
    assert chi_square_p([told[None], told[0], told[3]], [0.3, 0.35, 0.35]) > p_limit()


def test_tables_lie_about_their_database() -> None:
    settings = MissingConfig.model_validate({"p_column": 0.3})
    drawn = [draw_p_column(settings, Stream(1), Stream(seed)) for seed in range(3_000)]
    assert stats.kstest(drawn, stats.beta(1.2, 2.8).cdf).pvalue > p_limit()
    assert stats.kstest(drawn, stats.beta(1.2, 2.2).cdf).pvalue < p_limit()
    for p in (0.0, 1.0):
        always = MissingConfig.model_validate({"p_column": p})
        assert draw_p_column(always, Stream(1), Stream(2)) == p


# Databases.


@pytest.mark.parametrize("mode", ["eager", "lazy"])
def test_nulls_are_exactly_where_their_cause_is_beyond_the_threshold(mode: str) -> None:
    config = config_of(TOLD, mode=mode, transform="identity", p_permuted=1.0)
    seen = Counter()
    for seed in range(8):
        database = generate(config, seed)
        for table in database.schema.tables:
            for _, node in nodes_with_columns(table):
                is_null = nulls_of(database, table, node)
                if (its := node.null) is None:
                    assert not is_null.any()
                    continue
                cause = table.causal.nodes[field(its, "cause")]
                assert cause.is_used
                if cause.null is not None:  # as all columns of the table do
                    continue
                seen[node.kind, cause.kind] += 1
                values = database.tables[table.name][cause.column]
                assert values.null_count() == 0
                x = values.to_numpy().astype(np.float64)
                beyond = (
                    x > field(its, "threshold")
                    if field(its, "side") == "above"
                    else x < field(its, "threshold")
                )
                assert is_null[beyond].all()
                assert not is_null[~beyond & (x != field(its, "threshold"))].any()
                if cause.kind == "numerical" and (x == field(its, "threshold")).sum() == 1:
                    assert is_null.sum() == floor_share(its.share, table.rows)
                    seen["exact"] += 1
    assert min(seen["numerical", "numerical"], seen["categorical", "numerical"]) > 3
    assert seen["numerical", "categorical"] > 3
    assert seen["exact"] > 5


@pytest.mark.parametrize("told", [0.0, 1.0])
def test_nulls_of_themes_have_reasons(told: float) -> None:
    shares = []
    missing = {"told": told, "itself": 0, "begins": 0}
    raw = {"extends": "realistic", "features": {"scm": {"missing": missing}}}
    for seed in range(14):
        for table in graphs_drawn(parse_config(raw), seed).tables:
            nodes = {node.column: node for node in table.causal.nodes}
            for column in table.features:
                node = nodes[column.name]
                if column.null_share and node.is_variable and node.null is not None:
                    assert node.null.share == column.null_share
                    shares.append((node.null.kind, len(table.features)))
    assert len(shares) > 5
    assert {kind for kind, n_columns in shares if n_columns > 1} == {"told" if told else "random"}


def test_shares_where_the_cause_has_ties() -> None:
    """All shares of a corpus together: rows at the threshold are as many as the share needs."""
    difference = variance = 0.0
    for seed in range(6):
        database = generate(config_of(TOLD | {"group": 0.0}, mode="eager"), seed)
        for table in database.schema.tables:
            frame = database.tables[table.name]
            for _, node in nodes_with_columns(table):
                if (
                    node.null is None
                    or table.causal.nodes[field(node.null, "cause")].kind == "numerical"
                ):
                    continue
                found = int(nulls_of(database, table, node).sum())
                n_at = frame[table.causal.nodes[field(node.null, "cause")].column] == field(
                    node.null, "threshold"
                )
                difference += found - floor_share(node.null.share, table.rows)
                variance += n_at.sum() / 4  # at most
    assert variance > 0
    assert abs(difference) < stats.norm.isf(p_limit() / 2) * variance**0.5


def test_a_latent_node_tells_too() -> None:
    told = {"p_column": 1.0, "told": 1.0, "group": 1.0}
    config = config_of(told, n_users=80, transform="identity")
    database = generate(config, 3)
    slow = SlowDatabase(database, config)
    for table in database.schema.tables:
        (its,) = {node.null for _, node in nodes_with_columns(table)}
        cause = table.causal.nodes[field(its, "cause")]
        assert cause.column is None
        assert cause.is_used
        (is_null,) = {nulls_of(database, table, n).tobytes() for _, n in nodes_with_columns(table)}
        mask = np.frombuffer(is_null, dtype=np.bool_)
        if table.name == "users" and cause.kind == "numerical":
            x = np.array(slow.values(table, field(its, "cause")))
            order = x[mask].min() - x[~mask].max()
            if field(its, "side") == "below":
                order = x[~mask].min() - x[mask].max()
            assert order > -1e-3 * np.ptp(x)


def test_groups_are_null_together_and_others_are_not() -> None:
    config = config_of({"p_column": 1.0, "told": 0.0, "group": 0.5, "rate": 0.3})
    seen = Counter()
    for seed in range(3):
        database = generate(config, seed)
        for table in database.schema.tables:
            nodes = [node for _, node in nodes_with_columns(table)]
            for a in nodes:
                assert nulls_of(database, table, a).sum() == floor_share(0.3, table.rows)
                for b in nodes:
                    both = nulls_of(database, table, a) & nulls_of(database, table, b)
                    if a.null.group == b.null.group:
                        assert both.sum() == floor_share(0.3, table.rows)
                    else:
                        n = floor_share(0.3, table.rows)
                        p = stats.hypergeom(table.rows, n, n).cdf(both.sum())
                        assert p_limit(500) < p < 1 - p_limit(500)
                    seen[a is b, a.null.group == b.null.group] += 1
    assert seen[False, True] > 10
    assert seen[False, False] > 10


@pytest.mark.parametrize("written", ["integer", "label", "boolean"])
def test_categories_may_be_null_however_they_are_written(written: str, tmp_path: Path) -> None:
    data = config_of(TOLD).resolved()
    data["features"]["categorical_as"] = written
    config = parse_config(data)
    plain = generate(config_of(TOLD), 2)
    database = generate(config, 2)
    database.save(tmp_path / "db")
    validate(tmp_path / "db")
    n_nulls = 0
    for table in database.schema.tables:
        for column in table.features:
            assert column.nullable
            its = database.tables[table.name][column.name]
            number = plain.tables[table.name][column.name]
            n_nulls += its.null_count() if column.kind == "categorical" else 0
            if column.kind == "numerical" or written == "integer":
                expected = number
            elif written == "label":
                expected = pl.select(pl.format("c{}", number)).to_series()
            else:
                expected = number > 0
            assert its.to_list() == expected.to_list()
    assert n_nulls > 0
    assert "not null" not in _features_of(export(database.schema, "sql"))


def _features_of(sql: str) -> str:
    return "\n".join(line for line in sql.lower().splitlines() if "feature_" in line)


def test_at_zero_the_old_setting_rules() -> None:
    database = generate(config_of({"p_column": 0.0, "told": 1.0, "rate": 0.9}), 1)
    for table in database.schema.tables:
        for column in table.features:
            assert column.nullable == (column.kind == "numerical")
        for _, node in nodes_with_columns(table):
            assert node.null is None
            share = table.causal.null_share if node.kind == "numerical" else 0.0
            assert nulls_of(database, table, node).sum() == floor_share(share, table.rows)


def test_nulls_move_no_value() -> None:
    with_nulls, without = (generate(config_of({**TOLD, "p_column": p}, nulls=0.0), 4)
                           for p in (0.5, 0.0))  # fmt: skip
    for table in without.schema.tables:
        for column in table.features:
            a, b = (its.tables[table.name][column.name] for its in (with_nulls, without))
            is_there = a.is_not_null()
            assert a.filter(is_there).to_list() == b.filter(is_there).to_list()


def test_any_block_on_its_own() -> None:
    config = parse_config(
        {
            "schema": {"layout": "explicit", "columns": 6},
            "tables": {"orders": {"rows": 2 * BLOCK_ROWS + 5_000}},
            "features": {"scm": {"missing": TOLD, "width": 2, "latent_extra": 0}},
        }
    )
    found = []
    for order in ([0, 1, 2], [2, 0, 1]):
        schema, columns = plan(config, 6)
        blocks = columns(schema.tables[0])
        nulls = {}
        for name in (column.name for column in schema.tables[0].features):
            its = {index: blocks[name].block(index) for index in order}
            values = np.concatenate([its[index] for index in range(3)])
            nulls[name] = np.isnan(values) if values.dtype == np.float32 else values < 0
        found.append(nulls)
    for _, node in nodes_with_columns(schema.tables[0]):
        one, other = (nulls[node.column] for nulls in found)
        np.testing.assert_array_equal(one, other)
        share = node.null.share if node.null else 0.0
        # beyond 2^16 rows the quantile is that of a sample
        error = (share * (1 - share) * (1 / BLOCK_ROWS + 1 / len(one))) ** 0.5
        assert abs(one.mean() - share) <= stats.norm.isf(p_limit(12) / 2) * error
    assert any(node.null for _, node in nodes_with_columns(schema.tables[0]))


# Interventions and reports.


def test_holding_a_cause_moves_the_nulls_that_it_tells() -> None:
    config = config_of(TOLD, mode="lazy", transform="identity")
    seen = Counter()
    for seed in range(2):
        database = generate(config, seed)
        for table in database.schema.tables:
            nodes = dict(nodes_with_columns(table))
            for j, cause in nodes.items():
                told = [its for its in nodes.values() if its.null and field(its.null, "cause") == j]
                if not told or cause.kind != "numerical":
                    continue
                for its in told:
                    step = 1.0 + abs(field(its.null, "threshold"))
                    for sign in (-1.0, 1.0):
                        value = field(its.null, "threshold") + sign * step
                        after = do(database, table.name, cause.column, value)
                        n_nulls = after.tables[table.name][its.column].null_count()
                        is_beyond = (sign > 0) == (field(its.null, "side") == "above")
                        assert n_nulls == (table.rows if is_beyond else 0)
                        seen[is_beyond] += 1
                        assert f"{table.name}.{its.column}" in changed(database, after)
    assert min(seen[True], seen[False]) > 2


def test_what_only_a_null_depends_on_moves_no_value_below() -> None:
    """A null that is told by a column moves with it; who refers to the row sees the raw value."""
    config = config_of(TOLD, layout="random_cauchy", children={"p": 0.0})
    n_checked = 0
    for seed in range(4):
        database = generate(config, seed)
        table = database.schema.by_name["users"]
        for j, node in nodes_with_columns(table):
            if not any(
                its.null and field(its.null, "cause") == j for _, its in nodes_with_columns(table)
            ):
                continue
            after = do(database, "users", node.column, 1 if node.kind == "categorical" else 0.5)
            reached = {j}
            for _ in table.causal.nodes:  # as often as the longest path may be long
                reached |= {
                    k for k, its in enumerate(table.causal.nodes) if set(its.of_row) & reached
                }
            for k, its in nodes_with_columns(table):
                if k in reached:
                    continue
                before, now = (d.tables["users"][its.column] for d in (database, after))
                both = before.is_not_null() & now.is_not_null()
                assert before.filter(both).to_list() == now.filter(both).to_list()
                n_checked += int(both.sum())
    assert n_checked > 500


def test_a_held_column_has_no_nulls() -> None:
    database = generate(config_of(TOLD | {"p_column": 1.0, "group": 0.0}), 1)
    for table in database.schema.tables:
        for _, node in nodes_with_columns(table):
            assert nulls_of(database, table, node).any() or node.null.share * table.rows < 5
            value = 1 if node.kind == "categorical" else 0.5
            after = do(database, table.name, node.column, value)
            assert after.tables[table.name][node.column].null_count() == 0


def test_describe_says_why() -> None:
    database = generate(config_of({"p_column": 0.6, "told": 0.5, "group": 0.5}), 1)
    text = lines_of(causes_of(database.schema))
    for table in database.schema.tables:
        for _, node in nodes_with_columns(table):
            if (its := node.null) is None:
                continue
            said = f"null: {its.share:.0%} at random"
            if field(its, "cause") is not None:
                name = table.causal.nodes[field(its, "cause")].column
                side, threshold = field(its, "side"), field(its, "threshold")
                said = f"null: {its.share:.0%} where {name} is {side} {threshold:.4g}"
            assert said in text
    assert ", with feature_" in text


# Nulls told by the value itself, and columns that begin.


def test_reasons_are_drawn_as_said() -> None:
    itself, begins = Counter(), Counter()
    for seed in range(800):
        settings: dict[str, Any] = {"told": 1.0, "group": 0.5, "itself": 0.3, "begins": 0.2}
        nodes = drawn(6, seed, 0.5, n_timed=1_000, **settings)
        groups: dict[int, list[int]] = {}
        for j, node in enumerate(nodes):
            if node.null is not None:
                groups.setdefault(node.null.group, []).append(j)
        if len(groups) == 1 and len(groups[0]) == 6:
            continue  # nothing is left that could tell
        for members in groups.values():
            its = nodes[members[0]].null
            assert its is not None
            begins[field(its, "first") is not None] += 1
            if field(its, "first") is None:
                itself[field(its, "cause") == members[0]] += 1
            else:
                assert field(its, "first") == floor_share(its.share, 1_000)
                assert (field(its, "cause"), field(its, "side")) == (None, None)
    assert chi_square_p([begins[True], begins[False]], [0.2, 0.8]) > p_limit(2)
    assert chi_square_p([begins[True], begins[False]], [0.3, 0.7]) < p_limit(2)
    assert chi_square_p([itself[True], itself[False]], [0.3, 0.7]) > p_limit(2)
    assert chi_square_p([itself[True], itself[False]], [0.4, 0.6]) < p_limit(2)


def test_nothing_begins_where_there_is_no_time() -> None:
    nodes = [n for seed in range(20) for n in drawn(6, seed, 0.9, begins=1.0, told=1.0)]
    assert all(field(node.null, "first") is None for node in nodes if node.null is not None)


def test_a_value_tells_of_its_own_null() -> None:
    """What is left lies on one side of all that is gone."""
    missing = {**TOLD, "group": 0.0, "itself": 1.0}
    n_seen = 0
    for seed in range(4):
        with_nulls, without = (
            generate(config_of({**missing, "p_column": p}, nulls=0.0, transform="identity"), seed)
            for p in (0.5, 0.0)
        )
        for table in with_nulls.schema.tables:
            for j, node in nodes_with_columns(table):
                if node.null is None or node.kind == "categorical":
                    continue
                assert field(node.null, "cause") == j
                is_null = nulls_of(with_nulls, table, node)
                values = without.tables[table.name][node.column].to_numpy()
                gone, left = values[is_null], values[~is_null]
                if (values == np.float32(field(node.null, "threshold"))).sum() == 1:
                    assert len(gone) == floor_share(node.null.share, table.rows)
                if field(node.null, "side") == "above":
                    assert gone.min() >= left.max()
                else:
                    assert gone.max() <= left.min()
                n_seen += 1
    assert n_seen > 10


def test_a_column_begins_at_a_date(tmp_path: Path) -> None:
    config = config_of({**TOLD, "begins": 1.0})
    n_seen = 0
    for seed in range(3):
        database = generate(config, seed)
        table = database.schema.by_name["orders"]
        for _, node in nodes_with_columns(table):
            if node.null is None:
                continue
            first = floor_share(node.null.share, table.rows)
            assert field(node.null, "first") == first
            is_null = nulls_of(database, table, node)
            assert is_null[:first].all()
            assert not is_null[first:].any()
            n_seen += 1
        assert all(
            field(node.null, "first") is None
            for _, node in nodes_with_columns(database.schema.by_name["users"])
            if node.null is not None
        )
        assert "before row" in lines_of(causes_of(database.schema))
    assert n_seen > 5


def test_a_column_of_several_blocks_begins_within_one() -> None:
    data = config_of({**TOLD, "begins": 1.0, "rate": 0.7}, mode="lazy").resolved()
    data["tables"]["orders"]["rows"] = BLOCK_ROWS + 20_000
    database = generate(parse_config(data), 2)
    table = database.schema.by_name["orders"]
    n_seen = 0
    for _, node in nodes_with_columns(table):
        if node.null is not None:
            is_null = nulls_of(database, table, node)
            assert is_null.sum() == int(np.flatnonzero(is_null)[-1]) + 1
            assert is_null.sum() == floor_share(0.7, table.rows)
            n_seen += 1
    assert n_seen > 0


def test_holding_what_tells_of_its_own_nulls_leaves_none() -> None:
    database = generate(config_of({**TOLD, "group": 0.0, "itself": 1.0}), 1)
    for table in database.schema.tables:
        for _, node in nodes_with_columns(table):
            if node.null is not None:
                after = do(database, table.name, node.column, 1)
                assert after.tables[table.name][node.column].null_count() == 0
