"""Functions with a compiled twin, and which of the two is called."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")

Function = Callable[..., Any]

Twin = Callable[[Function], Function]
"""What makes a compiled function, given the definition, which it may call where it has to."""

definitions: dict[str, Function] = {}
"""Every function that has a twin, by name."""

_twins: dict[str, Twin] = {}
_called: dict[str, Callable[[Function], None]] = {}


def twin(name: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Decorator of a function that has a compiled twin.

    Parameters
    ----------
    name
        By which the twin is known.

    Returns
    -------
    callable
        The decorator.
    """

    def register(definition: Callable[P, R]) -> Callable[P, R]:
        now: Function = definition

        @wraps(definition)
        def call(*args: P.args, **kwargs: P.kwargs) -> R:
            result: R = now(*args, **kwargs)
            return result

        def put(function: Function) -> None:
            nonlocal now
            now = function

        definitions[name], _called[name] = definition, put
        if name in _twins:
            put(_twins[name](definition))
        return call

    return register


def put_in_place(twins: Mapping[str, Twin]) -> None:
    """Call these from now on, and the definitions of all others, whether they are imported yet or
    not.
    """
    _twins.clear()
    _twins.update(twins)
    for name, definition in definitions.items():
        _called[name](twins[name](definition) if name in twins else definition)
