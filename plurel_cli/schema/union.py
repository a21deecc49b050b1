"""Tagged unions of records that anybody may add a kind to.

A kind is a class, a record whose field `kind`, or another that the union names, says which, in a
module of the union's package or in one that another package brings. A field annotated with the
union reads each record by that tag, and an unknown tag is refused with what is known.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar, cast

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import PydanticCustomError

from plurel_cli.choices.registry import Registry

R = TypeVar("R", bound=BaseModel)

S = TypeVar("S", bound=BaseModel)


class OpenUnion(Registry[type[R]]):
    """Records by kind.

    Parameters
    ----------
    base
        What all kinds are.
    noun
        What a kind is, for messages: "budget share".
    package
        Dotted name of the package whose modules hold the kinds.
    order
        Kinds whose place among others the values of databases depend on; all others come after
        them, by name.
    tag
        Field that says the kind.

    Examples
    --------
    As metadata of an annotation, ``Annotated[ShareRecord, shares]``, it reads and writes a record
    of any kind.
    """

    def __init__(
        self,
        base: type[R],
        noun: str,
        package: str,
        order: tuple[str, ...] = (),
        tag: str = "kind",
    ) -> None:
        super().__init__(noun, package)
        self.base, self.tag = base, tag
        self._order = order
        self._is_described = False
        self._seen: dict[object, tuple[tuple[type[R], ...], dict[str, type[R]]]] = {}

    def kind(self, record: type[S]) -> type[S]:
        """Decorator that adds a class of records, under the default of its tag."""
        fields: dict[str, FieldInfo] = record.model_fields
        name = str(fields[self.tag].default)
        self.named(name)(cast(type[R], record))
        return record

    def names(self) -> tuple[str, ...]:
        """All kinds, those whose place counts first."""
        known = super().names()
        others = (name for name in known if name not in self._order)
        return (*(name for name in self._order if name in known), *others)

    def record(self, kind: str) -> type[R]:
        """The class of the records of a kind."""
        return self[kind].function

    def records(self) -> tuple[type[R], ...]:
        """The classes of all kinds."""
        return tuple(map(self.record, self.names()))

    def of(self, base: Callable[..., S]) -> dict[str, type[S]]:
        """The classes of all kinds by kind, which have this base.

        Raises
        ------
        TypeError
            If a kind, of another package perhaps, has another.
        """
        self._discover()
        known = tuple(entry.function for entry in self._entries.values())
        if base not in self._seen or self._seen[base][0] != known:
            several = {kind: self.record(kind) for kind in self.names()}
            for kind, record in several.items():
                if not issubclass(record, cast(type, base)):
                    name = getattr(base, "__name__", base)
                    raise TypeError(f"the {self.noun} {kind} must be made from {name}")
            self._seen[base] = known, several
        return cast(dict[str, type[S]], {**self._seen[base][1]})

    def read(self, raw: object) -> R:
        """Make a record of plain data.

        Raises
        ------
        ValueError
            If its kind is unknown, or what it says does not fit it.
        """
        if isinstance(raw, BaseModel):
            return cast(R, raw)
        kind = raw.get(self.tag) if isinstance(raw, Mapping) else None
        if kind not in self:
            known = ", ".join(self.names())
            raise ValueError(
                f"{kind!r} is no kind of {self.noun} here; known are {known}; a kind of another "
                "package needs that package"
            )
        try:
            return self.record(str(kind)).model_validate(raw)
        except ValidationError as error:
            details = error.errors()
            where = ".".join(map(str, details[0]["loc"]))
            what = details[0]["msg"].removeprefix("Value error, ")
            words = f"{kind}.{where}: {what}" if where else f"{kind}: {what}"
            context = {"words": words, "kind": kind, "details": details}
            raise PydanticCustomError("record", "{words}", context) from None

    def __get_pydantic_core_schema__(self, source: object, handler: object) -> Any:
        from pydantic_core import core_schema

        return core_schema.no_info_plain_validator_function(self.read)

    def __get_pydantic_json_schema__(self, schema: object, handler: Any) -> dict[str, Any]:
        if self._is_described:  # a record within one of its own union
            return {"type": "object", "description": f"A {self.noun}."}
        self._is_described = True
        try:
            records = self.records()
            return {"anyOf": [handler(record.__pydantic_core_schema__) for record in records]}
        finally:
            self._is_described = False
