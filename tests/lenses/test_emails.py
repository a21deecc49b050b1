"""Addresses of mail no longer than they may be."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plurel_cli import generate, parse_config
from plurel_cli.errors import ConfigError
from plurel_cli.lenses.email import SHORTEST

N = 3_000
FORM = r"^[a-z][a-z0-9._]*@([a-z0-9-]+\.)*(example|example\.com|example\.net|example\.org)$"


def addresses(longest: int | None, *, unique: bool = False, of_company: bool = False) -> pl.Series:
    stated = {"lens": "email", "longest": longest, "unique": unique, "of_company": of_company}
    config = {
        "schema": {"layout": "explicit"},
        "tables": {"a": {"rows": N, "columns": {"mail": stated}}},
        "features": {"model": "scm"},
    }
    return generate(parse_config(config), 2).tables["a"]["mail"]


@settings(max_examples=12, deadline=None)
@given(st.integers(SHORTEST, 60), st.booleans(), st.booleans())
def test_none_is_longer_and_those_that_fit_stay(
    longest: int, unique: bool, of_company: bool
) -> None:
    free = addresses(None, unique=unique, of_company=of_company)
    short = addresses(longest, unique=unique, of_company=of_company)
    fits = free.str.len_chars() <= longest
    assert short.str.len_chars().max() <= longest
    assert (short.filter(fits) == free.filter(fits)).all()
    assert (short.filter(~fits) != free.filter(~fits)).all()
    assert short.str.contains(FORM).all()
    assert not unique or short.n_unique() == N


def test_a_column_has_the_room_that_names_need() -> None:
    with pytest.raises(ConfigError, match=r"longest: must be at least 26, got 25"):
        addresses(SHORTEST - 1)
