"""What is stated of single tables, keys and columns."""

from __future__ import annotations

from typing import Any

import pytest

from plurel_cli import generate
from plurel_cli.choices.choice import Fixed
from plurel_cli.config import Config, parse_config
from plurel_cli.errors import ConfigError
from plurel_cli.pipeline import Database

SHOP: dict[str, Any] = {
    "schema": {"layout": "explicit", "columns": 4, "rows": {"entity": 300, "activity": 900}},
    "tables": {
        "customer": {},
        "product": {},
        "store": {},
        "visit": {"parents": ["customer", "store"]},
        "sale": {"parents": ["customer", "product", "product"]},
    },
}


def _shop(**tables: Any) -> dict[str, Any]:
    stated = {name: {**own, **tables.pop(name, {})} for name, own in SHOP["tables"].items()}
    return {**SHOP, "tables": stated | tables}


def _problems(raw: dict[str, Any]) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        parse_config(raw)
    return str(caught.value).splitlines()


def test_the_more_exact_name_goes_over_the_less_exact() -> None:
    config = parse_config(
        {
            "tables": {
                "table_1": {"rows": 1},
                "*": {"rows": 5, "categories": 5, "p_categorical": 1, "junction": False},
                "table_*": {"rows": 4, "categories": 4, "p_categorical": 0.4},
                "table_?": {"rows": 3, "categories": 3},
            }
        }
    )
    settings = config.for_table("table_1").schema
    assert settings.rows.entity == settings.rows.activity == Fixed(1)
    assert (settings.categories, settings.p_categorical) == (Fixed(3), Fixed(0.4))
    assert config.table("table_1").junction is False
    assert config.for_table("table_12").schema.rows.event == Fixed(4)
    assert config.for_table("table_12").schema.columns == config.schema_.columns


def test_sections_are_merged_setting_by_setting() -> None:
    config = parse_config(
        {
            "connectivity": {"popularities": {"power_law": {"alpha": 2.5}}},
            "tables": {
                "*": {"features": {"scm": {"mlp": {"layers": 3}, "taste": 0.5}}},
                "table_0": {
                    "features": {"scm": {"taste": None, "mlp": {"hidden": 8}}},
                    "connectivity": {"popularities": {"lognormal": {"sigma": 2}}},
                    "time": {"arrivals": {"granularity": "day"}},
                },
            },
        }
    )
    settings = config.for_table("table_0")
    assert settings.features.scm.mlp.layers == Fixed(3)
    assert settings.features.scm.mlp.hidden == 8
    assert settings.features.scm.taste is None
    assert config.for_table("table_1").features.scm.taste == 0.5
    assert settings.connectivity.popularities["power_law"]["alpha"] == Fixed(2.5)
    assert settings.connectivity.popularities["lognormal"]["sigma"] == Fixed(2.0)
    assert settings.time.arrivals.granularity == Fixed("day")
    assert settings.time.start == config.time.start
    assert parse_config(config.resolved()) == config


def test_keys_are_named_by_column_or_by_the_table_referred_to() -> None:
    config = parse_config(
        _shop(
            sale={
                "connectivity": {"levels": 1},
                "keys": {
                    "foreign_row_1": {"connectivity": {"levels": 4}},
                    "product": {"connectivity": {"levels": 3, "p_diagonal": 0.5}},
                    "*": {"connectivity": {"levels": 2, "hubs": 0.1}},
                },
            }
        )
    )
    keys = [("customer", 0), ("product", 1), ("product", 2)]
    found = [config.for_key("sale", f"foreign_row_{i}", p, i).connectivity for p, i in keys]
    assert [key.levels for key in found] == [Fixed(2), Fixed(4), Fixed(3)]
    assert [key.p_diagonal for key in found] == [Fixed(0.9), Fixed(0.5), Fixed(0.5)]
    assert {key.hubs for key in found} == {Fixed(0.1)}
    assert config.for_key("visit", "foreign_row_0", "customer", 0).connectivity == (
        config.connectivity
    )


@pytest.mark.parametrize(
    ("tables", "line"),
    [
        ({"stor*e": {"rows": 3}}, None),
        ({"shop_*": {}}, "tables.shop_*: fits no table; tables are customer, product, store, visit,"
         " sale"),
        ({"s*": {"parents": ["store"]}}, "tables.s*.parents: may only be given for a single table"),
        ({"sale": {"keys": {"prodct": {}}}}, "tables.sale.keys.prodct: names no foreign key; did "
         "you mean product?"),
        ({"visit": {"keys": {"foreign_row_2": {}}}}, "tables.visit.keys.foreign_row_2: names no "
         "foreign key; did you mean foreign_row_1?"),
        ({"sale": {"columns": {"feature_4": {}}}}, "tables.sale.columns.feature_4: names no feature"
         " column; columns are feature_0 to feature_3 here"),
        ({"sale": {"columns": {"feature_0": {"p_categoricl": 1}}}}, "tables.sale.columns.feature_0."
         "p_categoricl: is not a known setting; did you mean p_categorical?"),
        ({"sale": {"columns": "few"}}, "tables.sale.columns: must be an integer at least 0 and at "
         "most 10000, got 'few'"),
        ({"sale": {"time": {"start": "2000-01-01"}}}, "tables.sale.time.start: cannot be stated of "
         "a table; state it of the whole database"),
        ({"sale": {"keys": {"store": {"features": {"scm": {"noise": 1}}}}}}, "tables.sale.keys."
         "store.features.scm.noise: cannot be stated of a key; state it of the whole database, a "
         "table or a column"),
        ({"sale": {"categories": 3, "schema": {"categories": 4}}}, "tables.sale.categories: must "
         "be stated once, but is stated in schema as well"),
        ({"sale": {"keys": {"foreign_row_1": {"form": "one_to_one"}}}}, "tables.sale.keys."
         "foreign_row_1.form: fits no such key, got 'one_to_one'"),
        ({"a b*": {}}, "tables: a table's name must be letters, digits and underscores, starting "
         "with a letter, got 'a b*'"),
    ],
)  # fmt: skip
def test_names_of_nothing_are_refused(tables: dict[str, Any], line: str | None) -> None:
    raw = _shop(**tables)
    if line is None:
        parse_config(raw)
    else:
        assert line in _problems(raw)


def test_in_a_random_layout_names_that_some_database_can_have_are_allowed() -> None:
    parse_config({"tables": {"table_3": {"keys": {"foreign_row_7": {}, "table_0": {}, "f*": {}}}}})
    assert _problems({"tables": {"table_3": {"keys": {"user_id": {}}}}}) == [
        "tables.table_3.keys.user_id: names no foreign key; keys are foreign_row_0, foreign_row_1,"
        " … here, or named by the table referred to"
    ]


def _unequal(one: Database, other: Database) -> set[str]:
    return {name for name, frame in one.tables.items() if not frame.equals(other.tables[name])}


_CHANGES: dict[str, dict[str, Any]] = {
    "features": {"features": {"scm": {"noise": 3.5, "mlp": {"layers": 2}, "latent_extra": 6}}},
    "missing": {"features": {"scm": {"missing": {"p_column": 1}}}},
    "nulls": {"features": {"scm": {"nulls": 0.5}}},
    "categories": {"p_categorical": 1, "categories": 9},
    "connectivity": {"connectivity": {"levels": 4, "popularity": "power_law"}},
    "time": {"time": {"arrivals": {"spacing": "poisson", "granularity": "day"}}},
    "key": {"keys": {"store": {"connectivity": {"returning": 0.5}}}},
    "acting": {"keys": {"store": {"features": {"scm": {"parent_columns": 0}}}}},
    "column": {"columns": {"*": {"features": {"scm": {"transform": "rank"}}}}},
    "kind": {"columns": {"feature_2": {"p_categorical": 1, "categories": 7}}},
    "labels": {"features": {"categorical_as": "label"}},
    "rows": {"rows": 123},
}


@pytest.fixture(scope="module")
def shop() -> Database:
    return generate(parse_config(SHOP), 3)


@pytest.mark.parametrize("change", _CHANGES)
def test_what_is_stated_of_a_table_changes_it_and_no_other(change: str, shop: Database) -> None:
    """Nothing refers to `visit`, so nothing but it may move."""
    assert _unequal(shop, generate(parse_config(_shop(visit=_CHANGES[change])), 3)) == {"visit"}


@pytest.mark.parametrize("change", ["features", "nulls", "categories"])
def test_a_change_goes_where_references_do_and_nowhere_else(change: str, shop: Database) -> None:
    assert _unequal(shop, generate(parse_config(_shop(store=_CHANGES[change])), 3)) <= {
        "store",
        "visit",
    }


def test_what_is_stated_is_what_is_made() -> None:
    raw = _shop(
        visit={
            "columns": {"feature_?": {"p_categorical": 0}, "feature_2": {"p_categorical": 1}},
            "categories": 7,
            "features": {"categorical_as": "label", "scm": {"nulls": 0}},
            "keys": {"store": {"connectivity": {"p_nullable": 1, "null_rate": 0.5}}},
            "time": {"arrivals": {"granularity": "day"}},
        }
    )
    database = generate(parse_config(raw), 5)
    visit = database.schema.by_name["visit"]
    assert [column.categories for column in visit.features] == [None, None, 7, None]
    frame = database.tables["visit"]
    assert frame["feature_2"].drop_nulls().str.contains("^c[0-6]$").all()
    assert frame["feature_0"].null_count() == 0
    assert 300 < frame["foreign_row_1"].null_count() < 600
    assert frame["foreign_row_0"].null_count() == 0
    assert (frame["date"].dt.hour() == 0).all()


def test_a_count_and_settings_of_columns_may_be_stated_by_different_names() -> None:
    config = parse_config(
        {"tables": {"*": {"columns": 3}, "table_0": {"columns": {"feature_1": {"categories": 5}}}}}
    )
    assert config.for_table("table_0").schema.columns == Fixed(3)
    assert config.for_column("table_0", "feature_1").schema.categories == Fixed(5)
    assert config.for_column("table_0", "feature_0").schema.categories != Fixed(5)


def test_nothing_stated_is_the_config_itself() -> None:
    config = Config.model_validate({})
    assert config.for_table("a").features is config.features
    assert config.for_column("a", "b").features is config.features
    assert config.for_key("a", "b", "c", 0).connectivity is config.connectivity
