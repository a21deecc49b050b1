"""What every kind of choice has in common: how a value, a range or a list is read and described.

A *kind* says what is allowed at a place of the config and makes a *choice* of what stands there, or
tells every rule that it breaks. It is metadata of an annotation, where pydantic finds it.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, Generic, TypeVar, cast

from plurel_cli.choices.choice import Choice, Fixed, OneOf
from plurel_cli.errors import Problem

T = TypeVar("T")


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
        """Parameters
        ----------
        low, high
            Its ends, each allowed alone.
        raw
            What the config holds.

        Returns
        -------
        Choice
        """
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
        >>> from plurel_cli.choices.kinds import Integers
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


def finite(raw: object) -> float | None:
    """A finite real number, or none where it is something else."""
    if isinstance(raw, bool) or not isinstance(raw, int | float):
        return None
    try:
        value = float(raw)
    except OverflowError:  # an integer of more than 308 digits
        return None
    return value if math.isfinite(value) else None


def _weight(raw: object) -> float:
    value = finite(raw)
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
