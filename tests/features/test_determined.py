"""Columns that others determine, against loops over what is written."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray

from plurel_cli import (
    Config,
    Database,
    do,
    generate,
    generate_to,
    load,
    parse_config,
    run_stage,
    schema_to,
    validate,
)
from plurel_cli.features.determined import running
from plurel_cli.features.determined.formula import Formula
from plurel_cli.features.determined.lookup import LookedUp
from plurel_cli.features.determined.rounded import Multiples, rounding_step
from plurel_cli.features.determined.running import Running
from plurel_cli.features.determined.settings import DETERMINED
from plurel_cli.features.roles.determined import DeterminedNode
from plurel_cli.features.roles.gathering import GatheringNode
from plurel_cli.numerics.stream import BLOCK_ROWS
from plurel_cli.report.causal import causes_of
from plurel_cli.schema.causal import CausalNode
from plurel_cli.schema.column import Column, Feature
from plurel_cli.schema.table import Table
from tests.causes import lines_of
from tests.features.test_intervene import changed
from tests.plans import graphs_drawn
from tests.statistics import chi_square_p, p_limit

LARGEST = float(np.finfo(np.float32).max)


def config_of(
    categorical_as: str = "integer",
    rows: tuple[int, int, int] = (30, 20, 400),
    connectivity: dict[str, Any] | None = None,
    p: Any = 0.5,
    kind: Any = None,
    **scm: Any,
) -> Config:
    its = {"p": p} | ({} if kind is None else {"kind": kind})
    return parse_config(
        {
            "schema": {
                "layout": "explicit",
                "columns": {"min": 8, "max": 12},
                "p_categorical": 0.5,
                "categories": {"min": 2, "max": 6},
            },
            "tables": {
                "users": {"rows": rows[0]},
                "shops": {"rows": rows[1], "timed": True},
                "orders": {"rows": rows[2], "parents": ["users", "shops", "users"]},
            },
            "connectivity": connectivity or {"p_nullable": 0.5, "null_rate": 0.2},
            "features": {"categorical_as": categorical_as, "scm": {"determined": its, **scm}},
        }
    )


CASES: dict[str, Config] = {
    "plain": config_of(),
    "labels": config_of("label", mode="lazy"),
    "booleans": config_of("boolean"),
    "eager": config_of(mode="eager"),
    "no nulls": config_of(nulls=0.0, connectivity={"p_nullable": 0.0}),
    "nulls with reasons": config_of(missing={"p_column": 0.6}, mode="lazy"),
    "mixtures": config_of(
        mode="lazy", budget={"p": 1.0}, transform=["integer_normal", "flag", "heaped"], cut="zipf"
    ),
}
SEEDS = range(4)


def nodes_of(table: Table) -> list[tuple[Column, CausalNode]]:
    its = {node.column: node for node in table.causal.nodes}
    return [(c, its[c.name]) for c in table.features if not its[c.name].is_variable]


def written(database: Database, table: str, node: int) -> tuple[Column, list[Any]]:
    name = database.schema.by_name[table].causal.nodes[node].column
    column = next(c for c in database.schema.by_name[table].columns if c.name == name)
    values = database.tables[table][name].to_list()
    if column.type == "string":
        values = [None if value is None else int(value.removeprefix("c")) for value in values]
    return column, values


def as_float32(value: float) -> float:
    return float(np.float32(min(max(value, -LARGEST), LARGEST)))


def expected(database: Database, table: Table, node: CausalNode) -> list[Any]:
    """Values of a column from those that determine it, row by row; of a lookup, the values that
    determine it themselves.
    """
    assert isinstance(node, DeterminedNode)
    its = node.determined
    keys: list[Any] = []
    if its.kind in ("counter", "total", "copied"):
        keys = database.tables[table.name][its.foreign_key].to_list()
    sources = [written(database, source, j)[1] for source, j in its.reads(table.name)]
    if its.kind in ("counter", "total"):
        sums: dict[int, float] = {}
        found: list[Any] = []
        for row, key in enumerate(keys):
            amount = 1.0 if its.kind == "counter" else sources[0][row] or 0.0
            if key is not None:
                sums[key] = sums.get(key, 0.0) + amount
            found.append(None if key is None else as_float32(sums[key]))
        return found
    if its.kind == "copied":
        return [None if key is None else sources[0][key] for key in keys]
    if its.kind == "lookup":
        return sources[0]
    found = []
    for values in zip(*sources, strict=True):
        if None in values:
            found.append(None)
            continue
        match its.kind:
            case "sum":
                found.append(as_float32(values[0] + values[1]))
            case "difference":
                found.append(as_float32(values[0] - values[1]))
            case "product":
                found.append(as_float32(values[0] * values[1]))
            case "rounded":
                found.append(values[0])
            case "band":
                found.append(sum(values[0] > edge for edge in its.boundaries))
    return found


def check(database: Database) -> Counter[str]:
    """How many columns of each kind are as they must be."""
    counts: Counter[str] = Counter()
    for table in database.schema.tables:
        for column, node in nodes_of(table):
            its = node.determined
            _, values = written(database, table.name, table.causal.nodes.index(node))
            wanted = expected(database, table, node)
            if column.type == "boolean" and its.kind == "band":
                wanted = [None if value is None else value > 0 for value in wanted]
            assert [v is None for v in values] == [w is None for w in wanted], (column, its)
            pairs = [(v, w) for v, w in zip(values, wanted, strict=True) if v is not None]
            if its.kind == "rounded":
                for value, number in pairs:
                    steps = np.float32(number) / its.step
                    assert value == as_float32(np.rint(steps) * its.step)
            elif its.kind == "lookup" or (its.kind == "copied" and column.categories is not None):
                assert len({w for _, w in pairs}) == len({*((w, v) for v, w in pairs)})
            else:
                assert pairs == [(v, v) for v, _ in pairs], its.kind
            counts[its.kind] += 1
    return counts


@pytest.mark.parametrize("case", CASES)
def test_values_are_what_determines_them(case: str) -> None:
    counts: Counter[str] = Counter()
    for seed in SEEDS:
        counts += check(generate(CASES[case], seed))
    assert len(counts) >= len(DETERMINED) - 1


def test_tables_of_several_blocks(tmp_path: Path) -> None:
    config = config_of(rows=(40, 30, BLOCK_ROWS + 9_000), mechanism="linear", width=1)
    counts: Counter[str] = Counter()
    for seed in (2, 0, 1):
        database = generate(config, seed)
        counts += check(database)
    assert {"total", "counter", "copied", "band"} <= set(counts)
    generate_to(tmp_path / "whole", config, 1)
    schema_to(tmp_path / "staged", config, 1)
    for stage in ("fk", "temporal", "features"):
        run_stage(stage, tmp_path / "staged")
    whole, staged = load(tmp_path / "whole"), load(tmp_path / "staged")
    assert not changed(database, whole)
    assert not changed(whole, staged)
    assert not validate(tmp_path / "whole")
    assert whole.schema.but(made=None) == staged.schema.but(made=None)


@pytest.mark.parametrize("kind", DETERMINED)
def test_one_kind_alone(kind: str) -> None:
    counts: Counter[str] = Counter()
    for seed in SEEDS[:2]:
        counts += check(generate(config_of(kind=kind, p=0.4), seed))
    assert set(counts) == {kind}


def test_nothing_depends_on_what_is_determined() -> None:
    for seed in SEEDS:
        schema = generate(config_of(children={"p": 1.0}, missing={"p_column": 0.5}), seed).schema
        free: set[tuple[str, int]] = set()
        for table in schema.tables:
            free |= {(table.name, j) for j, n in enumerate(table.causal.nodes) if n.is_variable}
        for table in schema.tables:
            used = [(p.table, j) for p in table.causal.parents for j in p.nodes]
            for node in table.causal.nodes:
                used += [(table.name, j) for j in node.of_row]
                if isinstance(node, GatheringNode) and node.gathered.reads():
                    used += node.gathered.reads()
                if node.null is not None:
                    used += node.null.reads(table.name)
                if isinstance(node, DeterminedNode):
                    used += node.determined.reads(table.name)
                    assert not node.of_row
                    assert node.null is None
            assert set(used) <= free


def test_shares_and_kinds_are_drawn_as_said() -> None:
    """Tables with two numbers, a category and a timed parent allow every kind of number."""
    p, n_determined, n_columns = 0.3, 0, 0
    kinds: Counter[str] = Counter()
    weights = {"sum": 3, "rounded": 1, "counter": 2, "copied": 2}
    config = config_of(rows=(4, 4, 6), p=p, kind={"choices": weights}, mode="lazy")
    for seed in range(300):
        schema = graphs_drawn(config, seed)
        table = schema.by_name["orders"]
        numbers = [c for c in table.features if c.categories is None]
        its = {
            n.column: n.determined if isinstance(n, DeterminedNode) else None
            for n in table.causal.nodes
        }
        free = [c for c in numbers if its[c.name] is None]
        parents = [schema.by_name[name] for name in ("users", "shops")]
        can_copy = all(
            any(
                n.column is not None and n.kind == "numerical" and n.is_variable
                for n in parent.causal.nodes
            )
            for parent in parents
        )
        if len(free) < 2 or not can_copy:
            continue
        n_columns += len(numbers)
        n_determined += len(numbers) - len(free)
        kinds.update(its[c.name].kind for c in numbers if its[c.name] is not None)
    total = sum(kinds.values())
    assert total > 150
    share = {kind: weight / sum(weights.values()) for kind, weight in weights.items()}
    assert chi_square_p([kinds[k] for k in weights], [share[k] * total for k in weights]) > p_limit(
        2
    )
    even = [total / len(weights)] * len(weights)
    assert chi_square_p([kinds[k] for k in weights], even) < p_limit(2)


def test_none_by_default() -> None:
    for table in generate(parse_config({"schema": {"tables": 4}}), 0).schema.tables:
        assert all(node.is_variable for node in table.causal.nodes)


def test_one_column_stays_as_it_was() -> None:
    """Whether columns may be determined moves nothing else than these and what they acted on."""
    config = config_of(p=0.0)
    raw = config.resolved()
    raw["features"]["scm"]["determined"]["kind"] = "counter"
    assert not changed(generate(config, 0), generate(Config.model_validate(raw), 0))


# Interventions.


@pytest.mark.once
def test_what_is_determined_follows() -> None:
    n_followed = 0
    for case in ("plain", "labels", "booleans"):
        database = generate(CASES[case], 1)
        for table in database.schema.tables:
            for _, node in nodes_of(table):
                its = node.determined
                if not its.of:
                    continue
                source = its.reads(table.name)[0].table
                name = database.schema.by_name[source].causal.nodes[its.of[0]].column
                after = do(database, source, name, 1)
                assert check(after) == check(database)
                held = after.tables[source][name]
                assert held.n_unique() == 1
                assert held.null_count() == 0
                n_followed += f"{table.name}.{node.column}" in changed(database, after)
    assert n_followed > 20


def test_holding_what_is_determined_moves_nothing_else() -> None:
    database = generate(CASES["plain"], 1)
    for table in database.schema.tables:
        for column, _ in nodes_of(table):
            after = do(database, table.name, column.name, 1)
            assert changed(database, after) == {f"{table.name}.{column.name}"}
            assert set(after.tables[table.name][column.name]) == {1}


# Pieces.


class Blocks:
    """Values by blocks of a few rows."""

    def __init__(self, values: NDArray[Any], size: int) -> None:
        self._values, self._size = values, size

    def block(self, index: int) -> NDArray[Any]:
        return self._values[index * self._size : (index + 1) * self._size]


@pytest.mark.parametrize("few", [0, 2, 1_000])
@pytest.mark.parametrize("size", [1, 7, 100])
def test_running_sums_in_any_order_of_blocks(
    few: int, size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "_FEW", few)
    generator = np.random.default_rng(size)
    keys = generator.integers(-1, 5, size=100)
    numbers = generator.normal(size=100).astype(np.float32)
    numbers[generator.random(100) < 0.2] = np.nan
    sums: dict[int, float] = {}
    wanted = []
    for key, number in zip(keys.tolist(), numbers.tolist(), strict=True):
        sums[key] = sums.get(key, 0.0) + (0.0 if number != number else number)
        wanted.append(np.nan if key < 0 else sums[key])
    n_blocks = -(-100 // size)
    order = [*range(n_blocks), *generator.integers(n_blocks, size=20).tolist()]
    column = Running(Blocks(keys, size), Blocks(numbers, size), 5)
    for index in order:
        part = np.array(wanted[index * size : (index + 1) * size])
        np.testing.assert_allclose(column.block(index), part, rtol=1e-6)


def test_formulas_of_numbers_too_large() -> None:
    large = np.array([LARGEST, -LARGEST, np.nan, 3.0], dtype=np.float32)
    two = np.array([2.0, 2.0, 2.0, np.nan], dtype=np.float32)
    product = Formula(np.multiply, Blocks(large, 4), Blocks(two, 4)).block(0)
    assert product[:2].tolist() == [LARGEST, -LARGEST]
    assert np.isnan(product[2:]).all()


@pytest.mark.parametrize(
    ("reference", "step"),
    [([0, 30], 10), ([0, 3.9], 1), ([0, 4], 2), ([0, 99], 20), ([0, 0.2], 0.1), ([7, 7], 1)],
)
def test_steps_of_rounding(reference: list[float], step: float) -> None:
    assert rounding_step(np.array(reference, dtype=np.float32)) == pytest.approx(step)


def test_the_even_multiple_of_two_is_taken() -> None:
    halves = np.array([1, 3, 5, -1, np.nan], dtype=np.float32)
    rounded = Multiples(Blocks(halves, 5), 2.0).block(0)
    assert rounded[:4].tolist() == [0, 4, 4, 0]
    assert np.isnan(rounded[4])


def test_null_looks_up_null() -> None:
    categories = np.array([2, -1, 0], dtype=np.int32)
    entries = np.array([5, 6, 7], dtype=np.float32)
    plain = LookedUp(Blocks(categories, 3), entries, is_boolean=False).block(0)
    assert plain[[0, 2]].tolist() == [7, 5]
    assert np.isnan(plain[1])
    boolean = LookedUp(Blocks(categories, 3), entries, is_boolean=True).block(0)
    assert boolean[[0, 2]].tolist() == [6, 5]
    assert np.isnan(boolean[1])


def test_described() -> None:
    database = generate(CASES["plain"], 1)
    text = lines_of(causes_of(database.schema))
    for table in database.schema.tables:
        for column, node in nodes_of(table):
            (line,) = [
                line
                for part in text.split("\n\n")
                if part.strip().startswith(table.name)
                for line in part.splitlines()
                if line.split()[:1] == [column.name]
            ]
            assert f"= {node.determined.kind}" in line
            for other, j in node.determined.reads(table.name):
                names = database.schema.by_name[other].causal.nodes
                assert str(names[j].column) in line


def test_readable_by_others(tmp_path: Path) -> None:
    generate_to(tmp_path / "db", CASES["labels"], 0)
    database = load(tmp_path / "db")
    orders = pl.read_parquet(tmp_path / "db" / "orders.parquet")
    assert orders.equals(database.tables["orders"])


def themed_config(**tables: Any) -> Config:
    rows = {"entity": 80, "event": 300, "activity": 400}
    schema: dict[str, Any] = {"tables": 6, "columns": 9, "rows": rows}
    if tables:
        schema = {"layout": "explicit", "columns": 0, "naming": "natural"}
    scm = {"determined": {"p": 0.6}}
    return parse_config(
        {"extends": "realistic", "schema": schema, "features": {"scm": scm}, "tables": tables}
    )


def with_lenses_determined(database: Database) -> list[tuple[Table, DeterminedNode]]:
    return [
        (table, node)
        for table in database.schema.tables
        for column, node in nodes_of(table)
        if isinstance(node, DeterminedNode)
        if isinstance(column, Feature) and column.lens is not None
    ]


def test_columns_of_themes_follow_others_as_they_are_written(tmp_path: Path) -> None:
    kinds: Counter[str] = Counter()
    for seed in (3, 4):
        generate_to(tmp_path / str(seed), themed_config(), seed)
        assert validate(tmp_path / str(seed)) == []
        database = load(tmp_path / str(seed))
        for table, node in with_lenses_determined(database):
            (cause,) = [str(table.causal.nodes[j].column) for j in node.determined.of]
            name = str(node.column)
            frame = database.tables[table.name].select(cause, name).drop_nulls()
            assert frame.height > 0
            assert frame.group_by(cause).agg(pl.col(name).n_unique())[name].max() == 1
            if node.determined.kind == "band" and frame[name].dtype == pl.Boolean:
                below, above = frame.filter(~pl.col(name))[cause], frame.filter(name)[cause]
                assert len(above) > 0
                assert below.max() < above.min()  # type: ignore[operator]
            kinds[f"{node.determined.kind} {table.by_column[name].type}"] += 1
    assert {"band boolean", "lookup int64", "lookup string"} <= {*kinds}


def test_what_is_stated_of_a_column_with_a_lens_is_not_determined() -> None:
    columns = {
        "kind": {"lens": "category", "values": {"a": 6, "b": 3, "c": 1}},
        "is_large": {"lens": "flag", "true": 0.2},
        "amount": {"lens": "money", "lognormal": {"median": 40, "sigma": 0.8}},
        "code": {"lens": "integer", "numbers": {1: 3, 2: 2}},
    }
    for seed in range(3):
        database = generate(themed_config(order={"rows": 900, "columns": columns}), seed)
        assert with_lenses_determined(database) == []
