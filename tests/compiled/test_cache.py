"""What is compiled is kept, and read by the next process; it rounds where numpy does."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

PROGRAM = """
import json, os, pkgutil, re
from importlib import import_module
from plurel_cli import compiled
os.cpu_count = lambda: 1  # so that all is compiled in this process
compiled.use(compiled=True)
from plurel_cli.compiled import code
from plurel_cli.compiled.code import machine
OPERATION = r"= (f(?:add|sub|mul|div|neg|cmp)) (\\w+)"
FUSED = r"\\bvfn?m(?:add|sub)\\d*[ps]s\\b"
functions = {
    id(function): function
    for module in pkgutil.iter_modules(code.__path__)
    for function in vars(import_module(f"{code.__name__}.{module.name}")).values()
    if getattr(function, "targetoptions", {}).get("nogil")
}.values()
misses = sum(sum(function.stats.cache_misses.values()) for function in functions)
operations, fused = [], []
for function in functions if misses else ():
    for code in function.inspect_llvm().values():
        operations += re.findall(OPERATION, code)
    for code in function.inspect_asm().values():
        fused += re.findall(FUSED, code)
alone = list(machine.pointed_at.values())
misses += sum(1 for function in alone if not function.cache_hits)
for function in alone if misses else ():
    operations += re.findall(OPERATION, function.inspect_llvm())
    fused += re.findall(FUSED, function._library.get_asm_str())
n_functions = len(functions) + len(alone)
print(json.dumps([n_functions, misses, len(alone), sorted(set(operations)), fused]))
"""


def _compiled(folder: Path, **others: str) -> list[Any]:
    """How many functions there are and how many a process compiles, and what of."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env={**os.environ, "NUMBA_CACHE_DIR": str(folder), **others},
        capture_output=True,
        text=True,
        check=True,
    )
    made: list[Any] = json.loads(done.stdout)
    return made


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Any]]:
    """A folder, and what the first process that uses it has compiled."""
    folder = tmp_path_factory.mktemp("cache")
    return folder, _compiled(folder)


def test_the_second_process_compiles_nothing(first: tuple[Path, list[Any]]) -> None:
    folder, (n_functions, misses, n_alone, _, _) = first
    assert misses == n_functions > n_alone > 0
    assert _compiled(folder)[:2] == [n_functions, 0]


def test_no_operation_may_be_reordered_or_fused(first: tuple[Path, list[Any]]) -> None:
    """Operations of LLVM have no flag (fast, contract, reassoc …) before their type, and no product
    of float32 is fused with a sum.
    """
    _, (_, _, _, operations, fused) = first
    kinds = {kind for operation, kind in operations if operation != "fcmp"}
    assert {"float", "double"} <= kinds
    assert kinds <= {"float", "double"}
    assert fused == []
    assert {kind for operation, kind in operations if operation == "fcmp"}.isdisjoint(
        {"fast", "nnan", "ninf", "reassoc"}
    )
