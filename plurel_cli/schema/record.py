"""The base of every record of `schema.json`: frozen, and closed to fields it does not know."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, lru_cache
from typing import Any, Generic, Self, TypeVar, overload

from pydantic import BaseModel, ConfigDict

R = TypeVar("R")

V = TypeVar("V")


class remembered(Generic[R, V]):  # noqa: N801 (it is read as `property` is)
    """A property of records that is computed once for all that are equal.

    Records are not written to, so that a `cached_property`, which writes, would be told of as a
    field of theirs when they are written to a file.
    """

    def __init__(self, function: Callable[[R], V]) -> None:
        self._function = lru_cache(maxsize=512)(function)
        self.__doc__ = function.__doc__

    @overload
    def __get__(self, record: None, owner: Any) -> Self: ...
    @overload
    def __get__(self, record: R, owner: Any) -> V: ...
    def __get__(self, record: R | None, owner: Any) -> Self | V:
        return self if record is None else self._function(record)


class Record(BaseModel):
    """One record of a database's description."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        ignored_types=(remembered,),
        defer_build=True,
        ser_json_inf_nan="constants",
    )

    @classmethod
    def of_values(cls, **values: object) -> Self:
        """A record of values that need no check; a field that is not given has its default.

        Notes
        -----
        A tenth of the time of pydantic's `model_construct`, of which it leaves out aliases,
        which a record has none of, and copies of defaults, which are never changed.
        """
        return cls._of_all(_defaults(cls) | values, set(values))

    @classmethod
    def _of_all(cls, values: dict[str, object], names: set[str]) -> Self:
        """A record of all its values, and the names of those that are given."""
        record = cls.__new__(cls)
        object.__setattr__(record, "__dict__", values)
        object.__setattr__(record, "__pydantic_fields_set__", names)
        object.__setattr__(record, "__pydantic_extra__", None)
        object.__setattr__(record, "__pydantic_private__", None)
        return record

    def but(self, **changes: object) -> Self:
        """The same record with some fields changed; what is cached is forgotten."""
        kept, fields = self.__dict__, _fields(type(self))
        if len(kept) > len(fields):
            kept = {name: kept[name] for name in fields}
        values = {**kept, **changes}
        return self._of_all(values, set(values))


@cache
def _fields(record: type[Record]) -> tuple[str, ...]:
    return tuple(record.model_fields)


@cache
def _defaults(record: type[Record]) -> dict[str, object]:
    """All fields in their order, which is that of the file; None where one must be given."""
    return {
        name: None if field.is_required() else field.get_default(call_default_factory=True)
        for name, field in record.model_fields.items()
    }
