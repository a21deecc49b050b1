"""Whether a key may be null is drawn with the probability that is drawn."""

from __future__ import annotations

from math import sqrt

from plurel_cli import parse_config
from plurel_cli.connectivity.habits import sample_habits
from plurel_cli.numerics.stream import Stream
from tests.statistics import z_limit


def test_a_probability_that_is_drawn_is_kept_to() -> None:
    """Of 0 or 0.5, so a quarter of keys: a draw of both by one number would give none, or half."""
    raw = {"connectivity": {"p_nullable": [0.0, 0.5], "null_rate": 0.1}}
    config = parse_config(raw).connectivity
    n = 4000
    drawn = [
        sample_habits(config, Stream(seed).child("key"), 0.0, both_timed=False) for seed in range(n)
    ]
    nullable = sum(habits is not None and habits.null_rate > 0 for habits in drawn)
    assert abs(nullable - n / 4) < z_limit() * sqrt(n * 3 / 16)
