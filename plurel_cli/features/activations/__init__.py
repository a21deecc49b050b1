"""Activations between the layers of a mechanism, one function each.

An entry is a factory: it gets the mechanism's generator, draws what the activation holds (mostly
nothing) and returns a function of a float32 array, which may overwrite its argument.
"""

from __future__ import annotations

from collections.abc import Callable
from types import FunctionType
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from plurel_cli.choices.registry import Registry
from plurel_cli.kernel.names import ACTIVATIONS
from plurel_cli.numerics.generator import Generator

Activation = Callable[[NDArray[np.float32]], NDArray[np.float32]]

Factory = Callable[[Generator], Activation]

activations: Registry[Factory] = Registry("activation", __name__)

Known = TypeVar("Known", bound=Callable[..., Any])

_NUMBERS: dict[object, int] = {}


def compiled_as(name: str) -> Callable[[Known], Known]:
    """Decorator of an activation, or a class of them, that compiled code knows by a name."""

    def register(activation: Known) -> Known:
        _NUMBERS[activation] = ACTIVATIONS.index(name)
        return activation

    return register


_ALWAYS: set[Factory] = set()


def always(factory: Factory) -> Factory:
    """Decorator of a factory that draws nothing, and so returns the same whenever it is called."""
    _ALWAYS.add(factory)
    return factory


def always_given(factory: Factory) -> Activation | None:
    """What a factory returns whenever it is called, if it draws nothing."""
    nothing: Any = None  # as it draws nothing, it looks at no generator
    return factory(nothing) if factory in _ALWAYS else None


def number_of(activation: Activation | None) -> int:
    """The number by which compiled code knows an activation, or −1."""
    kind = activation if isinstance(activation, FunctionType) else type(activation)
    return _NUMBERS.get(kind, -1)


def terms_of(activation: Activation | None) -> NDArray[np.float32]:
    """What an activation holds, for compiled code."""
    return np.array(getattr(activation, "terms", ()), dtype=np.float32).reshape(-1)
