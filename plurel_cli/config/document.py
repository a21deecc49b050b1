"""YAML as configs are written in it: plain, and the same to every reader.

Scalars are resolved strictly: decimal numbers, `true` and `false`, `null`, days, and text. What
YAML 1.1 takes for another number, as `0100` or `1:30`, is refused with what to write instead; so
are tags, and aliases that repeat themselves into a bomb. Every value has its line.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NoReturn

import yaml
from yaml.composer import Composer
from yaml.parser import Parser
from yaml.reader import Reader
from yaml.resolver import BaseResolver
from yaml.scanner import Scanner

from plurel_cli.errors import ConfigError, Problem

_DEEPEST = 64
_MOST_REPEATED = 100_000
"""Values that aliases may repeat, in all."""
_MOST_DIGITS = 400
_LONG = 50_000
"""Characters of a text that is not kept."""

_MERGE = "<<"
_NULL = frozenset({"", "~", "null", "Null", "NULL"})
_BOOLEANS = {
    "true": True,
    "True": True,
    "TRUE": True,
    "false": False,
    "False": False,
    "FALSE": False,
}
_WHOLE = r"(?:0|[1-9](?:_?[0-9])*)"
_INTEGER = re.compile(rf"[-+]?{_WHOLE}")
_REAL = re.compile(
    rf"[-+]?(?:{_WHOLE}(?:\.(?:[0-9](?:_?[0-9])*)?)?|\.[0-9](?:_?[0-9])*)(?:[eE][-+]?[0-9]+)?"
)
_NOT_FINITE = re.compile(r"([-+]?)\.(?:(inf|Inf|INF)|nan|NaN|NAN)")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_OTHER_NUMBER = re.compile(
    r"[-+]?(?:0[xXoObB][0-9a-fA-F_]+|[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?"
    r"|[0-9_]*[0-9][0-9_]*(?:\.[0-9_]*)?(?:[eE][-+]?[0-9]+)?)"
)


def rendered(location: tuple[int | str, ...]) -> str:
    """A place in a config as text.

    Examples
    --------
    >>> rendered(("tables", "a", "parents", 0, "table"))
    'tables.a.parents[0].table'
    """
    place = ""
    for part in location:
        word = part if isinstance(part, str) and part.isprintable() else repr(part)
        place += f"[{part}]" if isinstance(part, int) else f".{word}" if place else word
    return place


@dataclass(frozen=True)
class Document:
    """A text of YAML.

    Attributes
    ----------
    data
        What it says, as plain data.
    lines
        The line of every value, from 1, by its place.
    """

    data: Any
    lines: Mapping[str, int] = field(default_factory=dict)


class _Loader(Reader, Scanner, Parser, Composer, BaseResolver):
    """Nodes of a text; every scalar is text to it."""

    def __init__(self, text: str | bytes) -> None:
        Reader.__init__(self, text)
        Scanner.__init__(self)
        Parser.__init__(self)
        Composer.__init__(self)
        BaseResolver.__init__(self)
        self._depth = 0

    def compose_node(self, parent: Any, index: Any) -> Any:
        event = self.peek_event()  # type: ignore[no-untyped-call]
        if getattr(event, "tag", None) is not None:
            _refuse(event.start_mark, f"tags such as {event.tag} are not allowed; leave it out")
        self._depth += 1
        if self._depth > _DEEPEST:
            _refuse(event.start_mark, f"is nested more than {_DEEPEST} deep")
        node = super().compose_node(parent, index)
        self._depth -= 1
        return node


def _refuse(mark: Any, rule: str) -> NoReturn:
    raise yaml.composer.ComposerError(None, None, rule, mark)


def _composed(text: str | bytes) -> Any:
    return _Loader(text).get_single_node()


# Presets extend one another, so that the same few texts are read again and again; what is made of
# their nodes is made anew each time.
_kept = lru_cache(maxsize=16)(_composed)


def parse_yaml(text: str | bytes, source: str) -> Document:
    """Read YAML.

    Parameters
    ----------
    text
        The text.
    source
        Where it came from, for messages.

    Returns
    -------
    Document
        Its data and lines.

    Raises
    ------
    ConfigError
        If it is no YAML, or such as means different things to different readers.
    """
    try:
        node = _kept(text) if len(text) < _LONG else _composed(text)
        return _Builder().document(node)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        problem = Problem(where, f"is not YAML: {error.problem or error.context}")
    except _Meaning as meaning:
        problem = meaning.problem
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        problem = Problem("", f"is not YAML: {' '.join(str(error).split())}")
    raise ConfigError([problem], source)


class _Meaning(Exception):
    """YAML that is well formed, but of no or of several meanings."""

    def __init__(self, node: Any, location: tuple[int | str, ...], rule: str, remedy: str) -> None:
        place = rendered(location)
        where = f"line {node.start_mark.line + 1}"
        self.problem = Problem(f"{where}: {place}" if place else where, rule, remedy=remedy)


class _Builder:
    """Makes plain data of nodes."""

    def __init__(self) -> None:
        self._lines: dict[str, int] = {}
        self._made: set[int] = set()
        self._open: set[int] = set()
        self._repeated = 0

    def document(self, node: Any) -> Document:
        data = None if node is None else self._value(node, ())
        return Document(data, self._lines)

    def _value(self, node: Any, location: tuple[int | str, ...]) -> Any:
        place = rendered(location)
        if id(node) in self._open:
            raise _Meaning(node, location, "holds an alias of itself", "write it out")
        if len(location) > _DEEPEST:
            raise _Meaning(node, location, f"is nested more than {_DEEPEST} deep", "write it flat")
        if id(node) in self._made:
            self._repeated += 1
            if self._repeated > _MOST_REPEATED:
                rule = f"aliases repeat more than {_MOST_REPEATED:,} values"
                raise _Meaning(node, location, rule, "write fewer of them")
        self._made.add(id(node))
        self._lines[place] = node.start_mark.line + 1
        if isinstance(node, yaml.ScalarNode):
            return _scalar(node, location)
        self._open.add(id(node))
        if isinstance(node, yaml.SequenceNode):
            data: Any = [self._value(item, (*location, i)) for i, item in enumerate(node.value)]
        else:
            data = {}
            for key, value in self._pairs(node, location):
                data[key] = self._value(
                    value, (*location, key if isinstance(key, str) else str(key))
                )
        self._open.discard(id(node))
        return data

    def _pairs(self, node: Any, location: tuple[int | str, ...]) -> Iterator[tuple[Any, Any]]:
        """Keys and values of a map: those of maps that are merged into it, then those it writes."""
        merged: dict[tuple[type, Any], Any] = {}
        written: dict[tuple[type, Any], Any] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                _refuse(key.start_mark, "a key must be a word or a number")
            if key.value == _MERGE and key.style is None:
                for other in self._merged(value, location):
                    for name, item in self._pairs(other, location):
                        merged.setdefault((type(name), name), item)
                continue
            name = _scalar(key, (*location, key.value))
            if (type(name), name) in written:
                _refuse(key.start_mark, f"the key {key.value} is given twice")
            written[type(name), name] = value
        for (_, name), value in {**merged, **written}.items():
            yield name, value

    def _merged(self, node: Any, location: tuple[int | str, ...]) -> list[Any]:
        others = node.value if isinstance(node, yaml.SequenceNode) else [node]
        for other in others:
            if not isinstance(other, yaml.MappingNode):
                raise _Meaning(other, location, "<< must merge a map", "name one by an alias")
            if id(other) in self._open:
                raise _Meaning(other, location, "holds an alias of itself", "write it out")
        self._repeated += sum(len(other.value) for other in others)
        if self._repeated > _MOST_REPEATED:
            rule = f"aliases repeat more than {_MOST_REPEATED:,} values"
            raise _Meaning(node, location, rule, "write fewer of them")
        return list(others)


def _scalar(node: Any, location: tuple[int | str, ...]) -> Any:
    """What a scalar is; quoted ones are text."""
    text: str = node.value
    if node.style is not None:
        return text
    if text in _NULL:
        return None
    if text in _BOOLEANS:
        return _BOOLEANS[text]
    if _INTEGER.fullmatch(text):
        if len(text) > _MOST_DIGITS + 1:
            rule = f"has more than {_MOST_DIGITS} digits"
            raise _Meaning(node, location, rule, "write it in quotes if it is text")
        return int(text.replace("_", ""))
    if _REAL.fullmatch(text):
        return float(text.replace("_", ""))
    if (match := _NOT_FINITE.fullmatch(text)) is not None:
        return float(match[1] + "inf") if match[2] else float("nan")
    if _DAY.fullmatch(text):
        try:
            return dt.date.fromisoformat(text)
        except ValueError:
            rule = f"there is no day {text}"
            raise _Meaning(node, location, rule, "write one such as 2020-01-31") from None
    if _OTHER_NUMBER.fullmatch(text):
        raise _Meaning(node, location, f"{text} is no plain decimal number", _instead(text))
    return text


def _instead(text: str) -> str:
    quoted = f'write "{text}", in quotes, if it is text'
    plain = text.lstrip("+-").replace("_", "").lstrip("0") or "0"
    if not _REAL.fullmatch(plain):
        return f"write it in decimal digits; {quoted}"
    sign = "-" if text.startswith("-") else ""
    plain = f"0{plain}" if plain.startswith(".") else plain
    return f"write {sign}{plain} if it is a number; {quoted}"
