from __future__ import annotations

from pathlib import Path

import pytest
from scipy import stats

from plurel_cli.config import parse_config
from plurel_cli.config.mixture import Component, Mixture, load_mixture
from plurel_cli.errors import ConfigError, PlurelError
from tests.statistics import p_limit


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "sub").mkdir()
    for number, name in enumerate(("a.yaml", "b.yaml", "sub/c.yaml")):
        (tmp_path / name).write_text(f"schema: {{tables: {number + 3}}}\n")
    return tmp_path


def _mixture(text: str, place: str = "mixture.yaml") -> Mixture:
    Path(place).write_text(text)
    return load_mixture(place)


def _p_value(mixture: Mixture, weights: tuple[float, ...], n: int = 4000) -> float:
    """Chi-square of the components of the first seeds."""
    counts = [0] * len(weights)
    for seed in range(n):
        counts[mixture.position(seed)] += 1
    expected = [n * weight / sum(weights) for weight in weights]
    return float(stats.chisquare(counts, expected).pvalue)


def test_configs_are_drawn_by_their_weights() -> None:
    mixture = _mixture("configs: {choices: {a.yaml: 3, b.yaml: 1, sub/c.yaml: 0.5}}")
    assert [its.name for its in mixture.components] == ["a.yaml", "b.yaml", "sub/c.yaml"]
    assert _p_value(mixture, (3, 1, 0.5)) > p_limit()
    assert _p_value(mixture, (3, 1.5, 0.5)) < p_limit()


def test_list_gives_even_odds() -> None:
    assert _p_value(_mixture("configs: [a.yaml, b.yaml]"), (1, 1)) > p_limit()


def test_a_seed_draws_by_itself_and_a_weight_of_zero_draws_nothing() -> None:
    mixture = _mixture("configs: {choices: {a.yaml: 1, b.yaml: 0, sub/c.yaml: 1}}")
    found = [mixture.of(seed).name for seed in range(100)]
    assert set(found) == {"a.yaml", "sub/c.yaml"}
    assert [mixture.of(seed).name for seed in reversed(range(100))] == found[::-1]


def test_paths_are_relative_to_the_mixture(monkeypatch: pytest.MonkeyPatch, here: Path) -> None:
    first = _mixture("configs: [c.yaml, ../a.yaml]", "sub/mixture.yaml")
    monkeypatch.chdir(here / "sub")
    assert load_mixture("mixture.yaml").fingerprint == first.fingerprint
    assert first.components[1].config == parse_config({"schema": {"tables": 3}})


def test_fingerprint_tells_configs_and_weights_apart() -> None:
    texts = [
        "[a.yaml, b.yaml]",
        "[b.yaml, a.yaml]",
        "{choices: {a.yaml: 2, b.yaml: 1}}",
        "[a.yaml]",
    ]
    found = [_mixture(f"configs: {text}").fingerprint for text in texts]
    assert len(set(found)) == len(texts)
    assert found[3] == load_mixture("a.yaml").fingerprint
    assert found[3] == Mixture.alone(parse_config({"schema": {"tables": 3}})).fingerprint
    assert load_mixture(None).fingerprint == Mixture.alone(parse_config({})).fingerprint


def test_warnings_of_configs_are_kept() -> None:
    Path("a.yaml").write_text("schema: {tables: [3, 5]}\n")
    assert len(_mixture("configs: [a.yaml, b.yaml]").warnings) == 1
    assert len(load_mixture("a.yaml").warnings) == 1


def test_fingerprint_of_a_component_is_that_of_its_resolved_config() -> None:
    written = Component("a", parse_config({"schema": {"tables": 3}}))
    resolved = Component("b", parse_config(written.resolved))
    assert written.fingerprint == resolved.fingerprint


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("configs: 3", "mixture.yaml: configs: must be a list of files, or {choices: {FILE"),
        ("configs: []", "configs: must be a list of files, none of them twice"),
        ("configs: [a.yaml, a.yaml]", "configs: must be a list of files, none of them twice"),
        ("configs: [[1]]", "configs: must be a list of files"),
        ("configs: {a.yaml: 1}", "configs: must be a list of files, or {choices"),
        ("configs: {choices: []}", "configs.choices: must be a map from files to weights"),
        ("configs: {choices: {a.yaml: -1}}", "configs.choices.a.yaml: must be a weight from 0"),
        ("configs: {choices: {a.yaml: .nan}}", "a.yaml: must be a weight from 0 to 1e+12"),
        ("configs: {choices: {a.yaml: true}}", "a.yaml: must be a weight from 0 to 1e+12"),
        ("configs: {choices: {a.yaml: 0}}", "configs.choices: must have a weight above 0"),
        ("configs: [a.yaml]\nseeds: 3", "seeds: is no part of a mixture, which has configs alone"),
        ("configs: [a.yaml, none.yaml]", "none.yaml: no such config file"),
        ("configs: [mixture.yaml]", "configs.mixture.yaml: is itself a mixture"),
        ("configs: [sub]", "sub: cannot be used: is a directory"),
    ],
)
def test_bad_mixture_is_refused(text: str, words: str) -> None:
    with pytest.raises(PlurelError) as caught:
        _mixture(text)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_all_problems_of_all_configs_are_told() -> None:
    Path("a.yaml").write_text("schema: {tabels: 3}\n")
    Path("b.yaml").write_text("schema: {tables: 0}\nx: 1\n")
    with pytest.raises(ConfigError) as caught:
        _mixture("configs: [a.yaml, b.yaml]")
    lines = str(caught.value).splitlines()
    assert len(lines) == 3
    assert all(line.startswith("mixture.yaml: ") for line in lines)
    assert "a.yaml: schema.tabels: is not a known setting" in lines[0]
