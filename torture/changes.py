"""Configs changed at random, each by its number: `python -m torture.changes 123` prints one.

Bases are the presets and what the pages write out, shrunk to a few rows. One to three changes are
made to a base: a value or a part of another base is put in its place, words and numbers are
altered, keys are added, left out or exchanged; of some, the text itself is cut or mixed. Half of
all have mild changes only, so that many stay sound.
"""

from __future__ import annotations

import random
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from plurel_cli import load_config
from plurel_cli.config import presets
from plurel_cli.config.document import parse_yaml
from plurel_cli.config.layers import layer_of
from plurel_cli.config.load import loaded
from plurel_cli.errors import PlurelError

ROOT = Path(__file__).parents[1]

_STATED = re.compile(r"cat > [\w/]+\.yaml <<'END'\n(.*?)^END$", re.M | re.S)

_ODD: tuple[Any, ...] = (
    0, 1, -1, 2, 3, 0.5, 1.0, 1.5, 1e-300, 1e39, 1e308, 10**9, 10**18, -(10**18), 10**30, True,
    False, None, "", "x", "none", "scm", "explicit", "random_tree", "2021-01-01", "2021-13-01", "ü",
    "a" * 300, "\0", "..", "*", [], {}, [0], [1, 2], {"min": 2, "max": 1}, {"x": 1}, [[]], [None],
    {"min": 0, "max": 10**9}, float("nan"), float("inf"), {"even": {"min": 1, "max": 3}},
    {"choices": {}}, {"choices": {"a": 0}}, {"a": {"a": 1}}, {1: 2},
)  # fmt: skip

_TOKENS = (
    *("0100", "0x1F", "1:30", "2021-13-01", "!!int 3", "&a [*a]", "*a", "<<:", "{", "]", "- "),
    *("? a", "'", '"', "|", "\t", "1e400", "#", ": ", "\u0085", "%TAG", "---", "..."),
)

_CHARACTERS = "aA0 .,:;()[]{}|=*~!+-/%<>'\"_\\\n\0é中"


def _from_pages() -> Iterator[Any]:
    """Configs that the pages write out, but for those of several files."""
    for page in sorted((ROOT / "docs").rglob("*.md")):
        for text in _STATED.findall(page.read_text(encoding="utf-8")):
            try:
                data = parse_yaml(text, page.name).data
                loaded(layer_of(parse_yaml(text, page.name), page.name), page.name)
            except PlurelError:
                continue
            if isinstance(data, dict):
                yield data


@cache
def bases() -> tuple[Any, ...]:
    """What is changed."""
    names = [name for name in presets.names() if name not in ("mixture", "big_tables")]
    stated = [parse_yaml(presets.read(presets.find(name)), name).data or {} for name in names]
    whole = [
        load_config(name).resolved() for name in (None, "realistic", "realistic_plain", "broad")
    ]
    every = [*stated, *_from_pages(), *whole]
    return tuple(_plain(_tiny(_plain(data))) for data in every)


def _plain(data: Any) -> Any:
    """A copy, with days as text."""
    if isinstance(data, dict):
        return {key: _plain(value) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [_plain(value) for value in data]
    return data if isinstance(data, int | float | str | None) else str(data)


def _tiny(data: Any) -> Any:
    """With few rows and tables, so that planning costs little."""
    schema = data.setdefault("schema", {})
    if schema.get("layout") != "explicit":
        schema["tables"] = 3
        schema["rows"] = {"entity": {"min": 5, "max": 9}, "activity": {"min": 10, "max": 20}}
    for table in data.get("tables", {}).values():
        if isinstance(table, dict) and isinstance(table.get("rows"), int):
            table["rows"] = min(table["rows"], 40)
    return data


def _places(data: Any, place: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if place:
        yield place
    items = (
        data.items()
        if isinstance(data, dict)
        else enumerate(data)
        if isinstance(data, list)
        else ()
    )
    for key, value in items:
        yield from _places(value, (*place, key))


def _at(data: Any, place: tuple[Any, ...]) -> Any:
    for key in place:
        data = data[key]
    return data


@cache
def _by_key() -> dict[Any, list[Any]]:
    """Parts of all bases, by the key under which they stand."""
    parts: defaultdict[Any, list[Any]] = defaultdict(list)
    for base in bases():
        for place in _places(base):
            parts[place[-1]].append(_at(base, place))
    return dict(parts)


@cache
def _parts() -> tuple[Any, ...]:
    return tuple(part for parts in _by_key().values() for part in parts)


@cache
def _keys() -> tuple[str, ...]:
    return (*(key for key in _by_key() if isinstance(key, str)), "", "x", "*")


def _altered(value: Any, chance: random.Random) -> Any:
    """A value much like another."""
    if isinstance(value, str) and value:
        k = chance.randrange(len(value))
        words = re.findall(r"\w+", value)
        ways = [
            value[:k] + value[k + 1 :],
            value[:k] + chance.choice(_CHARACTERS) + value[k:],
            value[:k] + value[k:][::-1],
            value * 2,
            f"{value}.{chance.choice(_keys())}",
            chance.choice(_keys()),
        ]
        if words:
            ways.append(value.replace(chance.choice(words), chance.choice(_keys()), 1))
        return chance.choice(ways)
    if isinstance(value, int | float) and not isinstance(value, bool):
        factor = chance.choice((0, -1, 2, 10, 1000, 10**6, 0.5, 0.001, 1e-12))
        near = chance.choice((value * factor, value + 1, value - 1, value * 1.1))
        odd = chance.choice((value + 0.5, str(value)))
        kept = round(near) if isinstance(value, int) else near
        return kept if chance.random() < 0.8 else odd
    if isinstance(value, list) and value:
        some = [*value, chance.choice(value)] if chance.random() < 0.5 else value[1:]
        return chance.sample(some, len(some))
    if isinstance(value, dict) and value:
        keys = chance.sample([*value], len(value))
        return dict(zip(keys, value.values(), strict=True))
    return [value]


def _change(data: Any, chance: random.Random, *, is_mild: bool) -> None:
    places = list(_places(data))
    if not places:
        return
    place = chance.choice(places)
    inner, key = _at(data, place[:-1]), place[-1]
    way = chance.uniform(0.3, 0.7) if is_mild else chance.random()
    if way < 0.3:
        inner[key] = _plain(chance.choice(_ODD))
    elif way < 0.5:
        inner[key] = _altered(inner[key], chance)
    elif way < 0.7:
        inner[key] = _plain(chance.choice(_by_key().get(key) or _parts()))
    elif way < 0.75:
        inner[key] = _plain(chance.choice(_parts()))
    elif way < 0.85:
        del inner[key]
    elif isinstance(inner, dict):
        other = chance.choice(_keys())
        inner[other] = _plain(chance.choice(_by_key().get(other) or _ODD))
    else:
        inner.insert(key, _plain(chance.choice(_parts())))


def _mixed(text: str, chance: random.Random) -> str:
    """A text with a line or a few characters elsewhere, left out or put in."""
    lines = text.splitlines(keepends=True)
    k = chance.randrange(len(lines))
    match chance.randrange(4):
        case 0:
            del lines[k]
        case 1:
            lines[k] = chance.choice((" ", "  ", "\t")) + lines[k]
        case 2:
            lines.insert(chance.randrange(len(lines)), lines[k])
        case _:
            at = chance.randrange(len(lines[k]))
            lines[k] = lines[k][:at] + chance.choice(_TOKENS) + lines[k][at:]
    return "".join(lines)


def changed(number: int) -> str:
    """The text of a changed config.

    Parameters
    ----------
    number
        Which one.
    """
    chance = random.Random(number)
    data = _plain(chance.choice(bases()))
    is_mild = chance.random() < 0.5
    for _ in range(chance.choice((1, 1, 2, 3))):
        _change(data, chance, is_mild=is_mild)
    text = yaml.safe_dump(data, allow_unicode=True, sort_keys=False)
    return _mixed(text, chance) if chance.random() < 0.05 else text


if __name__ == "__main__":
    sys.stdout.write(changed(int(sys.argv[1])))
