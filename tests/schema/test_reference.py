"""The layouts have the distributions of the reference implementation."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from plurel_cli.schema.layouts import Edges, layouts
from tests.schema.graphs import measures, sampled
from tests.statistics import assert_mean, mean_z, two_sample_z, z_limit

_DATA = json.loads((Path(__file__).parents[1] / "data/schema_reference.json").read_text())
REFERENCE: dict[str, dict[str, Any]] = _DATA["layouts"]
N_GRAPHS: int = _DATA["graphs_each"]
DEFAULT = ("barabasi_albert", "reverse_random_tree", "watts_strogatz")

# A mean, a mean square and five quantiles of seven measures of every layout at every size.
LIMIT = z_limit(7 * 7 * len(REFERENCE))


def _squares(sample: NDArray[Any], mean: float, sd: float) -> float:
    """Distance of two samples' mean squares, the error of both from this sample's.

    (Not of their variances: where a value is one of two at even odds, the variance has no error
    of first order.)
    """
    squares = sample.astype(float) ** 2
    spread = float(squares.std())
    ours, theirs = float(squares.mean()), mean**2 + sd**2
    return two_sample_z((ours, spread, sample.size), (theirs, spread, N_GRAPHS))


def _quantile_z(sample: NDArray[Any], share: float, quantile: float) -> float:
    """How far the sample's distribution function is from passing `share` at the quantile.

    Values are integers, so the function jumps over the share: at most the share lies below the
    quantile, and at least the share up to it, but for sampling errors of both samples and one
    graph, since the quantile lies between two.
    """
    error = math.sqrt(2 * share * (1 - share) / sample.size)
    slack = 1 / sample.size
    too_many = (sample < math.floor(quantile)).mean() - share - slack
    too_few = share - slack - (sample <= math.ceil(quantile)).mean()
    return max(too_many, too_few, 0.0) / error


def _distance(graphs: list[Edges], n: int, reference: Mapping[str, Any]) -> tuple[float, str]:
    """The largest distance of all comparisons, in standard errors, and where it is."""
    distances: dict[str, float] = {}
    for name, sample in measures(graphs, n).items():
        its = reference[name]
        ours = (float(sample.mean()), float(sample.std()), len(graphs))
        distances[f"mean of {name}"] = abs(two_sample_z(ours, (its["mean"], its["sd"], N_GRAPHS)))
        distances[f"squares of {name}"] = abs(_squares(sample, its["mean"], its["sd"]))
        for share, quantile in its["quantiles"].items():
            z = _quantile_z(sample, float(share), quantile)
            distances[f"{share} quantile of {name}"] = z
    where = max(distances, key=distances.__getitem__)
    return distances[where], where


def _assert_far(graphs: list[Edges], n: int, key: str) -> None:
    assert _distance(graphs, n, REFERENCE[key])[0] > LIMIT


@pytest.mark.parametrize("key", REFERENCE)
def test_layout_matches_the_reference(key: str) -> None:
    layout, n = key.split("/")
    distance, where = _distance(sampled(layout, int(n), N_GRAPHS), int(n), REFERENCE[key])
    assert distance < LIMIT, where


def test_every_layout_has_a_reference() -> None:
    ours = {"shallow"}
    assert {key.split("/")[0] for key in REFERENCE} == set(layouts.names()) - ours
    assert {f"{name}/{n}" for name in DEFAULT for n in (5, 10, 20)} <= REFERENCE.keys()


@pytest.mark.parametrize(
    ("layout", "settings"),
    [
        ("barabasi_albert", {"m": 1}),
        ("barabasi_albert", {"m": 3}),
        ("barabasi_albert", {"p_drop": 0.0}),
        ("barabasi_albert", {"p_drop": 0.5}),
        ("watts_strogatz", {"k": 2}),
        ("watts_strogatz", {"k": {"choices": {2: 2, 4: 1}}}),
        ("watts_strogatz", {"p_rewire": {"min": 0.0, "max": 0.2}}),
        ("erdos_renyi", {"p": {"min": 0.3, "max": 0.7}}),
        ("layered", {"depth": {"min": 2, "max": 7}}),
        ("layered", {"p_drop": 0.2}),
    ],
)
def test_a_wrong_setting_fails_the_check(layout: str, settings: dict[str, Any]) -> None:
    _assert_far(sampled(layout, 20, N_GRAPHS, **settings), 20, f"{layout}/20")


@pytest.mark.parametrize("layout", ["barabasi_albert", "reverse_random_tree", "watts_strogatz"])
@pytest.mark.parametrize("n", [5, 10, 20])
def test_edges_pointing_the_wrong_way_fail_the_check(layout: str, n: int) -> None:
    turned = [[(b, a) for a, b in edges] for edges in sampled(layout, n, N_GRAPHS)]
    _assert_far(turned, n, f"{layout}/{n}")


@pytest.mark.parametrize("n", [3, 8, 20])
def test_tree_has_one_sink_and_no_diamond(n: int) -> None:
    found = measures(sampled("reverse_random_tree", n, 500), n)
    assert set(found["edges"]) == {n - 1}
    assert set(found["sinks"]) == {1}
    assert set(found["multipath_pairs"]) == {0}


@pytest.mark.parametrize("n", [4, 8, 20])
def test_preferential_attachment_has_two_edges_a_table_before_any_is_dropped(n: int) -> None:
    found = measures(sampled("barabasi_albert", n, 500, p_drop=0), n)
    assert set(found["edges"]) == {2 * n - 4}
    assert set(found["sources"]) == {1}


def test_preferential_attachment_drops_one_edge_of_two_sinks_in_five() -> None:
    n = 20
    whole = measures(sampled("barabasi_albert", n, N_GRAPHS, p_drop=0), n)
    thinned = measures(sampled("barabasi_albert", n, N_GRAPHS), n)
    # The two are drawn from the same addresses, and the dropping comes last.
    dropped = whole["edges"] - thinned["edges"]
    assert_mean(dropped - 0.4 * whole["sinks"], 0.0)
    assert abs(mean_z(dropped - 0.5 * whole["sinks"], 0.0)) > z_limit()
    assert whole["sinks"].mean() > 5  # several
    assert (whole["sinks"] <= thinned["sinks"]).all()  # a table may lose its only child


@pytest.mark.parametrize("k", [2, 4, 6])
@pytest.mark.parametrize("n", [7, 8, 20])
def test_small_world_has_half_k_edges_a_table_and_one_a_join(n: int, k: int) -> None:
    graphs = sampled("watts_strogatz", n, 500, k=k)
    edges = measures(graphs, n)["edges"]
    assert edges.min() == n * k / 2
    unrewired = measures(sampled("watts_strogatz", n, 50, k=k, p_rewire=0), n)["edges"]
    assert set(unrewired) == {n * k / 2}
    assert (edges == n * k / 2).mean() > 0.5


@pytest.mark.parametrize(("n", "k"), [(2, 2), (2, 4), (4, 4), (4, 8), (6, 6)])
def test_small_world_with_k_equal_to_n_is_complete(n: int, k: int) -> None:
    complete = [(a, b) for a in range(n) for b in range(a + 1, n)]
    assert sampled("watts_strogatz", n, 1, k=k) == [complete]


def test_small_world_has_more_multipath_pairs_than_the_other_default_layouts() -> None:
    pairs = {name: measures(sampled(name, 20, 500), 20)["multipath_pairs"] for name in DEFAULT}
    most = pairs.pop("watts_strogatz")
    for other in pairs.values():
        a, b = ((float(x.mean()), float(x.std()), x.size) for x in (most, other))
        assert two_sample_z(a, b) > z_limit()


def test_measures_of_a_diamond() -> None:
    found = measures([[(0, 1), (0, 2), (1, 3), (2, 3)]], 4)
    assert {name: values.tolist() for name, values in found.items()} == {
        "edges": [4.0],
        "sinks": [1],
        "sources": [1],
        "max_in_degree": [2.0],
        "max_out_degree": [2.0],
        "longest_path": [2.0],
        "multipath_pairs": [1],
    }


def test_quantile_distance_is_zero_for_the_sample_itself_and_far_for_a_shifted_one() -> None:
    sample = np.repeat([1.0, 2.0, 3.0], [600, 800, 600])
    for share in (0.05, 0.25, 0.5, 0.75, 0.95):
        assert _quantile_z(sample, share, float(np.quantile(sample, share))) == 0.0
    assert _quantile_z(sample, 0.5, 3.0) > LIMIT
    assert _quantile_z(sample, 0.5, 1.0) > LIMIT
