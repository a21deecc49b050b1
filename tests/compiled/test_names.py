"""Compiled functions that are kept call others by name, so each has a name of its own."""

from __future__ import annotations

import pkgutil
from collections import Counter
from importlib import import_module
from typing import Any

from plurel_cli.compiled import code


def functions() -> list[Any]:
    """What numba compiles, each once."""
    of_modules = [
        vars(import_module(f"{code.__name__}.{module.name}"))
        for module in pkgutil.iter_modules(code.__path__)
    ]
    by_id = {
        id(function): function
        for of_module in of_modules
        for function in of_module.values()
        if hasattr(function, "targetoptions")
    }
    return list(by_id.values())


def test_no_two_functions_have_the_same_name() -> None:
    """Else a process that finds some of them compiled by another calls one in place of another."""
    names = Counter(
        (function.py_func.__module__, function.py_func.__qualname__) for function in functions()
    )
    assert len(names) > 200
    assert [name for name, n in names.items() if n > 1] == []
