"""Maps of weights: what is stated lies over the defaults, for all tables and for one."""

from __future__ import annotations

import pytest

from plurel_cli.choices.kind import Refused
from plurel_cli.choices.weights import WeightMap
from plurel_cli.config import parse_config
from plurel_cli.errors import ConfigError
from plurel_cli.features.aggregations import aggregations
from plurel_cli.features.budget.settings import SHARES

WEIGHTS = WeightMap(aggregations, {"sum": 0.5, "maximum": 0.25})


def test_what_is_stated_lies_over_the_defaults() -> None:
    assert WEIGHTS.read({}) == {"sum": 0.5, "maximum": 0.25}
    assert WEIGHTS.read({"maximum": 1}) == {"sum": 0.5, "maximum": 1.0}
    assert WEIGHTS.read({"product": 2}) == {"sum": 0.5, "maximum": 0.25, "product": 2.0}
    assert WEIGHTS.stated({"product": 2}) == {"product": 2.0}


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (3, "must map a"),
        ({"maximun": 1}, "did you mean maximum?"),
        ({"zzzz": 1}, "known are sum, maximum"),
        ({"sum": -1}, "sum: must be at least 0"),
        ({"sum": float("nan")}, "sum: must be at least 0"),
        ({"sum": float("inf")}, "sum: must be at least 0"),
        ({"sum": True}, "sum: must be a number"),
        ({"sum": "much"}, "sum: must be a number"),
    ],
)
def test_what_is_no_weight_is_refused(raw: object, message: str) -> None:
    with pytest.raises(Refused) as caught:
        WEIGHTS.read(raw)
    assert message in str(caught.value)


def test_all_problems_are_told_at_their_places() -> None:
    shares = {"causes": -1, "cause": 0.2}
    with pytest.raises(ConfigError) as caught:
        parse_config({"features": {"scm": {"budget": {"shares": shares}}}})
    text = str(caught.value)
    assert "features.scm.budget.shares.causes: must be at least 0" in text
    assert "features.scm.budget.shares.cause: is no budget share here" in text
    assert "did you mean causes?" in text


def test_a_table_states_some_shares_of_its_own() -> None:
    config = parse_config(
        {
            "features": {"scm": {"budget": {"shares": {"memory": 0.7}}}},
            "tables": {"table_0": {"features": {"scm": {"budget": {"shares": {"noise": 0.9}}}}}},
        }
    )
    of_all = config.features.scm.budget.shares
    assert of_all == {**SHARES.defaults, "memory": 0.7}
    of_table = config.for_table("table_0").features.scm.budget.shares
    assert of_table == {**of_all, "noise": 0.9}
    assert config.for_table("table_1").features.scm.budget.shares == of_all
