from __future__ import annotations

import itertools
import math
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from plurel_cli import Config, estimate, generate_to, load_config, load_mixture, parse_config
from plurel_cli.compiled import start
from plurel_cli.effort.amounts import KINDS, OF_TABLES, work_of
from plurel_cli.effort.costs import costs
from plurel_cli.effort.drawn import DrawnDatabase
from plurel_cli.effort.estimate import LEAST_SAMPLED, MOST_SAMPLED, Estimate, on_machine
from plurel_cli.effort.sizes import cells
from plurel_cli.effort.text import render, sentence
from plurel_cli.errors import ConfigError, UsageError
from plurel_cli.lenses import lenses

ROOT = Path(__file__).parents[2]

CONFIGS = ("default", "broad", "realistic", "small", "snowflake", "realistic_plain")

SIZE_FACTOR = 1.5
"""Within which bytes must be, which are the same on every machine."""

TIME_FACTOR = 3.0
"""Within which the CPU time of several databases must be, on a machine that others use as well."""


def preset(name: str) -> Config:
    return load_config(ROOT / f"configs/{name}.yaml")


def of_rows(rows: int, **changes: Any) -> Config:
    tables = {"users": {"rows": rows // 10}, "orders": {"rows": rows, "parents": ["users"]}}
    return parse_config({"schema": {"layout": "explicit"}, "tables": tables, **changes})


def size_on_disk(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


@pytest.mark.parametrize("name", CONFIGS)
def test_rows_are_exact_and_bytes_and_time_are_near(name: str, tmp_path: Path) -> None:
    config = preset(name)
    seed = 41
    found = estimate(config, seed)
    began = time.process_time()
    schema = generate_to(tmp_path / "db", config, seed)
    spent = time.process_time() - began
    assert found.is_exact
    assert found.tables == len(schema.tables)
    assert found.rows == sum(table.rows for table in schema.tables)
    assert found.cells == sum(table.rows * len(table.columns) for table in schema.tables)
    written = size_on_disk(tmp_path / "db")
    assert written / SIZE_FACTOR < found.bytes < written * SIZE_FACTOR
    assert spent / TIME_FACTOR - 0.1 < found.total_s < spent * TIME_FACTOR + 0.1


@pytest.mark.parametrize("compression", ["zstd", "lz4", "snappy", "gzip", "uncompressed"])
def test_bytes_follow_the_compression(compression: str, tmp_path: Path) -> None:
    config = of_rows(20_000, output={"compression": compression}, features={"model": "none"})
    generate_to(tmp_path / "db", config, 1)
    written = size_on_disk(tmp_path / "db")
    assert written / SIZE_FACTOR < estimate(config, 1).bytes < written * SIZE_FACTOR


def test_an_estimate_of_any_number_of_rows_takes_no_longer() -> None:
    """By CPU time, of which a table of 10¹² rows would take weeks."""
    estimate(of_rows(10**4), 1)
    began = time.process_time()
    small, large = estimate(of_rows(10**9), 1), estimate(of_rows(10**12), 1)
    assert time.process_time() - began < 2.0
    assert large.rows == 1_100_000_000_000
    assert math.isclose(large.total_s, 1000 * small.total_s, rel_tol=0.05)
    assert math.isclose(large.bytes, 1000 * small.bytes, rel_tol=0.2)  # keys grow by a few bits
    assert large.total_s > 7 * 86400


def test_many_files_are_counted_without_being_listed() -> None:
    began = time.process_time()
    one, many = (of_rows(10**12, output={"part_rows": rows}) for rows in (None, 1))
    assert estimate(many, 1).bytes > estimate(one, 1).bytes
    assert time.process_time() - began < 2.0


KINDS_OF_TASKS = ["completion", "attribute", "forecast", "link"]


def with_tasks(**tasks: Any) -> Config:
    """Customers with orders, of which tasks are asked."""
    columns = {"state": {"lens": "category", "labels": ["new", "paid"]}, "n": {"lens": "integer"}}
    tables = {
        "customer": {"rows": 300},
        "product": {"rows": 200},
        "order": {"rows": 9000, "parents": ["customer", "product"], "columns": columns},
    }
    raw = {"schema": {"layout": "explicit", "columns": 3}, "tables": tables, "tasks": tasks}
    return parse_config({**raw, "time": {"min_days": 1500}, "output": {"layout": "relbench"}})


@pytest.mark.parametrize("score", ["none", "fast"])
def test_tasks_are_estimated_with_all_else(score: str, tmp_path: Path) -> None:
    raw = preset("realistic").resolved()
    raw["output"]["layout"] = "relbench"
    raw["tasks"] |= {"kinds": KINDS_OF_TASKS, "score": score, "hopeless": 1.0}
    config = parse_config(raw)
    found = estimate(config, 41)
    began = time.process_time()
    schema = generate_to(tmp_path / "db", config, 41)
    spent = time.process_time() - began
    assert {task.kind for task in schema.tasks or ()} >= {"completion", "forecast"}
    written = size_on_disk(tmp_path / "db")
    assert written / SIZE_FACTOR < found.bytes < written * SIZE_FACTOR
    assert spent / TIME_FACTOR - 0.1 < found.total_s < spent * TIME_FACTOR + 0.1


def test_more_of_tasks_takes_more() -> None:
    asked: list[dict[str, Any]] = [
        {},
        {"kinds": ["completion"]},
        {"kinds": ["completion", "forecast"]},
        {"kinds": ["completion", "forecast"], "score": "fast"},
        {"kinds": ["completion", "forecast"], "score": "fast", "max": 50},
        {"kinds": ["completion", "forecast"], "score": "full", "max": 50},
    ]
    several = [estimate(with_tasks(**tasks), 1) for tasks in asked]
    for fewer, more in itertools.pairwise(several):
        assert fewer.seconds["tasks"] < more.seconds["tasks"]
        assert fewer.bytes <= more.bytes
        assert fewer.memory <= more.memory
    for kind in OF_TABLES:  # of which tasks change nothing
        assert len({round(1e9 * one.seconds[kind] / one.seconds["keys"]) for one in several}) == 1


def test_what_has_no_tasks_takes_no_time_for_them() -> None:
    assert estimate(of_rows(10**4), 1).seconds["tasks"] == 0
    assert "tasks" not in render(estimate(of_rows(10**4), 1))
    assert "tasks" in render(estimate(with_tasks(kinds=["forecast"]), 1))
    none = with_tasks(kinds=["forecast"], max=0)
    assert (
        estimate(none, 1).seconds["tasks"]
        < estimate(with_tasks(kinds=["forecast"]), 1).seconds["tasks"]
    )


def test_an_estimate_with_tasks_of_many_rows_takes_no_longer() -> None:
    began = time.process_time()
    large = of_rows(10**12, tasks={"kinds": KINDS_OF_TASKS, "score": "full"})
    assert estimate(large, 1).seconds["tasks"] > 0
    assert time.process_time() - began < 2.0


def test_what_dominates_is_what_there_is_most_of() -> None:
    assert estimate(preset("default"), 1).dominant == "fit"
    assert estimate(of_rows(10**7, features={"model": "series"}), 1).dominant == "values"
    assert estimate(of_rows(10**7, features={"model": "none"}), 1).dominant in ("keys", "writing")
    assert estimate(of_rows(10**6), 1).largest[0] == "orders"


def test_more_of_anything_takes_more() -> None:
    found = [estimate(of_rows(rows), 1) for rows in (10**4, 10**5, 10**6, 10**7)]
    for fewer, more in itertools.pairwise(found):
        assert fewer.total_s < more.total_s
        assert fewer.bytes < more.bytes
        assert fewer.memory <= more.memory


def test_a_corpus_is_told_from_a_sample() -> None:
    config = preset("small")
    every, many = estimate(config, range(LEAST_SAMPLED)), estimate(config, range(10**6))
    assert every.is_exact
    assert every.rows == sum(estimate(config, seed).rows for seed in range(LEAST_SAMPLED))
    assert not many.is_exact
    assert LEAST_SAMPLED <= many.sampled <= MOST_SAMPLED
    assert many.databases == 10**6
    # of 5 tables at most, whose rows differ by less than a factor of 4 between databases
    assert 0.5 < many.rows / 10**6 / (every.rows / LEAST_SAMPLED) < 2


def test_a_mixture_is_told_by_the_configs_of_its_seeds(tmp_path: Path) -> None:
    file = tmp_path / "mixture.yaml"
    file.write_text("configs: [a.yaml, b.yaml]\n", encoding="utf-8")
    for name, rows in (("a", 100), ("b", 100_000)):
        text = f"schema: {{layout: explicit}}\ntables: {{users: {{rows: {rows}}}}}\n"
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    mixture = load_mixture(file)
    rows = {seed: estimate(mixture, seed).rows for seed in range(8)}
    assert set(rows.values()) == {100, 100_000}
    assert rows == {seed: 100 if mixture.position(seed) == 0 else 100_000 for seed in rows}


def test_what_cannot_be_made_is_refused_as_it_would_be_later() -> None:
    with pytest.raises(UsageError, match="seed"):
        estimate(preset("small"), 2**64)
    with pytest.raises(ConfigError, match="rows"):
        estimate({"schema": {"rows": {"entity": -1}}})


@pytest.mark.parametrize("name", CONFIGS)
def test_every_amount_of_work_has_a_cost_or_none_is_due(name: str) -> None:
    """Some units cost nothing that could be told apart; no kind of work costs nothing at all."""
    drawn = DrawnDatabase.of(preset(name), 0)
    for kind in KINDS:
        work = work_of(drawn)[kind]
        assert all(amount >= 0 for amount in work.values())
        assert (costs().time(kind, work) > 0) == (sum(work.values()) > 0), kind
    for table in drawn.schema.tables:
        for its in cells(drawn, table):
            assert costs().bytes_of(its, "zstd") > 0


def test_cells_of_every_lens_have_a_size() -> None:
    assert {f"feature_{kind}" for kind in lenses.names()} <= set(costs().size)


def test_lenses_are_counted_whatever_makes_the_features() -> None:
    columns = {"name": {"lens": "person_name"}, "total": {"lens": "formula", "of": "sum(order.n)"}}
    order = {"rows": 5000, "parents": ["users"], "columns": {"n": {"lens": "integer"}}}
    tables = {"users": {"rows": 300, "columns": columns}, "order": order}
    config = {"schema": {"layout": "explicit"}, "tables": tables, "features": {"model": "scm"}}
    work = work_of(DrawnDatabase.of(parse_config(config), 1))
    assert work["schema"]["lens"] == work["values"]["lens"] == 3
    assert work["values"]["lens_row_string"] == work["values"]["lens_formula_float64"] == 300
    assert work["values"]["lens_number_int64"] == work["values"]["lens_children"] == 5000


def _estimate(**changes: Any) -> Estimate:
    work = dict.fromkeys(OF_TABLES, 10.0)
    plain = Estimate(4, 4, 12, 4000, 40_000, 10**9, 10**8, work, ("orders", 0.5))
    return replace(plain, **changes)


def test_an_estimate_in_words() -> None:
    text = render(_estimate(), n_at_once=2)
    assert "rows                4,000\n" in text
    assert "60 s of one core" in text
    assert "30 s with 2 at once" in text
    assert "200 MB" in text
    assert "about" not in text
    assert "about 4,000" in render(_estimate(sampled=2))
    assert "2 of 4 databases" in render(_estimate(sampled=2))
    assert sentence(_estimate()) == (
        "4,000 rows will take about 60 s on this machine, most of it for schema and plan, and "
        "1 GB on the disk"
    )


def test_time_left_falls_with_the_rows_made() -> None:
    taken = _estimate()
    left = [taken.left_s(elapsed_s=100.0, rows=rows) for rows in (0, 1000, 2000, 4000)]
    assert left == sorted(left, reverse=True)
    assert left[-1] == 0.0
    assert math.isclose(left[0], 200.0)  # a third of the work, which plan and fit are, took 100 s
    assert taken.left_s(10.0, 5000) == 0.0


def test_tasks_are_left_when_all_rows_are_made() -> None:
    taken = _estimate(seconds=dict.fromkeys(OF_TABLES, 10.0) | {"tasks": 20.0})
    assert math.isclose(taken.left_s(elapsed_s=60.0, rows=4000), 20.0)


def test_a_part_of_a_run() -> None:
    half = _estimate().part(0.5)
    assert (half.rows, half.bytes, half.total_s) == (2000, 5 * 10**8, 30.0)
    assert half.memory == _estimate().memory


def test_compiled_functions_save_time_and_take_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    config, known = of_rows(1_000_000), costs().compiled
    taken = {}
    for kernel in ("numpy", "compiled"):
        monkeypatch.setenv("PLUREL_KERNEL", kernel)
        taken[kernel] = on_machine(config, 1, None)
    without, with_them = taken["numpy"], taken["compiled"]
    assert with_them.memory == without.memory + known.memory
    assert with_them.total_s < 0.8 * without.total_s
    assert with_them.seconds["keys"] < without.seconds["keys"]
    others = [kind for kind in KINDS if kind not in ("keys", "fit", "values")]
    assert all(with_them.seconds[kind] == without.seconds[kind] for kind in others)


def test_compiled_functions_are_counted_where_they_will_be_loaded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("PLUREL_KERNEL", raising=False)
    monkeypatch.setattr(start, "find_spec", lambda _: object())
    monkeypatch.setattr(start, "_cells", 0)
    monkeypatch.setattr(start, "_is_compiled", False)
    monkeypatch.setattr(start, "_is_refused", False)
    beyond = [on_machine(of_rows(rows), 1, None).seconds["fit"] for rows in (1_000, 1_000_000)]
    monkeypatch.setattr(start, "find_spec", lambda _: None)
    without = [on_machine(of_rows(rows), 1, None).seconds["fit"] for rows in (1_000, 1_000_000)]
    assert beyond[0] == without[0]
    assert beyond[1] != without[1]
