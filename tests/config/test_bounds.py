"""Every setting has bounds, and what would overflow, explode or never end is refused at once."""

from __future__ import annotations

import typing
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from annotated_types import Le, Lt
from scipy import stats

from plurel_cli.choices.kinds import Integers, Reals
from plurel_cli.choices.registry import Registry
from plurel_cli.choices.section import Section
from plurel_cli.config import Config, parse_config, read_config
from plurel_cli.config.override import Override
from plurel_cli.errors import ConfigError
from plurel_cli.features.noise import beta_quantiles

COUNTED = {"rows", "rows.entity", "rows.activity", "rows.event", "max_parents", "min_days",
           "part_rows"}  # fmt: skip
"""Counts, which 64 bits bound, or the window."""


def _numbers(annotation: Any, metadata: tuple[Any, ...], path: str) -> Iterator[tuple[str, bool]]:
    """Numbers that a config may set, and whether they have an upper bound."""
    for entry in metadata:
        if isinstance(entry, Registry):
            for choice in entry:
                for name, parameter in choice.parameters.items():
                    yield from _numbers(float, (parameter.kind,), f"{path}.{choice.name}.{name}")
    if isinstance(annotation, type) and issubclass(annotation, Section):
        if not issubclass(annotation, Override):
            for name, field in annotation.model_fields.items():
                yield from _numbers(field.annotation, tuple(field.metadata), f"{path}.{name}")
        return
    kinds = [entry for entry in metadata if isinstance(entry, Integers | Reals)]
    for kind in kinds:
        yield path, kind.le is not None or kind.lt is not None
    arguments = typing.get_args(annotation)
    if annotation in (int, float) or set(arguments) in ({int, type(None)}, {float, type(None)}):
        if not kinds and not any(hasattr(entry, "json_schema") for entry in metadata):
            yield path, any(isinstance(entry, Le | Lt) for entry in metadata)
    elif typing.get_origin(annotation) is typing.Annotated:
        yield from _numbers(arguments[0], arguments[1:], path)
    elif not kinds and typing.get_origin(annotation) is not dict:
        for inner in arguments:
            yield from _numbers(inner, (), path)


def test_every_number_but_counts_has_an_upper_bound() -> None:
    numbers = dict(_numbers(Config, (), ""))
    assert len(numbers) > 60
    unbounded = {
        path for path, is_bounded in numbers.items()
        if not is_bounded and not path.endswith(tuple(f".{name}" for name in COUNTED))
    }  # fmt: skip
    assert unbounded == set()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("features: {model: series, series: {value_scale: 1.0e+39}}", "must be above 0 and"),
        ("features: {scm: {noise: 5000}}", "noise: must be at least 0.1 and at most 200"),
        ("features: {scm: {noise: 0.001}}", "noise: must be at least 0.1 and at most 200"),
        ("features: {scm: {latent_ratio: 1.0e-9}}", "latent_ratio: must be at least 0.01"),
        ("connectivity: {hierarchy: {depth: 40, branching: 100000000}}", "must be at least 1"),
        ("schema: {layout: watts_strogatz, layouts: {watts_strogatz: {k: {min: 2, max: "
         "1000000000}}}}", "k.max: must be at least 2 and at most 10000"),
        ("connectivity: {levels: 1, parent_clusters: 2000, child_clusters: 2000}",
         "connectivity: must give a key at most 262144 scores"),
        ("connectivity: {levels: 64, parent_clusters: 10000, matched: true}", "at most 262144"),
        ("connectivity: {parent_clusters: 1000}\ntables: {table_0: {keys: {table_1: {connectivity: "
         "{child_clusters: 9000}}}}}", "keys.table_1.connectivity: must give a key at most"),
        ("connectivity: {childless: {min: 0.5, max: true}}", "childless.max: must be a number"),
    ],
)  # fmt: skip
def test_what_would_overflow_or_never_end_is_refused(text: str, words: str, tmp_path: Path) -> None:
    path = tmp_path / "c.yaml"
    path.write_text(text)
    with pytest.raises(ConfigError) as caught:
        read_config(path)
    assert words in str(caught.value)


def test_the_largest_settings_of_a_hierarchy_and_of_series_are_finite() -> None:
    hierarchy = {"depth": 64, "branching": 1e4}
    assert np.isfinite(hierarchy["branching"] ** hierarchy["depth"])
    parse_config({"connectivity": {"hierarchy": hierarchy}})


@pytest.mark.parametrize("a", [0.1, 0.3, 0.5, 0.7, 1.0, 5.0, 50.0, 200.0])
@pytest.mark.parametrize("b", [0.1, 0.2, 0.5, 1.0, 20.0, 200.0])
def test_noise_has_its_law_wherever_it_is_allowed(a: float, b: float) -> None:
    """The quantiles lie where the distribution has them, but for the rounding to float32."""
    middles = (np.arange(1 << 12) + 0.5) / (1 << 12)
    quantiles = beta_quantiles(a, b)
    below, above = (
        stats.beta.cdf(np.nextafter(quantiles, np.float32(end)).astype(float), a, b)
        for end in (0, 1)
    )
    assert max((below - middles).max(), (middles - above).max()) < 0.01
