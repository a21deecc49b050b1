"""Named choices of the config: layouts now, other families of samplers later.

A registry belongs to a package of the same name; the first look-up imports every module of that
package, and each function decorated there adds one entry. One file with one decorated function
is all that an extension takes: config, help, documentation and tests see it from then on. Modules
of other packages are imported by their entry points, and add entries likewise.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Generic, TypeAlias, TypeVar

from plurel_cli.choices.choice import Choice
from plurel_cli.choices.kind import Kind, Refused
from plurel_cli.choices.plugins import PREFIX, load_plugins
from plurel_cli.errors import PluginError, Problem

if TYPE_CHECKING:
    from plurel_cli.numerics.stream import Stream

F = TypeVar("F", bound=Callable[..., Any])

ByEntry: TypeAlias = dict[str, dict[str, Choice[Any]]]
"""Settings of entries, by entry and name."""


@dataclass(frozen=True)
class Parameter:
    """A setting of one entry: what it may be, what it is unless the config says otherwise.

    It is described here, or in the documentation of the entry's function.
    """

    kind: Kind[Any]
    default: Choice[Any]
    description: str = ""


@dataclass(frozen=True)
class Entry(Generic[F]):
    """One named function and its settings."""

    name: str
    function: F
    parameters: Mapping[str, Parameter]

    @property
    def summary(self) -> str:
        """First line of the function's docstring."""
        return (inspect.getdoc(self.function) or "").partition("\n")[0]

    def draw(self, settings: Mapping[str, Choice[Any]], stream: Stream) -> dict[str, Any]:
        """A value for every setting, each from a stream of its own.

        Parameters
        ----------
        settings
            What the config says of them; a default stands for what is left out.
        stream
            Randomness of these settings alone.

        Returns
        -------
        dict
            By name.
        """
        return {
            name: settings.get(name, parameter.default).draw(stream.child(name).draws())
            for name, parameter in self.parameters.items()
        }


def parameter(kind: Kind[Any], default: object, description: str = "") -> Parameter:
    """A setting whose default is written as a config would write it.

    Parameters
    ----------
    kind
        What it may be.
    default
        What it is otherwise, as a config writes it.
    description
        What it is.

    Returns
    -------
    Parameter
    """
    return Parameter(kind, kind.parse(default), description)


class Registry(Generic[F]):
    """Functions by name.

    Parameters
    ----------
    noun
        What an entry is, for messages: "layout".
    package
        Dotted name of the package whose modules hold the entries.
    group
        Of the entry points by which other packages add some; by default `plurel.` and the last
        part of the package's name, as `plurel.layouts`.
    """

    def __init__(self, noun: str, package: str, group: str = "") -> None:
        self.noun = noun
        self.group = group or PREFIX + package.rpartition(".")[2]
        self._package = package
        self._entries: dict[str, Entry[F]] = {}
        self._discovered = False
        self._broken: PluginError | None = None

    def __call__(self, **parameters: Parameter) -> Callable[[F], F]:
        """Decorator that adds a function under its own name."""

        def add(function: F) -> F:
            self._add(Entry(function.__name__, function, MappingProxyType(parameters)))
            return function

        return add

    def named(self, name: str) -> Callable[[F], F]:
        """Decorator that adds a class under a name of the config."""

        def add(function: F) -> F:
            self._add(Entry(name, function, MappingProxyType({})))
            return function

        return add

    def _add(self, entry: Entry[F]) -> None:
        if entry.name in self._entries:
            raise ValueError(f"there is already a {self.noun} named {entry.name}")
        self._entries[entry.name] = entry

    def _discover(self) -> None:
        if self._broken is not None:
            raise self._broken
        if self._discovered:
            return
        self._discovered = True
        package = importlib.import_module(self._package)
        for module in sorted(m.name for m in pkgutil.iter_modules(package.__path__)):
            importlib.import_module(f"{self._package}.{module}")
        try:
            load_plugins(self.group)
        except PluginError as error:
            self._broken = error
            raise

    def is_foreign(self, entry: Entry[F]) -> bool:
        """Whether another package has added an entry."""
        return not entry.function.__module__.startswith(f"{self._package}.")

    def names(self) -> tuple[str, ...]:
        """All names, sorted."""
        self._discover()
        return tuple(sorted(self._entries))

    def __contains__(self, name: object) -> bool:
        self._discover()
        return isinstance(name, str) and name in self._entries

    def __getitem__(self, name: str) -> Entry[F]:
        self._discover()
        return self._entries[name]

    def __iter__(self) -> Iterator[Entry[F]]:
        return (self[name] for name in self.names())

    def settings(self, raw: object) -> dict[str, dict[str, Choice[Any]]]:
        """Settings of every entry: what `raw` says by entry and name, the defaults elsewhere.

        Raises
        ------
        Refused
            With every problem in `raw`.
        """
        stated = self.stated(raw)
        return {
            entry.name: {
                name: stated.get(entry.name, {}).get(name, parameter.default)
                for name, parameter in entry.parameters.items()
            }
            for entry in self
            if entry.parameters
        }

    def stated(self, raw: object) -> dict[str, dict[str, Choice[Any]]]:
        """What `raw` says, by entry and name, and nothing else.

        Raises
        ------
        Refused
            With every problem in `raw`.
        """
        problems: list[Problem] = []
        said = self._map(raw, "", self.names(), self.noun, problems)
        stated: dict[str, dict[str, Choice[Any]]] = {}
        for entry in self:
            names = tuple(sorted(entry.parameters))
            given = self._map(said.get(entry.name, {}), entry.name, names, "setting", problems)
            choices: dict[str, Choice[Any]] = {}
            for name in [name for name in entry.parameters if name in given]:
                try:
                    choices[name] = entry.parameters[name].kind.parse(given[name])
                except Refused as refused:
                    place = f"{entry.name}.{name}"
                    problems += [problem.under(place) for problem in refused.problems]
            if choices:
                stated[entry.name] = choices
        if problems:
            raise Refused(problems)
        return stated

    def _map(
        self, raw: object, place: str, allowed: tuple[str, ...], noun: str, problems: list[Problem]
    ) -> dict[str, object]:
        if not isinstance(raw, Mapping):
            problems.append(Problem(place, f"must map a {noun} to its value", raw))
            return {}
        for key in raw:
            if key not in allowed:
                near = get_close_matches(str(key), allowed, n=1)
                known = f"known are {', '.join(allowed)}" if allowed else "it takes none"
                remedy = f"did you mean {near[0]}?" if near else known
                where = f"{place}.{key}" if place else str(key)
                problems.append(Problem(where, f"is no {noun} here", remedy=remedy))
        return {key: raw[key] for key in raw if key in allowed}

    def __get_pydantic_core_schema__(self, source: object, handler: object) -> Any:
        return _core_schema(self.settings, self._written)

    def _written(self, value: ByEntry) -> ByEntry:
        """Settings without those of other packages' entries that are as ever, so that installing a
        package changes no config.
        """
        return {
            name: choices
            for name, choices in value.items()
            if not self.is_foreign(entry := self[name])
            or any(choices[key] != parameter.default for key, parameter in entry.parameters.items())
        }

    def __get_pydantic_json_schema__(self, schema: object, handler: object) -> dict[str, Any]:
        return {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                entry.name: {
                    "type": "object",
                    "description": entry.summary,
                    "additionalProperties": False,
                    "properties": {
                        name: {
                            **parameter.kind.full_json_schema(),
                            "default": parameter.default.dump(),
                        }
                        for name, parameter in entry.parameters.items()
                    },
                }
                for entry in self
                if entry.parameters
            },
        }


class Stated:
    """What is stated of a registry's settings, without the defaults: for annotations, as it is.

    Parameters
    ----------
    registry
        The registry.
    """

    def __init__(self, registry: Registry[Any]) -> None:
        self.registry = registry

    def __get_pydantic_core_schema__(self, source: object, handler: object) -> Any:
        return _core_schema(self.registry.stated, lambda value: value)

    def __get_pydantic_json_schema__(self, schema: object, handler: object) -> dict[str, Any]:
        return self.registry.__get_pydantic_json_schema__(schema, handler)


def _core_schema(read: Callable[[object], ByEntry], written: Callable[[ByEntry], ByEntry]) -> Any:
    from pydantic_core import PydanticCustomError, core_schema

    def validate(raw: object) -> ByEntry:
        try:
            return read(raw)
        except Refused as refused:
            raise PydanticCustomError(
                "choice", "{summary}", {"summary": str(refused), "problems": refused.problems}
            ) from None

    def dump(value: ByEntry) -> dict[str, dict[str, Any]]:
        return {
            entry: {name: choice.dump() for name, choice in choices.items()}
            for entry, choices in written(value).items()
        }

    return core_schema.no_info_plain_validator_function(
        validate, serialization=core_schema.plain_serializer_function_ser_schema(dump)
    )
