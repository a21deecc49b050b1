"""Sections of which only some settings are stated, and how they are laid over whole ones.

For every section there is an override: the same settings, at the same places, each of which may be
left out. `merged` gives the section again, with what is stated in the place of what was there; maps
are merged by entry, and within one by setting, values of other kinds replaced.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Annotated, Any, ClassVar, TypeVar, get_args

from pydantic import Field, SerializerFunctionWrapHandler, create_model, model_serializer
from pydantic.fields import FieldInfo

from plurel_cli.choices.registry import Registry, Stated
from plurel_cli.choices.section import Section
from plurel_cli.choices.weights import StatedWeights, WeightMap

S = TypeVar("S", bound=Section)


class Partial(Section):
    """A section that is written, and compared, without what is not stated."""

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and self.stated == other.stated

    @property
    def stated(self) -> dict[str, Any]:
        """What is stated, by name; null states nothing where a setting cannot be null."""
        return {name: value for name, value in self._pairs() if self._is_stated(name, value)}

    def _pairs(self) -> list[tuple[str, Any]]:
        return [(name, getattr(self, name)) for name in type(self).model_fields]

    def _is_stated(self, name: str, value: object) -> bool:
        if isinstance(value, Partial):
            return bool(value.stated)
        return value is not None and value != {}

    @model_serializer(mode="wrap")
    def _serialized(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        fields = type(self).model_fields
        names = {name for stated in self.stated for name in (stated, fields[stated].alias)}
        return {name: value for name, value in handler(self).items() if name in names}


class Override(Partial):
    """Some settings of one section, for one table, key or column."""

    section: ClassVar[type[Section]]
    """The whole section."""

    def _is_stated(self, name: str, value: object) -> bool:
        if value is None and name in self.model_fields_set:
            return _may_be_null(self.section.model_fields[name])
        return super()._is_stated(name, value)


def _may_be_null(field: FieldInfo) -> bool:
    return type(None) in get_args(field.annotation)


@cache
def override_of(section: type[Section], only: frozenset[str] | None = None) -> type[Override]:
    """The override of a section.

    Parameters
    ----------
    section
        The whole section.
    only
        Paths below the section of the settings that it has; by default all.

    Returns
    -------
    type
        A model of the same settings, none of which must be stated.
    """
    fields: dict[str, Any] = {}
    for name, field in section.model_fields.items():
        annotation: Any = field.annotation
        if isinstance(annotation, type) and issubclass(annotation, Section):
            inner = None if only is None else _within(name, only)
            if inner is not None and not inner:
                continue
            annotation = override_of(annotation, inner)
        elif only is not None and name not in only:
            continue
        elif field.metadata:
            annotation = Annotated[(annotation, *map(_partial, field.metadata))]
        fields[name] = annotation | None, Field(default=None, description=field.description)
    model = create_model(
        f"{section.__name__.removesuffix('Config')}Override", __base__=Override, **fields
    )
    model.__doc__ = section.__doc__
    model.section = section
    return model


def _within(section: str, paths: frozenset[str]) -> frozenset[str]:
    """Paths below a section of a section, from those below the whole."""
    prefix = f"{section}."
    return frozenset(path.removeprefix(prefix) for path in paths if path.startswith(prefix))


def _partial(metadata: Any) -> Any:
    if isinstance(metadata, WeightMap):
        return StatedWeights(metadata)
    return Stated(metadata) if isinstance(metadata, Registry) else metadata


def merged(section: S, override: Override | None) -> S:
    """A section with what an override states laid over it.

    Parameters
    ----------
    section
        The whole section.
    override
        What is stated, if anything is.

    Returns
    -------
    Section
        The section itself, where nothing is stated.
    """
    stated = override.stated if override is not None else {}
    changes = {name: _laid_over(getattr(section, name), value) for name, value in stated.items()}
    return section.model_copy(update=changes) if changes else section


def _laid_over(base: Any, value: Any) -> Any:
    if isinstance(value, Override):
        return merged(base, value)
    if isinstance(base, Mapping) and isinstance(value, Mapping):
        return {**base, **{entry: _laid_over(base.get(entry), value[entry]) for entry in value}}
    return value
