"""What may be chosen at a place in the config, and how it is read and written.

A *kind* (`Integers`, `Reals`, `Names`) says what is allowed at a place and makes a *choice* of what
a config holds there, or tells every rule that it breaks.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import partial
from typing import Any, Generic, TypeVar, cast

from plurel_cli.choices.choice import Choice, Fixed, IntegerRange, OneOf, RealRange
from plurel_cli.errors import Problem

T = TypeVar("T")

_INT64_LIMIT = 1 << 63


class Refused(Exception):
    """What a config holds at one place breaks rules; carries every one."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(map(str, problems)))


class Kind(ABC, Generic[T]):
    """What may be chosen at a place in the config.

    Used as metadata of an annotation, ``Annotated[Choice[int], Integers(ge=1)]``, where pydantic
    finds how to read, write and describe it.
    """

    @abstractmethod
    def value(self, raw: object) -> T:
        """One value, or `Refused`."""

    @abstractmethod
    def describe(self) -> str:
        """What is allowed, to follow "must be"."""

    @abstractmethod
    def json_schema(self) -> dict[str, Any]:
        """JSON Schema of one value."""

    def range(self, low: T, high: T, raw: Mapping[str, object]) -> Choice[T]:
        raise Refused([Problem("", f"must be {self.describe()}", dict(raw))])

    def range_schema(self) -> dict[str, Any] | None:
        return None

    def parse(self, raw: object) -> Choice[T]:
        """Read a value, a range or a list.

        Raises
        ------
        Refused
            With every problem found.

        Examples
        --------
        >>> Integers(ge=1).parse({"min": 3, "max": 20})
        IntegerRange(min=3, max=20, inverse=False)
        """
        if isinstance(raw, Choice):
            raw = raw.dump()
        if isinstance(raw, list | tuple):
            return OneOf(self._several(list(raw)))
        if isinstance(raw, dict):
            return self._mapping(raw)
        return Fixed(self.value(raw))

    def _several(self, raw: list[object]) -> tuple[T, ...]:
        if not raw:
            raise Refused([Problem("", "must name at least one value to choose from", raw)])
        values: list[T] = []
        problems: list[Problem] = []
        for index, item in enumerate(raw):
            _collect(problems, f"[{index}]", values.append, self.value, item)
        if not problems and len(set(map(str, values))) < len(values):
            problems.append(Problem("", "must name each value once", raw))
        _refuse_if(problems)
        return tuple(values)

    def _mapping(self, raw: dict[object, object]) -> Choice[T]:
        if "choices" in raw:
            _refuse_if(_unknown_keys(raw, ("choices",)))
            return self._choices(raw["choices"])
        problems = _unknown_keys(raw, ("min", "max", "p"))
        ends: list[T] = []
        for end in ("min", "max"):
            if end in raw:
                _collect(problems, end, ends.append, partial(self._end, end), raw)
            else:
                problems.append(Problem(end, "is missing", remedy="write {min: …, max: …}"))
        _refuse_if(problems)
        low, high = ends
        if cast(Any, low) > cast(Any, high):
            raise Refused([Problem("", f"min must not exceed max, but {low} is more than {high}")])
        return self.range(low, high, cast(Mapping[str, object], raw))

    def _end(self, end: str, raw: dict[object, object]) -> T:
        return self.value(raw[end])

    def _choices(self, raw: object) -> Choice[T]:
        if isinstance(raw, list):
            return OneOf(self._several(raw))
        if not isinstance(raw, dict) or not raw:
            raise Refused([Problem("choices", "must map values to weights", raw)])
        weights: list[float] = []
        problems: list[Problem] = []
        for key, weight in raw.items():
            _collect(problems, f"choices.{key}", weights.append, _weight, weight)
        values: tuple[T, ...] = ()
        try:
            values = self._several([self._key(key) for key in raw])
        except Refused as refused:
            problems += [problem.under("choices") for problem in refused.problems]
        if not problems and not 0 < sum(weights) < math.inf:
            problems.append(Problem("choices", "must have weights with a finite sum above 0"))
        _refuse_if(problems)
        return OneOf(values, tuple(weights))

    def _key(self, key: object) -> object:
        """A key of `choices`: JSON writes every key as a string."""
        return key

    def __get_pydantic_core_schema__(self, source: object, handler: object) -> Any:
        from pydantic_core import PydanticCustomError, core_schema

        def validate(raw: object) -> Choice[T]:
            try:
                return self.parse(raw)
            except Refused as refused:
                raise PydanticCustomError(
                    "choice", "{summary}", {"summary": str(refused), "problems": refused.problems}
                ) from None

        return core_schema.no_info_plain_validator_function(
            validate,
            serialization=core_schema.plain_serializer_function_ser_schema(
                lambda choice: choice.dump() if isinstance(choice, Choice) else choice
            ),
        )

    def __get_pydantic_json_schema__(self, schema: object, handler: object) -> dict[str, Any]:
        return self.full_json_schema()

    def full_json_schema(self) -> dict[str, Any]:
        """JSON Schema of all that `parse` takes."""
        one = self.json_schema()
        weights = {"type": "object", "additionalProperties": {"type": "number", "minimum": 0}}
        several = {"type": "array", "items": one, "minItems": 1}
        forms: list[dict[str, Any]] = [one]
        if (span := self.range_schema()) is not None:
            forms.append(span)
        forms.append(several)
        forms.append(
            {
                "type": "object",
                "properties": {"choices": {"anyOf": [several, weights]}},
                "required": ["choices"],
                "additionalProperties": False,
            }
        )
        return {"anyOf": forms}


def _finite(raw: object) -> float | None:
    """A finite real number, or none where it is something else."""
    if isinstance(raw, bool) or not isinstance(raw, int | float):
        return None
    try:
        value = float(raw)
    except OverflowError:  # an integer of more than 308 digits
        return None
    return value if math.isfinite(value) else None


def _weight(raw: object) -> float:
    value = _finite(raw)
    if value is None or value < 0:
        raise Refused([Problem("", "must be a weight of at least 0", raw)])
    return value


def _collect(
    problems: list[Problem],
    place: str,
    keep: Callable[[Any], None],
    read: Callable[[Any], Any],
    raw: object,
) -> None:
    try:
        keep(read(raw))
    except Refused as refused:
        problems += [problem.under(place) for problem in refused.problems]


def _unknown_keys(raw: Mapping[Any, object], allowed: tuple[str, ...]) -> list[Problem]:
    return [
        Problem(str(key), f"is not a key here; allowed are {', '.join(allowed)}")
        for key in raw
        if key not in allowed
    ]


def _refuse_if(problems: list[Problem]) -> None:
    if problems:
        raise Refused(problems)


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
        value = _finite(raw)
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
