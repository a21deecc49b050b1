"""What themes leave to the database: when times come, and how rare a flag is."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plurel_cli import generate, parse_config
from plurel_cli.lenses.times import TimeLens
from plurel_cli.numerics.stream import Stream
from plurel_cli.themes.model import theme
from plurel_cli.themes.names import theme_names
from plurel_cli.themes.settled import placed, varied


@pytest.mark.parametrize("lens", ["date", "timestamp"])
def test_what_happens_is_not_known_before_but_plans_are(lens: str) -> None:
    lag = {"normal": {"mean": 3, "sd": 1}}
    statement = {"lens": lens, "after": "time", "lag": lag}
    assert placed(statement, is_timed=True) == {"until": "window", **statement}
    assert placed({**statement, "plan": True}, is_timed=True) == statement
    before = {"lens": lens, "before": "time"}
    assert placed(before, is_timed=True) == before


@pytest.mark.parametrize("lens", ["date", "timestamp"])
def test_a_lag_alone_is_from_the_row_where_rows_have_times(lens: str) -> None:
    open_ = {"lens": lens, "lag": {"exponential": {"mean": 150}}, "plan": True}
    timed = {"lens": lens, "lag": open_["lag"], "after": "time"}
    assert placed(open_, is_timed=True) == timed
    assert placed(open_, is_timed=False) == {"lens": lens}
    assert placed({"lens": lens}, is_timed=True)["after"] == "time"


def test_themes_say_which_times_are_plans() -> None:
    words = re.compile(
        r"(?:.*_)?(?:until|due|expires|deadline|promised|planned|ends)(?:_(?:on|at))?"
    )
    unsaid = [
        f"{name}.{table.name}.{column}"
        for name in theme_names()
        for table in theme(name).tables.values()
        for column, stated in table.columns.items()
        if stated["lens"] in ("date", "timestamp") and words.fullmatch(column)
        if "before" not in stated and not stated.get("plan")
    ]
    assert not unsaid


@given(
    true=st.none() | st.floats(0.0001, 0.9999),
    nulls=st.none() | st.floats(0.0, 0.95),
    rows=st.integers(1, 10**9),
    seed=st.integers(0, 99),
)
def test_flags_have_rows_of_either_value(
    true: float | None, nulls: float | None, rows: int, seed: int
) -> None:
    statement: dict[str, Any] = {"lens": "flag"}
    statement |= {} if true is None else {"true": true}
    statement |= {} if nulls is None else {"nulls": nulls}
    share = varied(statement, rows, Stream(seed).draws())["true"]
    rarer = min(share, 1.0 - share)
    known = rows * (1.0 - (nulls or 0.0))
    assert rarer >= min(0.015, 0.5)
    assert rarer == 0.5 or rarer * known >= 3.999
    if true is not None and min(true, 1.0 - true) >= max(0.015, 4.0 / max(known, 1.0)):
        assert share == true


@pytest.mark.parametrize("seed", [2, 6])
def test_nothing_happens_past_the_window(seed: int) -> None:
    rows = {"entity": {"min": 50, "max": 90}, "activity": {"min": 90, "max": 120}}
    database = generate(parse_config({"extends": "realistic", "schema": {"rows": rows}}), seed)
    window = database.schema.window
    assert window is not None
    n_until = 0
    for table in database.schema.tables:
        for column in table.features:
            if isinstance(lens := getattr(column, "lens", None), TimeLens) and lens.until:
                assert lens.until == window.end
                known = database.tables[table.name][column.name].drop_nulls().dt.date()
                assert (known <= window.end).all()
                n_until += 1
    assert n_until > 0
