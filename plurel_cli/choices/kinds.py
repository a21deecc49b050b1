"""The kinds of what may be chosen: integers and reals in bounds, and names."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, TypeVar

from plurel_cli.choices.choice import Choice, IntegerRange, OneOf, RealRange
from plurel_cli.choices.kind import Kind, Refused, finite
from plurel_cli.errors import Problem

T = TypeVar("T")

_INT64_LIMIT = 1 << 63


@dataclass(frozen=True, kw_only=True)
class _Numbers(Kind[T]):
    ge: float | None = None
    gt: float | None = None
    le: float | None = None
    lt: float | None = None

    def _bounds_words(self) -> str:
        words = []
        if self.ge is not None:
            words.append(f"at least {self.ge:g}")
        if self.gt is not None:
            words.append(f"above {self.gt:g}")
        if self.le is not None:
            words.append(f"at most {self.le:g}")
        if self.lt is not None:
            words.append(f"below {self.lt:g}")
        return " and ".join(words)

    def _check(self, value: float, raw: object) -> None:
        fits = (
            (self.ge is None or value >= self.ge)
            and (self.gt is None or value > self.gt)
            and (self.le is None or value <= self.le)
            and (self.lt is None or value < self.lt)
        )
        if not fits:
            raise Refused([Problem("", f"must be {self._bounds_words()}", raw)])

    def _bounds_schema(self) -> dict[str, Any]:
        names = {"minimum": self.ge, "exclusiveMinimum": self.gt}
        names |= {"maximum": self.le, "exclusiveMaximum": self.lt}
        return {name: bound for name, bound in names.items() if bound is not None}


@dataclass(frozen=True, kw_only=True)
class Integers(_Numbers[int]):
    """Whole numbers within bounds.

    Examples
    --------
    >>> Integers(ge=1).parse(3)
    Fixed(value=3)
    """

    even: bool = False

    def value(self, raw: object) -> int:
        if isinstance(raw, bool) or not isinstance(raw, int):
            raise Refused([Problem("", f"must be {self.describe()}", raw)])
        self._check(raw, raw)
        if not -_INT64_LIMIT <= raw < _INT64_LIMIT:
            raise Refused([Problem("", "must fit in 64 bits", raw)])
        if self.even and raw % 2:
            raise Refused([Problem("", "must be even", raw)])
        return raw

    def describe(self) -> str:
        words = self._bounds_words()
        kind = "an even integer" if self.even else "an integer"
        return f"{kind} {words}" if words else kind

    def json_schema(self) -> dict[str, Any]:
        even = {"multipleOf": 2} if self.even else {}
        return {"type": "integer", **even, **self._bounds_schema()}

    def range(self, low: int, high: int, raw: Mapping[str, object]) -> Choice[int]:
        p = raw.get("p", "uniform")
        if p not in ("uniform", "inverse"):
            raise Refused([Problem("p", "must be uniform or inverse", p)])
        if p == "inverse" and low < 1:
            raise Refused([Problem("min", "must be at least 1 where p is inverse", low)])
        if self.even:
            values = tuple(range(low, high + 1, 2))
            return OneOf(values, tuple(1.0 / k for k in values) if p == "inverse" else None)
        return IntegerRange(low, high, inverse=p == "inverse")

    def range_schema(self) -> dict[str, Any]:
        return {
            "type": "object",
            "properties": {
                "min": self.json_schema(),
                "max": self.json_schema(),
                "p": {"enum": ["uniform", "inverse"]},
            },
            "required": ["min", "max"],
            "additionalProperties": False,
        }

    def _key(self, key: object) -> object:
        try:
            return int(key) if isinstance(key, str) else key
        except ValueError:
            return key


@dataclass(frozen=True, kw_only=True)
class Reals(_Numbers[float]):
    """Finite real numbers within bounds; the upper end of a range is not drawn.

    Examples
    --------
    >>> Reals(ge=0, lt=1).parse({"min": 0, "max": 0.9})
    RealRange(min=0.0, max=0.9)
    """

    def value(self, raw: object) -> float:
        value = finite(raw)
        if value is None:
            raise Refused([Problem("", f"must be {self.describe()}", raw)])
        self._check(value, raw)
        return value

    def describe(self) -> str:
        words = self._bounds_words()
        return f"a number {words}" if words else "a number"

    def json_schema(self) -> dict[str, Any]:
        return {"type": "number", **self._bounds_schema()}

    def range(self, low: float, high: float, raw: Mapping[str, object]) -> Choice[float]:
        if "p" in raw and raw["p"] != "uniform":
            raise Refused([Problem("p", "must be uniform for real numbers", raw["p"])])
        if not math.isfinite(high - low):
            raise Refused([Problem("", "must be a range of finite width", dict(raw))])
        return RealRange(low, high)

    def _end(self, end: str, raw: dict[object, object]) -> float:
        """An end of a range; the upper one may be the bound that values lie below."""
        value = raw[end]
        is_bound = end == "max" and self.lt is not None and value == self.lt != raw.get("min")
        return (
            float(self.lt or 0.0) if is_bound and not isinstance(value, bool) else self.value(value)
        )

    def range_schema(self) -> dict[str, Any]:
        ends = {"min": self.json_schema(), "max": {"type": "number"}}
        return {
            "type": "object",
            "properties": {**ends, "p": {"enum": ["uniform"]}},
            "required": ["min", "max"],
            "additionalProperties": False,
        }

    def _key(self, key: object) -> object:
        try:
            return float(key) if isinstance(key, str) else key
        except ValueError:
            return key


@dataclass(frozen=True)
class Names(Kind[str]):
    """Names out of a fixed or growing list.

    Parameters
    ----------
    allowed
        The names, or a function that gives them (a registry's, which may still grow).
    """

    allowed: tuple[str, ...] | Callable[[], tuple[str, ...]]

    @property
    def names(self) -> tuple[str, ...]:
        return self.allowed() if callable(self.allowed) else self.allowed

    def value(self, raw: object) -> str:
        if isinstance(raw, str) and raw in self.names:
            return raw
        near = get_close_matches(str(raw), self.names, n=1)
        remedy = f"did you mean {near[0]}?" if near else ""
        raise Refused([Problem("", f"must be {self.describe()}", raw, remedy)])

    def describe(self) -> str:
        return "one of " + ", ".join(self.names)

    def json_schema(self) -> dict[str, Any]:
        return {"enum": list(self.names)}

    def _mapping(self, raw: dict[object, object]) -> Choice[str]:
        if "choices" not in raw:
            raise Refused([Problem("", f"must be {self.describe()}", raw)])
        return super()._mapping(raw)
