"""Rules that no section can check alone."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from pydantic import ValidationError

from plurel_cli.choices.choice import Fixed
from plurel_cli.config import Config, parse_config
from plurel_cli.config.connectivity import ConnectivityConfig
from plurel_cli.config.override import merged
from plurel_cli.config.tables import ConnectivityOverride
from plurel_cli.errors import ConfigError


def _problems(raw: dict[str, Any]) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        parse_config(raw)
    return [str(problem) for problem in caught.value.problems]


def _explicit(**parents: list[Any]) -> dict[str, Any]:
    tables = {name: {"parents": its} for name, its in parents.items()}
    return {"schema": {"layout": "explicit"}, "tables": tables}


@pytest.mark.parametrize(
    ("raw", "problems"),
    [
        (_explicit(), ["tables: must list the tables where schema.layout is explicit"]),
        (
            _explicit(users=[], posts=["user"], likes=["posts", "xyz"]),
            [
                "tables.posts.parents[0]: must name a table, got 'user'; did you mean users?",
                "tables.likes.parents[1]: must name a table, got 'xyz'",
            ],
        ),
        (
            _explicit(a=[{"table": "a", "form": "many"}]),
            ["tables.a.parents[0].form: must be thread or levels, of its own table, got 'many'"],
        ),
        (
            _explicit(a=[], b=[{"table": "a", "form": "thread"}]),
            ["tables.b.parents[0].form: must be many or detail or one_to_one, got 'thread'"],
        ),
        (
            _explicit(a=[], b=["a", {"table": "a", "form": "one_to_one"}]),
            ["tables.b.parents[1].form: only the first reference may be one_to_one"],
        ),
        (
            _explicit(a=["b"], b=["a"]),
            ["tables: references must not form a cycle, but do: a → b → a"],
        ),
        (
            {"schema": {"layout": ["explicit", "layered"]}},
            ["schema.layout: cannot mix explicit with random layouts, got ['explicit', 'layered']"],
        ),
        (
            {"tables": {"users": {}, "table_20": {}, "table_01": {}, "table_3": {"parents": []}}},
            [
                *(
                    f"tables.{name}: names no table; tables are table_0 to table_19 here, or set "
                    "schema.layout: explicit"
                    for name in ("users", "table_20", "table_01")
                ),
                "tables.table_3.parents: may only be given where schema.layout is explicit",
            ],
        ),
        (
            _explicit(**{"../x": [], "a b": []}),
            [
                "tables: a table's name must be letters, digits and underscores, starting with a "
                f"letter, got '{name}'"
                for name in ("../x", "a b")
            ],
        ),
        (
            _explicit(Users=[], users=[]),
            ["tables.users: differs from tables.Users by upper and lower case alone"],
        ),
    ],
)
def test_tables_that_cannot_be(raw: dict[str, Any], problems: list[str]) -> None:
    assert _problems(raw) == problems


def test_a_longer_cycle_is_told_in_the_order_of_its_references() -> None:
    (problem,) = _problems(_explicit(a=["d"], b=["a"], c=["b", "z"], d=["c"], z=[]))
    cycle = problem.removeprefix("tables: references must not form a cycle, but do: ").split(" → ")
    assert cycle[0] == cycle[-1]
    assert sorted(cycle[1:]) == ["a", "b", "c", "d"]
    references = {("a", "d"), ("b", "a"), ("c", "b"), ("d", "c")}
    assert set(pairwise(cycle)) == references


@pytest.mark.parametrize(
    ("time", "problems"),
    [
        (
            {"start": "2020-01-01", "end": "2020-01-05"},
            [
                "time.end: must leave at least 10 days (time.min_days) after time.start "
                "(2020-01-01), but leaves 4, got 2020-01-05"
            ],
        ),
        (
            {"start": "2020-01-01", "end": "2019-01-01"},
            [
                "time.end: must leave at least 10 days (time.min_days) after time.start "
                "(2020-01-01), but leaves 0, got 2019-01-01"
            ],
        ),
        (
            {"split": {"val": 0.9, "test": 0.8}},
            ["time.split.val: must be below time.split.test (0.8), got 0.9"],
        ),
        (
            {"split": {"val": 0.9}},
            ["time.split.val: must be below time.split.test (0.9), got 0.9"],
        ),
        (
            {"split": {"val": 0.81, "test": 0.82}},
            [
                "time.split: val and test must fall on different days of a window of 10 days; "
                "move them apart or raise time.min_days"
            ],
        ),
        (
            {"start": "1500-01-01", "end": "2300-01-01"},
            [
                f"time.{end}: must be from 1678-01-01 to 2262-01-01, which nanoseconds can tell, "
                f"got {day}"
                for end, day in (("start", "1500-01-01"), ("end", "2300-01-01"))
            ],
        ),
    ],
)
def test_times_that_cannot_be(time: dict[str, Any], problems: list[str]) -> None:
    assert _problems({"time": time}) == problems


@pytest.mark.parametrize(
    "time",
    [
        {"start": "2020-01-01", "end": "2020-01-11"},
        {"start": "1678-01-01", "end": "2262-01-01"},
        {"split": {"val": 0.81, "test": 0.82}, "min_days": 100},
        {"split": {"val": 0.7, "test": 0.8}},
        {"min_days": 2, "split": {"val": 0.1, "test": 0.5}},
    ],
)
def test_times_that_just_can(time: dict[str, Any]) -> None:
    parse_config({"time": time})


def test_problems_of_tables_and_time_are_told_together() -> None:
    raw = {"tables": {"users": {}}, "time": {"split": {"val": 0.9, "test": 0.8}}}
    assert [problem.split(":")[0] for problem in _problems(raw)] == [
        "tables.users",
        "time.split.val",
    ]


def test_table_overrides_reach_as_far_as_the_largest_table_count() -> None:
    assert parse_config({"schema": {"tables": 5}, "tables": {"table_4": {}}})
    assert _problems({"schema": {"tables": [2, 4, 3]}, "tables": {"table_4": {}}}) == [
        "tables.table_4: names no table; tables are table_0 to table_3 here, or set "
        "schema.layout: explicit"
    ]


def test_a_layout_without_weight_is_as_if_not_there() -> None:
    raw = _explicit(a=[])
    raw["schema"]["layout"] = {"choices": {"explicit": 1, "layered": 0}}
    assert parse_config(raw).is_explicit


def test_parents_are_names_or_maps() -> None:
    config = parse_config(_explicit(a=[], b=["a", {"table": "a", "connectivity": {"levels": 2}}]))
    first, second = config.tables["b"].parents or ()
    assert (first.table, first.connectivity) == ("a", None)
    assert second.connectivity == ConnectivityOverride(levels=Fixed(2))


def test_an_override_changes_what_it_sets_alone() -> None:
    config = ConnectivityConfig(parent_clusters=Fixed(7))
    assert merged(config, None) == config
    changed = merged(config, ConnectivityOverride(levels=Fixed(2)))
    assert changed == ConnectivityConfig(parent_clusters=Fixed(7), levels=Fixed(2))


def test_configs_are_frozen() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        Config.model_validate({}).time = None  # type: ignore[assignment,misc]


def test_resolved_config_is_plain_data_with_every_default() -> None:
    resolved = Config.model_validate({}).resolved()
    assert resolved["schema"]["columns"] == {"min": 3, "max": 40, "p": "inverse"}
    assert resolved["time"]["start"] == "1990-01-01"
    assert resolved["schema"]["layouts"]["watts_strogatz"] == {
        "k": {"choices": [2, 4]},
        "p_rewire": {"min": 0.1, "max": 0.3},
    }
