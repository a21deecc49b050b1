from __future__ import annotations

import numpy as np

from plurel_cli import parse_config
from plurel_cli.choices.choice import Choice, Fixed, IntegerRange, OneOf, RealRange
from plurel_cli.numerics.stream import Stream
from plurel_cli.schema.model import Schema
from plurel_cli.schema.narrowed import Narrowed
from plurel_cli.schema.sample import sample_schema
from tests.statistics import chi_square_p, p_limit


def test_values_are_those_of_the_choice_that_lie_between() -> None:
    choice = IntegerRange(2, 12, inverse=True)
    narrowed = Narrowed(choice, 4, 9)
    draws = Stream(1).draws()
    values = [int(narrowed.draw(draws)) for _ in range(4000)]
    counts = np.bincount(values, minlength=13)
    assert counts[:4].sum() + counts[10:].sum() == 0
    assert chi_square_p(counts[4:10], 1 / np.arange(4, 10)) > p_limit()
    assert chi_square_p(counts[4:10], np.ones(6)) < p_limit()


def test_ends_are_two_draws_of_the_choice() -> None:
    for choice in (IntegerRange(2, 9), RealRange(0.0, 1.0), OneOf((0.1, 0.7)), Fixed(3)):
        its: Choice[float] = choice  # type: ignore[assignment]
        ranges = [Narrowed.of(its, Stream(seed)) for seed in range(300)]
        assert all(one.low <= one.high for one in ranges)
        assert len({one.low for one in ranges}) > 1 or isinstance(choice, Fixed)
    lows = np.array([Narrowed.of(RealRange(0.0, 1.0), Stream(s)).low for s in range(4000)])
    # The smaller of two uniforms is below x with probability 1 − (1 − x)².
    edges = 1 - np.sqrt(1 - np.linspace(0, 1, 11))
    assert chi_square_p(np.histogram(lows, edges)[0], np.ones(10)) > p_limit()


def _schema(seed: int, **schema: object) -> Schema:
    raw = {"tables": 6, "columns": 8, "p_categorical": {"min": 0, "max": 1},
           "categories": {"min": 2, "max": 1000, "p": "inverse"}, **schema}  # fmt: skip
    return sample_schema(parse_config({"schema": raw}), seed)


def test_databases_differ_more_than_their_tables() -> None:
    """Share of the variance of counts that is between databases: none without, much with."""

    def between(narrowed: bool) -> float:
        logs = [
            [np.log(c.categories) for t in _schema(s, narrowed=narrowed).tables
             for c in t.features if c.categories]
            for s in range(60)
        ]  # fmt: skip
        means = np.array([np.mean(one) for one in logs if len(one) > 5])
        return float(means.var() / np.var([x for one in logs for x in one]))

    assert between(False) < 0.15
    assert between(True) > 0.4


def test_narrowing_moves_nothing_else() -> None:
    plain, narrowed = (_schema(3, narrowed=its) for its in (False, True))
    assert plain.edges == narrowed.edges
    assert [t.rows for t in plain.tables] == [t.rows for t in narrowed.tables]
    assert [len(t.features) for t in plain.tables] == [len(t.features) for t in narrowed.tables]


def test_a_tables_own_setting_is_not_narrowed() -> None:
    config = parse_config(
        {
            "schema": {"tables": 3, "narrowed": True, "columns": 5},
            "tables": {"table_0": {"p_categorical": 1, "categories": 999}},
        }
    )
    for seed in range(5):
        table = sample_schema(config, seed).by_name["table_0"]
        assert [c.categories for c in table.features] == [999] * 5
