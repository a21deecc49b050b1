"""Every bad statement about a column is refused in one sentence, at its place and before anything
is made; whatever is not refused gives a database that is valid.
"""

from __future__ import annotations

import copy
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from plurel_cli import generate, validate
from plurel_cli.config import parse_config
from plurel_cli.config.load import read_config
from plurel_cli.errors import ConfigError, PlurelError

SHOP: dict[str, Any] = {
    "schema": {"layout": "explicit"},
    "features": {"model": "scm"},
    "tables": {
        "customer": {
            "rows": 50,
            "timed": False,
            "columns": {
                "plan": {"lens": "category", "values": {"free": 6, "pro": 3, "team": 1}},
                "age": {"lens": "integer", "normal": {"mean": 41, "sd": 14}, "min": 18, "max": 95},
                "who": {"lens": "person_name"},
                "appetite": {"hidden": True},
            },
        },
        "order": {
            "rows": 100,
            "parents": ["customer"],
            "columns": {
                "amount": {"lens": "money", "causes": {"customer_id.appetite": 0.5}, "noise": 0.3},
                "tax": {"lens": "formula", "of": "amount * 0.19", "digits": 2},
                "shipped_at": {"lens": "timestamp", "after": "time"},
                "note": {"lens": "text", "templates": ["A {amount: small | large} order."]},
            },
            "others": 2,
        },
    },
}

PLACE = "tables.order.columns.x"

NORMAL = {"mean": 0, "sd": 1}

BAD: list[tuple[dict[str, Any], str]] = [
    ({"lens": "integr"}, f"{PLACE}.lens: must be one of address, "),
    ({"lens": "integer", "minimun": 3}, f"{PLACE}.minimun: is not a known setting; did you mean"),
    ({"lens": "integer", "norml": NORMAL}, f"{PLACE}.norml: is not a known setting; did you mean"),
    ({"lens": "integer", "normal": {"mean": 1, "sd": -2}}, f"{PLACE}.normal.sd: must be above 0"),
    ({"lens": "integer", "normal": 3}, f"{PLACE}.normal: must be a map of its parameters, got 3"),
    ({"lens": "integer", "min": 5, "max": 3}, f"{PLACE}.min: must be at most max, got 5.0 and 3.0"),
    (
        {"lens": "number", "normal": NORMAL, "min": 500},
        f"{PLACE}: the normal distribution has nothing from min to max",
    ),
    ({"lens": "category", "values": {"a": -1}}, f"{PLACE}.weights: must be from 0 to 1e12"),
    ({"lens": "date", "first": "1500-01-01"}, f"{PLACE}.first: must be from 1700-01-01 to "),
    ({"lens": "date", "first": "soon"}, f"{PLACE}.first: must be a date such as 2020-01-31, got"),
    ({"lens": "timestamp", "lag": {"exponential": {"mean": 1}}}, f"{PLACE}.lag: needs after or "),
    ({"lens": "timestamp", "after": "tme"}, f"{PLACE}.after: names no column of order, got 'tme'"),
    ({"lens": "timestamp", "after": "amount"}, f"{PLACE}.after: must name a time, got 'amount'"),
    ({"lens": "number", "causes": ["customer_id.plann"]},
     f"{PLACE}.causes.customer_id.plann: names no column of customer; did you mean "
     "customer_id.plan?"),
    ({"lens": "number", "causes": ["custmer_id.plan"]},
     f"{PLACE}.causes.custmer_id.plan: names no foreign key of order; did you mean customer_id?"),
    ({"lens": "number", "causes": ["note"]}, f"{PLACE}.causes.note: must be a variable, but note"),
    ({"lens": "number", "causes": ["customer_id"]}, f"{PLACE}.causes.customer_id: must be a var"),
    ({"lens": "number", "causes": ["x"]}, f"{PLACE}: causes must not form a circle, but do: x → x"),
    ({"lens": "number", "causes": {"customer_id.age": 0.1, "customer.age": 0.1}},
     f"{PLACE}.causes.customer.age: is the same as customer_id.age; leave one out"),
    ({"lens": "number", "causes": {"amount": 0.8}, "noise": 0.3}, f"{PLACE}: shares of causes and"),
    ({"lens": "number", "causes": {"amount": {"mechanism": "mpl"}}},
     f"{PLACE}.causes.amount.mechanism: must be one of linear, "),
    ({"lens": "number", "causes": ["mean(customer.age)"]},
     f"{PLACE}.causes.mean(customer.age): is of rows that refer to the row, but customer does not"),
    ({"lens": "number", "noise": 0.3}, f"{PLACE}.noise: is a share beside those of causes"),
    ({"lens": "person_name", "causes": ["amount"]}, f"{PLACE}.causes: must be left out: the lens "),
    ({"lens": "formula", "of": "amount * (3"}, f"{PLACE}.of: expected ')' at character 12"),
    ({"lens": "formula", "of": "amoun * 3"},
     f"{PLACE}.of: names no column of order, got 'amoun'; did you mean amount?"),
    ({"lens": "formula", "of": "note + 1"}, f"{PLACE}.of: must be of numbers, flags, categories"),
    ({"lens": "formula", "of": "customer_id.appetite"}, f"{PLACE}.of: must name a column, and not"),
    ({"lens": "formula", "of": "if(customer_id.plan = 'fre', 1, 2)"},
     f"{PLACE}.of: customer_id.plan has no such label, got 'fre'; did you mean free?"),
    ({"lens": "formula", "of": "x + 1"}, f"{PLACE}: columns that show others must not form"),
    ({"lens": "formula", "of": "sum(ordr.amount)"}, f"{PLACE}.of: names no table: ordr, got"),
    ({"lens": "text", "templates": ["{amount"]}, f"{PLACE}.templates: a bracket is not closed"),
    ({"lens": "text", "templates": ["a", "{amont}"]},
     f"{PLACE}.templates[1]: names no column of order, got 'amont'; did you mean amount?"),
    ({"lens": "text", "templates": ["{customer_id.who: a | b}"]}, f"{PLACE}.templates[0]: "),
    ({"lens": "text", "templates": ["{customer_id.plan: fre = a | * = b}"]},
     f"{PLACE}.templates[0]: customer_id.plan has no such label, got 'fre'; did you mean free?"),
    ({"lens": "json", "of": ["amont"]}, f"{PLACE}.of[0]: names no column of order, got 'amont'"),
    ({"lens": "email", "of": "amount"}, f"{PLACE}.of: must name a column of the table that"),
    ({"lens": "code", "pattern": "#", "unique": True}, f"{PLACE}.pattern: must have a code for"),
    ({"lens": "number", "hidden": True}, f"{PLACE}: is hidden, and so has no lens"),
    ({"lens": "number", "causes": {"plan_of": 0.5, "customer_id.plan": None}, "noise": 0.5},
     f"{PLACE}: shares of causes and noise leave nothing to causes without a share"),
    ({"hidden": True, "nulls": 0.3}, f"{PLACE}.nulls: must be left out of a hidden variable"),
]  # fmt: skip


def _with(name: str, stated: object) -> dict[str, Any]:
    shop = copy.deepcopy(SHOP)
    shop["tables"]["order"]["columns"][name] = stated
    return shop


def _refused(raw: dict[str, Any]) -> str:
    with pytest.raises(ConfigError) as caught:
        parse_config(raw)
    assert len(caught.value.problems) == 1, str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize(("stated", "sentence"), BAD, ids=lambda case: str(case)[:60])
def test_a_bad_statement_is_told_at_its_place(stated: dict[str, Any], sentence: str) -> None:
    assert _refused(_with("x", stated)).startswith(sentence)


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("customer_id", "is the name of a foreign key of the table as well"),
        ("order_id", "is the name of a primary key of the table as well"),
        ("created_at", "is the name of a time of the table as well"),
        ("feature_0", "is the name of a drawn column of the table as well"),
        ("Amount", "differs from amount, a column of the table, by case alone"),
        ("a b", "the name of a column with a lens must be letters, digits and underscores"),
        ("x*", "a column with a lens must have a name, and not a pattern"),
    ],
)
def test_a_name_that_there_cannot_be_is_refused(name: str, sentence: str) -> None:
    message = _refused(_with(name, {"lens": "integer"}))
    assert message.startswith(f"tables.order.columns.{name}: {sentence}")


def test_circles_over_tables_are_told_with_their_path() -> None:
    shop = _with("part", {"lens": "formula", "of": "customer_id.total / 2"})
    shop["tables"]["customer"]["columns"]["total"] = {"lens": "formula", "of": "sum(order.part)"}
    assert "customer.total → order.part → customer.total" in _refused(shop)
    shop = copy.deepcopy(SHOP)
    shop["tables"]["customer"]["columns"]["appetite"]["causes"] = ["mean(order.amount)"]
    assert "customer.appetite → order.amount → customer.appetite" in _refused(shop)


def test_variables_need_causal_features() -> None:
    shop = copy.deepcopy(SHOP)
    shop["tables"]["customer"]["features"] = {"model": "series"}
    assert _refused(shop) == (
        "tables.customer.features.model: must be scm, which makes the variables that plan, age, "
        "appetite show, got 'series'"
    )


def test_what_only_a_draw_says_is_refused_when_it_is_drawn() -> None:
    raw = {
        "schema": {"tables": 3},
        "tables": {"table_0": {"columns": {"x": {"lens": "formula", "of": "y + 1"}}}},
    }
    with pytest.raises(ConfigError, match=r"^tables.table_0.columns.x.of: names no column of tab"):
        generate(parse_config(raw), seed=1)
    same = {"schema": {"tables": 3}, "tables": {"table_0": {"name": "TABLE_1"}}}
    with pytest.raises(ConfigError, match="is the name of another table as well"):
        generate(parse_config(same), seed=1)


def test_what_a_lens_rules_out_is_told_to_play_no_part(tmp_path: Path) -> None:
    shop = _with("x", {"lens": "number", "p_categorical": 0.5, "nulls": 0.25})
    columns = shop["tables"]["order"]["columns"]
    columns["x"]["features"] = {"scm": {"transform": "identity", "missing": {"p_column": 0.5}}}
    columns["note"]["features"] = {"scm": {"noise": 0.5}}
    path = tmp_path / "shop.yaml"
    path.write_text(yaml.safe_dump(shop), encoding="utf-8")
    idle = {warning.split(": ")[1] for warning in read_config(path).warnings}
    of_scm = f"{PLACE}.features.scm"
    assert idle == {
        f"{PLACE}.p_categorical",
        f"{of_scm}.transform",
        f"{of_scm}.missing",
        "tables.order.columns.note.features",
    }


PATHS = st.sampled_from(
    ["amount", "tax", "note", "time", "x", "y", "customer_id.age", "customer_id.plan",
     "customer.who", "customer_id.appetite", "customer_id", "order_id", "nothing",
     "customer_id.nothing", "feature_0", "mean(order.amount)", "count(order)", ""]
)  # fmt: skip

LENSES = st.sampled_from(
    ["number", "integer", "money", "flag", "category", "date", "timestamp", "duration", "text",
     "formula", "json", "email", "code", "person_name", "serial", "percentage"]
)  # fmt: skip


@st.composite
def statements(draw: st.DrawFn) -> dict[str, Any]:
    """A column with some settings, of its lens or not, that lead somewhere or not."""
    stated: dict[str, Any] = {"lens": draw(LENSES)}
    paths = draw(st.lists(PATHS, min_size=1, max_size=2))
    for setting, value in {
        "causes": paths,
        "of": draw(st.sampled_from([paths, paths[0], f"{paths[0]} + 1"])),
        "after": paths[0],
        "templates": [f"a {{{paths[0]}}} b", f"{{{paths[-1]}: c | d}}"],
        "nulls": 0.25,
        "unique": True,
        "noise": 0.4,
        "min": draw(st.sampled_from([-5, 0.5, 1e14])),
        "values": draw(st.sampled_from([["a", "b"], {"a": 1, "b": 0}, [1, 2, 3]])),
        "normal": NORMAL,
        "tells_future": True,
    }.items():
        needed = {"text": "templates", "formula": "of", "json": "of"}.get(stated["lens"])
        if setting == needed or draw(st.integers(0, 6)) == 0:
            stated[setting] = value
    return stated


@settings(max_examples=60)
@given(statements(), statements(), st.integers(0, 3))
def test_any_statement_gives_a_valid_database_or_one_error(
    x: dict[str, Any], y: dict[str, Any], seed: int
) -> None:
    shop = _with("x", x)
    shop["tables"]["customer"]["columns"]["y"] = y
    try:
        config = parse_config(shop)
    except ConfigError:
        return
    try:
        database = generate(config, seed)
    except PlurelError as error:
        raise AssertionError(f"was refused too late: {error}") from error
    with TemporaryDirectory() as folder:
        database.save(Path(folder) / "shop")
        assert not validate(Path(folder) / "shop")


@pytest.mark.parametrize(
    ("column", "place"),
    [
        ({"lens": "integer", "kind": "flag"}, "kind"),
        ({"lens": "integer", "kind": ["sum"]}, "kind"),
        ({"lens": "date", "kind": None}, "kind"),
        ({"lens": "integer", "normal": {"kind": "uniform", "low": 0, "high": 3}}, "normal.kind"),
        ({"lens": "date", "after": "time", "lag": {"normal": {"kind": "x"}}}, "normal.kind"),
    ],
)  # fmt: skip
def test_only_its_name_says_what_a_lens_or_a_distribution_is(
    column: dict[str, Any], place: str
) -> None:
    tables = {"a": {"rows": 5, "timed": True, "columns": {"x": column}}}
    with pytest.raises(ConfigError, match=rf"x.*{place}.* is not a known setting"):
        parse_config({"schema": {"layout": "explicit"}, "tables": tables})
