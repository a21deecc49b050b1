"""Maps from the names of a registry to weights.

A config states some of the weights, and the others have their defaults; a name without a default
has a weight of 0.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from difflib import get_close_matches
from typing import Any

from plurel_cli.choices.kind import Refused
from plurel_cli.choices.registry import Entry, Registry
from plurel_cli.errors import Problem


class WeightMap:
    """What a map of weights may hold, as metadata of an annotation.

    Parameters
    ----------
    registry
        What the names are of.
    defaults
        Weights of what a config does not name; 0 for those that are not here.
    is_weighed
        Whether an entry of the registry may have a weight; by default all may.
    """

    def __init__(
        self,
        registry: Registry[Any],
        defaults: Mapping[str, float],
        is_weighed: Callable[[Any], bool] = lambda _: True,
    ) -> None:
        self.registry, self.defaults = registry, defaults
        self._is_weighed = is_weighed

    @property
    def _entries(self) -> Iterator[Entry[Any]]:
        return (entry for entry in self.registry if self._is_weighed(entry.function))

    def whole(self, stated: Mapping[str, float] | None = None) -> dict[str, float]:
        """All weights, those that are stated in place of the defaults."""
        return {**self.defaults, **(stated or {})}

    def stated(self, raw: object) -> dict[str, float]:
        """What `raw` says, and nothing else.

        Raises
        ------
        Refused
            With every problem in `raw`.
        """
        if not isinstance(raw, Mapping):
            raise Refused([Problem("", f"must map a {self.registry.noun} to its weight", raw)])
        known = (
            (*self.defaults, *(entry.name for entry in self._entries))
            if set(raw) - set(self.defaults)
            else ()
        )
        problems: list[Problem] = []
        weights: dict[str, float] = {}
        for name, weight in raw.items():
            if name not in self.defaults and name not in known:
                near = get_close_matches(str(name), known, n=1)
                names = ", ".join(dict.fromkeys(known))
                remedy = f"did you mean {near[0]}?" if near else f"known are {names}"
                problems.append(
                    Problem(str(name), f"is no {self.registry.noun} here", remedy=remedy)
                )
            elif isinstance(weight, bool) or not isinstance(weight, int | float):
                problems.append(Problem(str(name), "must be a number at least 0", weight))
            elif not 0 <= weight < math.inf:
                problems.append(Problem(str(name), "must be at least 0, and finite", weight))
            else:
                weights[name] = float(weight)
        if problems:
            raise Refused(problems)
        return weights

    def read(self, raw: object) -> dict[str, float]:
        """All weights, with what `raw` says.

        Raises
        ------
        Refused
            With every problem in `raw`.
        """
        return self.whole(self.stated(raw))

    def __get_pydantic_core_schema__(self, source: object, handler: object) -> Any:
        return _core_schema(self.read)

    def __get_pydantic_json_schema__(self, schema: object, handler: object) -> dict[str, Any]:
        return {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                entry.name: {
                    "type": "number",
                    "minimum": 0,
                    "description": entry.summary,
                    "default": self.defaults.get(entry.name, 0.0),
                }
                for entry in self._entries
            },
        }


class StatedWeights:
    """Weights that are stated, without the defaults: for annotations, as it is.

    Parameters
    ----------
    weights
        What the map may hold.
    """

    def __init__(self, weights: WeightMap) -> None:
        self.weights = weights

    def __get_pydantic_core_schema__(self, source: object, handler: object) -> Any:
        return _core_schema(self.weights.stated)

    def __get_pydantic_json_schema__(self, schema: object, handler: object) -> dict[str, Any]:
        return self.weights.__get_pydantic_json_schema__(schema, handler)


def _core_schema(read: Any) -> Any:
    from pydantic_core import PydanticCustomError, core_schema

    def validate(raw: object) -> dict[str, float]:
        try:
            weights: dict[str, float] = read(raw)
        except Refused as refused:
            raise PydanticCustomError(
                "choice", "{summary}", {"summary": str(refused), "problems": refused.problems}
            ) from None
        return weights

    return core_schema.no_info_plain_validator_function(validate)
