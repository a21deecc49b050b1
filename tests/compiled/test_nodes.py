"""Whole nodes have the same values compiled, and the same causes are seen to act on them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from plurel_cli.compiled.code import whole_nodes
from plurel_cli.compiled.code.twins import TWINS
from plurel_cli.config.scm import ScmConfig
from plurel_cli.features.acting import N_LEVELS, N_ROWS, Probe
from plurel_cli.features.activations import activations
from plurel_cli.features.aggregations import aggregations
from plurel_cli.features.encoders import Cause
from plurel_cli.features.grids import Grid, Positions
from plurel_cli.features.mechanised import BetaNoise, DrawnNode, Mechanised
from plurel_cli.features.mechanisms import is_by_grid, mechanisms
from plurel_cli.features.noise import beta_quantiles
from plurel_cli.features.roles import Embedding
from plurel_cli.features.roles.draws import draw_nodes
from plurel_cli.features.rows import SLICE_ROWS, Rows, all_rows
from plurel_cli.kernel.twins import definitions
from plurel_cli.numerics.stream import Stream
from tests.compiled.alike import alike

Floats = NDArray[np.float32]

QUANTILES = beta_quantiles(2.0, 5.0)

HOSTILE = (0.0, -0.0, 1e-45, -1e-38, 1e4, -1e6, 1e18, 3e38, 2.0**23, -80.0)
INFINITE = (np.inf, -np.inf, np.nan)

FEW = [(1, 1), (1, 2), (1, 7), (2, 1), (2, 6), (3, 1), (3, 5), (4, 2), (4, 6)]
"""Numbers that come in and go out, of which many rows are made at once."""

SHAPES = [*FEW, (1, 8), (2, 7), (4, 7), (5, 1), (5, 6), (8, 8), (9, 17), (32, 32), (33, 1)]


@dataclass
class Given:
    """What is known of some rows."""

    rows: Rows
    values: Mapping[int, NDArray[Any]]
    grids: Mapping[int, Grid | None]
    of_parents: Floats | None
    packed: dict[Any, Any] = field(default_factory=dict)

    def positions(self, node: int) -> Positions | None:
        grid = self.grids[node]
        return None if grid is None else grid.positions(self.values[node])

    def shared(self, aggregation: str) -> Floats | None:
        return self.of_parents


def refusing(name: str) -> Callable[..., Any]:
    """A compiled twin that may not leave the work to its definition."""

    def definition(*arguments: Any) -> Any:
        raise AssertionError("left to the definition")

    return TWINS[name](definition)


def drawn(rng: np.random.Generator, n: int, scm: Mapping[str, Any]) -> tuple[Mechanised, Given]:
    """A node of some causes, and its rows."""
    config = ScmConfig.model_validate({"mlp": {"hidden": 9}, **scm})
    width = int(rng.choice([1, 2, 3, 8, 32]))
    n_causes = int(rng.integers(0, 10))
    families = [str(rng.choice(mechanisms.names())) for _ in range(n_causes + 1)]
    categories = [None if rng.random() < 0.6 else int(rng.integers(2, 9)) for _ in families]
    causes, values, grids = [], {}, {}
    for node, (family, count) in enumerate(zip(families, categories, strict=False)):
        if node == n_causes:
            break
        scale = np.float32(10.0 ** rng.integers(-3, 4))
        numbers = rng.standard_normal(n).astype(np.float32) * scale
        of_labels = None if count is None else rng.integers(0, count, n).astype(np.int32)
        held = None if rng.random() < 0.9 else 1.0
        grid = Grid.of(np.sort(numbers)) if count is None and rng.random() < 0.5 else None
        by_grid = grid if is_by_grid(family) else None
        mean, sd = (0.0, 1.0) if rng.random() < 0.5 else rng.uniform(0.1, 2.0, 2).tolist()
        values[node] = numbers if of_labels is None else of_labels
        grids[node] = by_grid
        causes.append(Cause(count, count is not None, by_grid, held, mean, sd))
    weights = tuple(rng.choice([1.0, 0.5, -2.0, 30.0], n_causes).tolist())
    embedding = Embedding(str(rng.choice(aggregations.names())), width, weights, tuple(families))
    (node_drawn,) = draw_nodes(
        [embedding], [categories], config.mlp, Stream(int(rng.integers(1 << 30))).generator()
    )
    of_parents = None
    if n_causes == 0 or rng.random() < 0.5:
        spread = np.float32(rng.choice([0.1, 1.0, 1e3, 1e12]))
        of_parents = rng.standard_normal((n, width + int(rng.integers(0, 3)))).astype(np.float32)
        of_parents *= spread
    noise = BetaNoise(QUANTILES, width, Stream(int(rng.integers(1 << 30))))
    nodes = tuple(range(n_causes))
    model = Mechanised(nodes, causes, embedding, node_drawn, noise)
    return model, Given(all_rows(n), values, grids, of_parents)


def is_same(model: Mechanised, given_: Given, twin: Callable[..., Any] | None = None) -> bool:
    with np.errstate(all="ignore"):
        expected = definitions["node"](model, given_)
        found = (twin or TWINS["node"](definitions["node"]))(model, given_)
    assert expected.dtype == found.dtype
    return alike(expected, found)


@given(st.integers(0, 1 << 30), st.sampled_from([1, 2, 17, 200, SLICE_ROWS, SLICE_ROWS + 3]))
@settings(max_examples=250, deadline=None)
def test_nodes_are_the_same(seed: int, n: int) -> None:
    assert is_same(*drawn(np.random.default_rng(seed), n, {}))


@pytest.mark.parametrize("n", [3, 200, 2 * SLICE_ROWS + 5])
def test_most_nodes_are_not_left_to_the_definition(n: int) -> None:
    n_left = 0
    for seed in range(120):
        model, given_ = drawn(np.random.default_rng(seed), n, {})
        try:
            assert is_same(model, given_, refusing("node"))
        except AssertionError as error:
            assert str(error) == "left to the definition"  # noqa: PT017
            n_left += 1
    assert n_left <= 6  # those in which a number is not finite


@given(st.integers(0, 1 << 30), st.data())
@settings(max_examples=150, deadline=None)
def test_nodes_of_hostile_numbers_are_the_same(seed: int, data: st.DataObject) -> None:
    model, given_ = drawn(np.random.default_rng(seed), 40, {})
    for node, values in given_.values.items():
        if values.dtype == np.float32:
            which = data.draw(st.integers(0, 39), label=f"row of {node}")
            values[which] = data.draw(st.sampled_from(HOSTILE + INFINITE * (seed % 3 == 0)))
    if given_.of_parents is not None:
        given_.of_parents[3] = data.draw(st.sampled_from(HOSTILE + INFINITE))
    assert is_same(model, given_)


@given(st.integers(0, 1 << 30), st.sampled_from([1, 2, 40, SLICE_ROWS + 1]))
@settings(max_examples=100, deadline=None)
def test_nodes_of_numbers_that_are_all_the_same(seed: int, n: int) -> None:
    """But for the last one, in one of three; such numbers have no grid."""
    rng = np.random.default_rng(seed)
    model, given_ = drawn(rng, n, {})
    for node, (cause, values) in enumerate(zip(model.causes, given_.values.values(), strict=True)):
        if cause.kind == "number":
            values[: n - int(rng.integers(3) == 0)] = rng.choice([0.0, -0.0, 1.5, 3e38, np.nan])
            assert given_.grids[node] is None
    assert is_same(model, given_)


@pytest.mark.parametrize("name", activations.names())
@pytest.mark.parametrize("family", ["mlp", "matrix"])
def test_every_activation_is_the_same(name: str, family: str) -> None:
    rng = np.random.default_rng(7)
    for n, scale in ((1, 1.0), (70, 1e-30), (515, 1.0), (515, 10.0), (33, 1e3), (33, 1e30)):
        mlp = {"activation": name, "hidden": 32, "layers": {"min": 2, "max": 4}}
        config = ScmConfig.model_validate({"mlp": mlp})
        several = mechanisms[family].function(Stream(n).generator(), 4, 3, 5, config.mlp)
        inputs = [rng.standard_normal((n, 3)).astype(np.float32) * np.float32(scale)] * 4
        inputs[0][: len(HOSTILE), 1] = HOSTILE[:n]
        same_encodings(several, inputs)


def same_encodings(several: Any, inputs: list[Floats]) -> None:
    weights = [1.0, 0.5, -2.0, 1e6][: len(several)]
    copied = [x.copy() for x in inputs]
    with np.errstate(all="ignore"):
        expected = definitions["encodings"](several, inputs, weights)
        found = TWINS["encodings"](definitions["encodings"])(several, copied, weights)
    for here, there in zip(expected, found, strict=True):
        assert here.dtype == there.dtype
        assert alike(here, there)


@pytest.mark.parametrize("family", mechanisms.names())
@pytest.mark.parametrize("shape", SHAPES)
def test_mechanisms_of_any_shape_are_the_same(family: str, shape: tuple[int, int]) -> None:
    rng = np.random.default_rng(3)
    for n in (0, 1, 2, 3, 4, 5, 7, 96, 1025):
        mlp = ScmConfig.model_validate({"mlp": {"hidden": 11, "layers": {"min": 1, "max": 4}}}).mlp
        several = mechanisms[family].function(Stream(n).generator(), 4, *shape, mlp)
        inputs = [rng.standard_normal((n, shape[0])).astype(np.float32) for _ in several]
        if n:
            same_encodings(several, inputs)
            same_encodings(several, [np.asfortranarray(x) for x in inputs])


def probes_of(given_: Given, model: Mechanised) -> list[Probe]:
    probes = []
    for node, cause in enumerate(model.causes):
        values = given_.values[node]
        if cause.categories is not None:
            probes.append(Probe.of_category(values, cause.categories))
        else:
            grid = partial(given_.grids.get, node)
            probes.append(Probe.of_number(values, np.sort(values), grid))
    return probes


@given(st.integers(0, 1 << 30), st.sampled_from([1, 5, N_ROWS, 90]))
@settings(max_examples=250, deadline=None)
def test_what_acts_is_the_same(seed: int, n: int) -> None:
    model, given_ = drawn(np.random.default_rng(seed), n, {})
    if not model.nodes:
        return
    probes, n_seen = probes_of(given_, model), min(n, N_ROWS)
    assert len(probes[0].values) == n_seen + N_LEVELS
    with np.errstate(all="ignore"):
        expected = definitions["acting"](model, n_seen, probes)
        assert TWINS["acting"](definitions["acting"])(model, n_seen, probes) == expected


def test_dead_causes_and_those_that_never_prevail_are_seen() -> None:
    """A constant mechanism does not act, nor does a cause that another always exceeds."""
    found = set()
    for seed in range(60):
        model, given_ = drawn(np.random.default_rng(seed), 90, {})
        if len(model.nodes) > 1:
            probes = probes_of(given_, model)
            found |= set(refusing("acting")(model, N_ROWS, probes))
    assert found == {True, False}


def test_an_unknown_mechanism_or_aggregation_is_left_to_the_definition() -> None:
    model, given_ = drawn(np.random.default_rng(1), 50, {})
    of_plugin = DrawnNode(
        [*model.drawn.mechanisms[:-1], lambda x: x[:, :1] * 2], model.drawn.embeddings
    )
    for other in (
        replace(model, drawn=of_plugin, packed=None),
        replace(model, embedding=model.embedding._replace(aggregation="mean"), packed=None),
    ):
        with pytest.raises(AssertionError, match="left to the definition"):
            refusing("node")(other, given_)
        assert other.packed is False


def test_what_lies_out_of_range_is_left_to_the_definition() -> None:
    """Categories and cells that no table has are not read."""
    for seed in range(40):
        model, given_ = drawn(np.random.default_rng(seed), 50, {})
        labels = [v for v in given_.values.values() if v.dtype == np.int32]
        kinds = [cause.kind for cause in model.causes]
        if "rows" in kinds and labels:
            labels[0][7] = 1000
            if model.causes[[v is labels[0] for v in given_.values.values()].index(True)].held:
                continue
            with pytest.raises(AssertionError, match="left to the definition"):
                refusing("node")(model, given_)
            return
    raise AssertionError("no node has such a cause")


@pytest.mark.parametrize("bit", [0, 31])
def test_one_bit_that_is_wrong_is_seen(bit: int, monkeypatch: pytest.MonkeyPatch) -> None:
    model, given_ = drawn(np.random.default_rng(5), 50, {})
    assert is_same(model, given_)
    right = whole_nodes.node(definitions["node"])

    def wrong(*arguments: Any) -> Any:
        values = right(*arguments)
        values.view(np.uint32)[-1] ^= np.uint32(1 << bit)
        return values

    assert not is_same(model, given_, wrong)
