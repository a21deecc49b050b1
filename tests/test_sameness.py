"""Whether this machine's other faces, as far as it can play them, give the same databases."""

from __future__ import annotations

import sys

import pytest

from sameness.environments import cpu_flags, environments, hashes_in

CONFIGS = ["small", "broad"]


@pytest.mark.skipif(not cpu_flags(), reason="only Linux tells what a CPU can do")
def test_oldest_and_newest_cpu_agree() -> None:
    first, *_, last = environments(sys.executable)
    reference = hashes_in(sys.executable, first, CONFIGS, 1)
    found = hashes_in(sys.executable, last, CONFIGS, 1)
    assert last.variables["OPENBLAS_CORETYPE"] == "Prescott"
    assert len(found) > 50
    assert [place for place in found if found[place] != reference[place]] == []
