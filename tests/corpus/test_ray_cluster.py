"""On a Ray cluster of two nodes, one of which is lost half-way, a corpus is the same."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from plurel_cli import generate_corpus, generate_to
from plurel_cli.errors import UsageError
from tests.corpus.conftest import N
from tests.corpus.samples import TINY, same_corpus, tiny_config
from tests.readers.environments import ROOT, reader
from tests.storage.samples import contents

PROGRAM = """
import json, sys, time
from pathlib import Path
from ray.cluster_utils import Cluster
import ray
import plurel_cli.corpus.ray_cluster as engine
from plurel_cli import generate_corpus, parse_config

def slower(setup, seed, config, make=engine._make):
    time.sleep(0.5)
    return make(setup, seed, config)

engine._make = slower
place, config, n = Path(sys.argv[1]), json.loads(sys.argv[2]), int(sys.argv[3])
node = dict(num_cpus=1, object_store_memory=80 << 20)
cluster = Cluster(initialize_head=True, head_node_args=node | dict(include_dashboard=False))
second = cluster.add_node(**node)
cluster.wait_for_nodes()
n_alive = []

def alive():
    return sum(its["Alive"] for its in ray.nodes())

def report(progress):
    n_alive.append(alive())
    if progress.done == 3:
        cluster.remove_node(second, allow_graceful=False)
        for _ in range(120):  # a cluster takes its time to notice
            if alive() == 1:
                break
            time.sleep(0.5)

index = generate_corpus(
    place, parse_config(config), range(n), engine="ray", address=cluster.address, report=report
)
print(json.dumps([len(index.failed), n_alive[0], n_alive[-1]]))
cluster.shutdown()
"""

ALONE = ["unshare", "--map-root-user", "--net", "sh", "-c", 'ip link set lo up && exec "$@"', "sh"]
"""Runs a command where there is no network but the loopback."""


def test_lost_node_leaves_no_trace(undisturbed: Path, tmp_path: Path) -> None:
    place = tmp_path / "c"
    program = [str(reader("ray").python), "-c", PROGRAM, str(place), json.dumps(TINY), str(N)]
    command = [*ALONE, *program]
    environment = os.environ | {"PYTHONPATH": str(ROOT), "RAY_USAGE_STATS_ENABLED": "0"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr[-3000:]
    assert done.stdout.splitlines()[-1] == "[0, 2, 1]"
    assert same_corpus(place, undisturbed)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"engine": "ray"}, r"--engine: ray needs Ray, which is not there; pip install"),
        ({"engine": "dask"}, "--engine: must be local or ray, got 'dask'"),
        ({"address": "localhost:1"}, "--address: is of no use without --engine ray"),
        ({"engine": "ray", "memory": 1 << 30}, "--memory: is of no use with --engine ray"),
    ],
)
def test_what_an_engine_cannot_use_is_refused(
    tmp_path: Path, options: dict[str, object], words: str
) -> None:
    with pytest.raises(UsageError) as caught:
        generate_corpus(tmp_path, tiny_config(), range(1), **options)  # type: ignore[arg-type]
    assert words in str(caught.value)
    assert list(tmp_path.iterdir()) == []


PORTIONS = """
import sys
import ray
from plurel_cli import generate_portion, load_config, merge_portions

config, place, n = load_config(sys.argv[1]), sys.argv[2], int(sys.argv[3])
ray.init("local", num_cpus=2, object_store_memory=80 << 20, include_dashboard=False)

@ray.remote(num_cpus=1)
def make(number):
    generate_portion(place, config, seed=1, portion=(number, n))

ray.get([make.remote(number) for number in range(n)])
merge_portions(place)
"""


def test_portions_of_a_database_are_tasks(tmp_path: Path) -> None:
    config = tmp_path / "config.yaml"
    config.write_text(json.dumps(TINY))
    place = tmp_path / "db"
    program = [str(reader("ray").python), "-c", PORTIONS, str(config), str(place), "3"]
    environment = os.environ | {"PYTHONPATH": str(ROOT), "RAY_USAGE_STATS_ENABLED": "0"}
    command = [*ALONE, *program]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr[-3000:]
    generate_to(tmp_path / "whole", config, 1)
    assert contents(place) == contents(tmp_path / "whole")
