"""Details in random layouts: which tables they belong to."""

from __future__ import annotations

import math

from plurel_cli import parse_config
from plurel_cli.schema.sample import sample_schema

RAW = {
    "schema": {
        "layout": "layered",
        "tables": 12,
        "forms": {"p_detail": 1.0, "p_event": 0.4, "p_one_to_one": 0.1},
    },
    "features": {"model": "none"},
}


def test_details_belong_to_tables_with_times() -> None:
    config, n_details = parse_config(RAW), 0
    for seed in range(30):
        schema = sample_schema(config, seed)
        for table in schema.tables:
            parents = [schema.by_name[key.references] for key in table.foreign_keys]
            timed = [parent for parent in parents if parent.time_column is not None]
            first = next(iter(table.foreign_keys), None)
            if first is None or first.one_child:
                continue
            assert first.draws_counts == bool(timed)
            assert not any(key.draws_counts for key in table.foreign_keys[1:])
            if first.draws_counts:
                n_details += 1
                assert parents[0].time_column is not None
    assert n_details > 50


def test_none_are_details_of_tables_without_times() -> None:
    config = parse_config({**RAW, "schema": {**RAW["schema"], "forms": {"p_detail": 1.0}}})
    for seed in range(10):
        schema = sample_schema(config, seed)
        assert not any(k.draws_counts for table in schema.tables for k in table.foreign_keys)


def test_what_refers_to_no_table_with_times_may_be_owned() -> None:
    forms = {"p_detail": 0.0, "p_event": 0.2, "p_owned": 0.4}
    config = parse_config({**RAW, "schema": {**RAW["schema"], "forms": forms}})
    n, n_owned = 0, 0
    for seed in range(80):
        schema = sample_schema(config, seed)
        for table in schema.tables:
            parents = [schema.by_name[key.references] for key in table.foreign_keys]
            details = [key.draws_counts for key in table.foreign_keys]
            if not parents or any(parent.time_column for parent in parents):
                assert not any(details)
                continue
            assert not any(details[1:])
            n, n_owned = n + 1, n_owned + details[0]
    error = math.sqrt(0.4 * 0.6 / n)
    assert n > 200
    assert abs(n_owned / n - 0.4) < 4.5 * error
