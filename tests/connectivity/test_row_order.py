"""Rows of a table without times, in the order of cohorts or shuffled."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from plurel_cli import generate, parse_config
from plurel_cli.connectivity.row_order import row_order
from plurel_cli.connectivity.uniforms import Trait

N = 3000


def raw(order: str, **connectivity: Any) -> dict[str, Any]:
    return {
        "schema": {"layout": "explicit", "row_order": order},
        "tables": {
            "a": {"rows": N, "timed": False},
            "b": {"rows": 2000},
            "c": {"rows": 20_000, "parents": ["a", "b"], "junction": True},
        },
        "connectivity": {"levels": 3, "parent_clusters": 3, "matched": True, **connectivity},
        "features": {"model": "none"},
    }


def keys(order: str, **connectivity: Any) -> NDArray[np.int64]:
    database = generate(parse_config(raw(order, **connectivity)), 1)
    column = database.schema.by_name["c"].foreign_keys[0].name
    return database.tables["c"][column].to_numpy()


def test_shuffled_keys_are_those_of_places() -> None:
    places, shuffled = keys("cohort"), keys("shuffled")
    table = generate(parse_config(raw("shuffled")), 1).schema.by_name["a"]
    order = row_order(1, table)
    assert order is not None
    assert (order.of(places) == shuffled).all()


def test_shuffled_ids_do_not_betray_cohorts() -> None:
    rows = np.arange(20_000)
    assert np.corrcoef(keys("cohort"), rows)[0, 1] > 0.8
    assert abs(np.corrcoef(keys("shuffled"), rows)[0, 1]) < 0.05


def test_the_trait_of_a_row_tells_its_popularity_in_any_order() -> None:
    trait = Trait(1, "a", N).whole()
    for order in ("cohort", "shuffled"):
        several = keys(order, popularity="lognormal", latent=1.0)
        fan_out = np.bincount(several, minlength=N)
        assert stats.spearmanr(fan_out, trait).statistic > 0.5


def test_a_table_with_times_lies_by_time() -> None:
    config = raw("shuffled")
    config["tables"]["a"]["timed"] = True
    config["tables"]["c"]["junction"] = False
    schema = generate(parse_config(config), 1).schema
    assert schema.by_name["a"].row_order is None
    assert schema.by_name["b"].row_order == "shuffled"
    assert schema.by_name["c"].row_order is None
