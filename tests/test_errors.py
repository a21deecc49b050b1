from __future__ import annotations

import errno
import os
import pickle
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plurel_cli import errors
from plurel_cli.config.names import is_table_name
from plurel_cli.errors import ConfigError, PlaceError, PlurelError, Problem, storage_error
from plurel_cli.numerics.shares import ceil_share, floor_share


@pytest.mark.parametrize(
    ("problem", "sentence"),
    [
        (Problem("a.b", "must be 1", 0), "a.b: must be 1, got 0"),
        (Problem("", "must be 1", 0), "must be 1, got 0"),
        (Problem("a", "is missing"), "a: is missing"),
        (Problem("a", "must be set", None), "a: must be set, got None"),
        (
            Problem("a", "must be x", "y", "did you mean x?"),
            "a: must be x, got 'y'; did you mean x?",
        ),
        (Problem("a", "is gone", remedy="make it"), "a: is gone; make it"),
        (Problem("a", "must be text", "two\nlines"), "a: must be text, got 'two\\nlines'"),
    ],
)
def test_problem_is_a_sentence(problem: Problem, sentence: str) -> None:
    assert str(problem) == sentence


@pytest.mark.parametrize(
    "error",
    [
        ConfigError([Problem("a", "must be 1", 0), Problem("b", "is gone")], "x.yaml"),
        errors.FolderError("db", "is no database", remedy="make one"),
        errors.UsageError("--seed", "must be a number", None),
        storage_error("db", OSError(errno.ENOSPC, "full")),
    ],
)
def test_an_error_comes_whole_from_another_process(error: PlurelError) -> None:
    again = pickle.loads(pickle.dumps(error))  # noqa: S301 (our own)
    assert type(again) is type(error)
    assert str(again) == str(error)
    assert again.__dict__ == error.__dict__


def test_a_long_value_is_cut() -> None:
    sentence = str(Problem("a", "must be short", "x" * 1000))
    assert sentence == "a: must be short, got '" + "x" * 76 + "..."


@pytest.mark.parametrize(
    ("place", "prefix", "whole"),
    [("b", "a", "a.b"), ("[1]", "a", "a[1]"), ("", "a", "a"), ("[1].c", "a.b", "a.b[1].c")],
)
def test_a_problem_seen_from_further_out(place: str, prefix: str, whole: str) -> None:
    inner = Problem(place, "rule", 3, "remedy")
    assert inner.under(prefix) == Problem(whole, "rule", 3, "remedy")
    assert str(Problem(place, "rule").under(prefix)) == f"{whole}: rule"


def test_config_error_has_a_line_for_each_problem() -> None:
    problems = [Problem("a", "must be 1", 0), Problem("", "is empty")]
    error = ConfigError(problems, "x.yaml")
    assert str(error) == "x.yaml: a: must be 1, got 0\nx.yaml: is empty"
    assert error.problems == tuple(problems)
    assert str(ConfigError(problems)) == "a: must be 1, got 0\nis empty"


def test_every_error_has_one_root_and_says_where() -> None:
    kinds = [
        kind
        for kind in vars(errors).values()
        if isinstance(kind, type) and issubclass(kind, Exception) and not issubclass(kind, Warning)
    ]
    assert len(kinds) >= 9
    assert all(issubclass(kind, PlurelError) for kind in kinds)
    for kind in kinds:
        if issubclass(kind, PlaceError) and kind.__init__ is PlaceError.__init__:
            error = kind("here", "must be 1", 2, "try 1")
            assert str(error) == "here: must be 1, got 2; try 1"
            assert error.problem.place == "here"


def test_an_os_error_is_told_by_its_reason() -> None:
    full = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "f")
    assert str(storage_error("out", full)) == ("out: cannot be used: no space left on device")
    assert "something odd" in str(storage_error("out", OSError("Something odd")))


@pytest.mark.parametrize("name", ["a", "Z", "table_0", "a" * 63, "x1_", "order"])
def test_table_names(name: str) -> None:
    assert is_table_name(name)


@pytest.mark.parametrize(
    "name",
    ["", "1a", "_a", "a" * 64, "a b", "a-b", "a.b", "../x", "a/b", "a\n", "é", "a\0", 'a"', "٣a"],
)
def test_no_table_names(name: str) -> None:
    assert not is_table_name(name)


@given(st.integers(0, 10**6), st.integers(0, 6), st.integers(0, 10**12))
def test_shares_are_those_of_their_decimal_digits(digits: int, places: int, whole: int) -> None:
    share = float(Decimal(digits).scaleb(-places))
    exact = Fraction(digits, 10**places) * whole
    assert floor_share(share, whole) == exact.__floor__()
    assert ceil_share(share, whole) == exact.__ceil__()


def test_binary_shares_would_be_wrong() -> None:
    assert floor_share(0.29, 100) == 29 != int(0.29 * 100)
    assert ceil_share(0.7, 10) == 7
    assert ceil_share(0.1, 30) == 3
