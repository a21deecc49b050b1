"""Schemas for those who come with nothing: sound, and held whole."""

from __future__ import annotations

import sys

import pytest

from plurel_cli.errors import UsageError
from plurel_cli.intake.sources.starters import read_starter, starters
from plurel_cli.intake.writer import checked
from tests.intake.loading import frames_of, load

NAMES = [*starters()]


@pytest.mark.parametrize("name", NAMES)
def test_each_is_held_whole(name: str) -> None:
    picture = read_starter(name)
    assert checked(picture).notes == ()
    load(picture, frames_of(picture))


def test_there_are_several_of_many_tables() -> None:
    assert len(NAMES) >= 6
    assert all(7 <= len(read_starter(name).tables) <= 12 for name in NAMES)


def test_an_unknown_one_is_refused() -> None:
    with pytest.raises(UsageError, match="must be one of bank, forum"):
        read_starter("shopp")


def test_no_package_for_sql_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sqlglot", None)
    assert all(checked(read_starter(name)).text for name in NAMES)
