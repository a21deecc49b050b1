"""Texts that go on after a template: how often, with which, and what they never say twice."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from typing import Any

import numpy as np
import polars as pl
import pytest
from scipy import stats

from plurel_cli import generate, parse_config
from plurel_cli.errors import ConfigError

SENTENCES = ("One {size}.", "Two.", "Three {!: so | or so}.", "Four.")
N = 20_000


def texts(more: float, templates: tuple[str, ...] = SENTENCES, nulls: float = 0.0) -> pl.DataFrame:
    columns: dict[str, Any] = {
        "size": {"lens": "category", "values": {"small": 1, "large": 2}, "nulls": nulls},
        "note": {"lens": "text", "templates": list(templates), "more": more},
    }
    config = {
        "schema": {"layout": "explicit"},
        "tables": {"a": {"rows": N, "columns": columns}},
        "features": {"model": "scm"},
    }
    return generate(parse_config(config), 4).tables["a"]


def parts(note: str) -> list[str]:
    return [part.strip().split(" ")[0] for part in note.rstrip(".").split(".")]


@pytest.mark.parametrize("more", [0.0, 0.3, 0.8])
def test_another_template_follows_with_the_probability_asked_for(more: float) -> None:
    several = [parts(note) for note in texts(more)["note"]]
    lengths = Counter(map(len, several))
    shares = [(1 - more) * more**k for k in range(3)] + [more**3]
    expected = {k + 1: N * share for k, share in enumerate(shares) if share}
    assert set(lengths) == set(expected)
    if more:
        observed = [lengths[k] for k in expected]
        assert stats.chisquare(observed, [*expected.values()]).pvalue > 1e-4
    firsts = Counter(words[0] for words in several)
    assert stats.chisquare([*firsts.values()]).pvalue > 1e-4
    order = ["One", "Two", "Three", "Four"]
    for words in several:
        assert all(order.index(b) == (order.index(a) + 1) % 4 for a, b in pairwise(words))


def test_what_is_null_is_not_said() -> None:
    frame = texts(0.9, nulls=0.5)
    lacks = frame["size"].is_null().to_numpy()
    says = np.array(["One" in parts(note) for note in frame["note"]])
    assert not (lacks & says).any()
    assert "None" not in "".join(frame["note"])
    assert says[~lacks].mean() > 0.7
    assert all(len(set(parts(note))) == len(parts(note)) for note in frame["note"])


def test_more_changes_no_first_template() -> None:
    brief, long = (texts(more)["note"] for more in (0.0, 0.6))
    assert all(b.startswith(a) for a, b in zip(brief, long, strict=True))


def test_numbers_are_followed_by_what_they_count() -> None:
    columns: dict[str, Any] = {
        "nights": {"lens": "integer", "numbers": {1: 1, 2: 1, 11: 1}},
        "hours": {"lens": "number", "numbers": {1: 1, 1.5: 1}},
        "note": {
            "lens": "text",
            "templates": ["For {nights: # night | # nights}, {hours: # hour | # hours}."],
        },
    }
    config = {
        "schema": {"layout": "explicit"},
        "tables": {"a": {"rows": 300, "columns": columns}},
        "features": {"model": "scm"},
    }
    frame = generate(parse_config(config), 4).tables["a"]
    for nights, hours, note in frame.select("nights", "hours", "note").iter_rows():
        night, hour = "night" + "s" * (nights != 1), "hour" + "s" * (hours != 1)
        assert note == f"For {nights} {night}, {hours:g} {hour}."
    columns["note"]["templates"] = ["{nights: # night | # nights | # years}"]
    with pytest.raises(ConfigError, match="what one is, and what several are"):
        parse_config(config)
