"""Whether this machine's other faces, as far as it can play them, give the same databases."""

from __future__ import annotations

import sys

import pytest

from plurel_cli import load_config
from plurel_cli.lenses import lenses
from plurel_cli.schema.sample import sample_schema
from sameness.environments import ROOT, cpu_flags, environments, hashes_in
from sameness.hashes import STATED

CONFIGS = ["small", "broad", STATED]


@pytest.mark.skipif(not cpu_flags(), reason="only Linux tells what a CPU can do")
def test_oldest_and_newest_cpu_agree() -> None:
    first, *_, last = environments(sys.executable)
    reference = hashes_in(sys.executable, first, CONFIGS, 1)
    found = hashes_in(sys.executable, last, CONFIGS, 1)
    assert last.variables["OPENBLAS_CORETYPE"] == "Prescott"
    assert len(found) > 50
    assert [place for place in found if found[place] != reference[place]] == []


def test_a_column_of_every_lens_is_compared() -> None:
    schema = sample_schema(load_config(ROOT / f"sameness/{STATED}.yaml"), 0)
    kinds = {
        lens.kind
        for table in schema.tables
        for column in table.columns
        if (lens := getattr(column, "lens", None)) is not None
    }
    assert kinds == set(lenses.names())
