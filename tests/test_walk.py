"""How many modules a feature's values go through, as `benchmarks.walk` counts them."""

from __future__ import annotations

from benchmarks.walk import ROOT, walks


def test_a_feature_goes_through_few_modules() -> None:
    calls, returns = walks(ROOT)
    assert {"plurel_cli.features.nodes", "plurel_cli.blocks.frames"} <= set(returns.modules())
    assert "plurel_cli.features.mechanisms.perceptrons" in returns.modules(apart=True)
    assert set(returns.modules()) < set(calls.modules())
    assert len(returns.modules()) <= 12
    assert len(calls.modules()) <= 39
