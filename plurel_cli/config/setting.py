"""Settings that are given one by one, as `features.scm.noise=0.2`.

The path is that of the config, with quotes around a part that has dots of its own and `[0]` for an
item of a list; the value is YAML. Each is a layer over those before it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import reduce
from typing import Any

from plurel_cli.config.document import parse_yaml, rendered
from plurel_cli.config.layers import Layer, Origin, laid_over
from plurel_cli.errors import ConfigError, UsageError

OPTION = "--set"

_PART = re.compile(
    r"""(?:"(?P<double>[^"]*)"|'(?P<single>[^']*)'|(?P<plain>[^."'=\[\]\s]+)|\[(?P<index>[0-9]{1,6})\])"""
)

Location = tuple[int | str, ...]


def parse_setting(text: str) -> tuple[Location, Any]:
    """The place and the value of a setting.

    Raises
    ------
    UsageError
        If it is no path with a value.

    Examples
    --------
    >>> parse_setting('tables."table_*".rows={min: 3, max: 5}')
    (('tables', 'table_*', 'rows'), {'min': 3, 'max': 5})
    """
    location: list[int | str] = []
    at, is_more = 0, False
    while (match := _PART.match(text, at)) is not None:
        group = str(match.lastgroup)
        location.append(int(match[group]) if group == "index" else match[group])
        at = match.end()
        is_more = text.startswith(".", at)
        if is_more:
            at += 1
        elif not text.startswith("[", at):
            break
    if not location or is_more or not text.startswith("=", at):
        remedy = "write PATH=VALUE, as in features.scm.noise=0.2"
        raise UsageError(OPTION, "must be a path and a value", text, remedy)
    try:
        value = parse_yaml(text[at + 1 :], "").data
    except ConfigError as error:
        (problem,) = error.problems
        raise UsageError(
            f"{OPTION} {text}", f"the value {problem.rule}", remedy=problem.remedy
        ) from None
    return tuple(location), value


def set_over(layer: Layer, texts: Sequence[str]) -> Layer:
    """A layer with settings over it, the later over the earlier.

    Parameters
    ----------
    layer
        What is set anew.
    texts
        The settings, as they are written on the command line.

    Returns
    -------
    Layer

    Raises
    ------
    UsageError
        If one of them is no setting.
    """
    return reduce(_set, texts, layer)


def _set(layer: Layer, text: str) -> Layer:
    location, value = parse_setting(text)
    source = f"{OPTION} {text}"
    whole, outer = value, location
    for depth, part in reversed(list(enumerate(location))):
        if isinstance(part, str):
            whole = {part: whole}
            continue
        outer = location[:depth]
        items = _at(layer.data, outer)
        if not isinstance(items, list) or part >= len(items):
            n = len(items) if isinstance(items, list) else "no"
            rule = f"there is no item {part} of {rendered(outer)}, which has {n} items"
            raise UsageError(source, rule, remedy="set the whole list")
        inner = whole
        if isinstance(inner, dict) and depth + 1 < len(location):
            if not isinstance(items[part], dict):
                rule = f"{rendered(location[: depth + 1])} is not a map of settings there"
                raise UsageError(source, rule, remedy="set the whole of it")
            inner = {**items[part], **inner}
        whole = [*items[:part], inner, *items[part + 1 :]]
    places = [location[:n] for n in range(1, len(location) + 1)]
    places = [at for at in places if len(at) >= len(outer) or rendered(at) not in layer.origins]
    origins = dict.fromkeys(map(rendered, [*places, *_within(value, location)]), Origin(source))
    return laid_over(layer, Layer(whole, origins))


def _within(value: Any, location: Location) -> Iterator[Location]:
    """Places of all that a value holds."""
    if isinstance(value, dict):
        parts: Iterable[tuple[int | str, Any]] = ((str(name), item) for name, item in value.items())
    else:
        parts = enumerate(value) if isinstance(value, list) else ()
    for part, item in parts:
        yield (*location, part)
        yield from _within(item, (*location, part))


def _at(data: Any, location: Location) -> Any:
    for part in location:
        data = data.get(part) if isinstance(data, dict) else None
    return data
