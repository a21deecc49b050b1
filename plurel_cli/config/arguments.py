"""Arguments of public functions, checked before anything is done.

What a parameter may be is what its annotation says: each kind of annotation has a rule here, with
the words for it. What takes more than a look at the type, such as a config or the name of a stage,
is checked where it is used.
"""

from __future__ import annotations

import datetime as dt
import inspect
import numbers
import os
from collections.abc import Callable, Iterable, Mapping
from functools import wraps
from typing import ParamSpec, TypeVar

from plurel_cli.config.model import Config
from plurel_cli.errors import UsageError

P = ParamSpec("P")
R = TypeVar("R")


def _is_integer(value: object) -> bool:
    return isinstance(value, numbers.Integral) and not isinstance(value, bool)


def _is_place(value: object) -> bool:
    if isinstance(value, str | os.PathLike):
        text = os.fspath(value)
        return isinstance(text, str) and "\0" not in text
    return type(value).__name__ == "BucketPath"


def _is_pair(value: object) -> bool:
    return isinstance(value, tuple | list) and len(value) == 2 and all(map(_is_integer, value))


def _are_texts(value: object) -> bool:
    return isinstance(value, tuple | list) and all(isinstance(item, str) for item in value)


def _is_day(value: object) -> bool:
    return isinstance(value, dt.date) and not isinstance(value, dt.datetime)


def _are_rows(value: object) -> bool:
    if isinstance(value, Mapping):
        return all(isinstance(k, str) and _is_integer(n) for k, n in value.items())
    return _is_integer(value)


def _or_none(is_allowed: Callable[[object], bool]) -> Callable[[object], bool]:
    return lambda value: value is None or is_allowed(value)


def _are_names(value: object) -> bool:
    return isinstance(value, Mapping) and all(
        isinstance(key, str) and isinstance(one, str) for key, one in value.items()
    )


RULES: dict[str, tuple[str, Callable[[object], bool]]] = {
    "bool": ("must be True or False", lambda value: isinstance(value, bool)),
    "int": ("must be an integer", _is_integer),
    "int | None": ("must be an integer", _or_none(_is_integer)),
    "int | Mapping[str, int] | None": (
        "must be a number of rows, or one for each of some tables",
        _or_none(_are_rows),
    ),
    "Mapping[str, str] | None": ("must be a dict of texts", _or_none(_are_names)),
    "dt.date | None": ("must be a day, such as date(2026, 12, 31)", _or_none(_is_day)),
    "str": ("must be text", lambda value: isinstance(value, str)),
    "str | None": ("must be text", _or_none(lambda value: isinstance(value, str))),
    "str | Place": ("must be a path or s3://bucket/prefix", _is_place),
    "str | Place | None": ("must be a path or s3://bucket/prefix", _or_none(_is_place)),
    "str | Path | None": ("must be a path", _or_none(_is_place)),
    "Sequence[str]": ("must be a list of text", _are_texts),
    "tuple[int, int]": ("must be a pair of integers", _is_pair),
    "range": ("must be a range, such as range(100)", lambda value: isinstance(value, range)),
    "int | range": (
        "must be an integer, or a range such as range(100)",
        lambda value: isinstance(value, range) or _is_integer(value),
    ),
    "Iterable[int]": (
        "must be integers, such as range(100)",
        lambda value: isinstance(value, Iterable) and not isinstance(value, str | bytes),
    ),
    "Report | None": ("must be a function", _or_none(callable)),
    "CorpusReport | None": ("must be a function", _or_none(callable)),
    "Config": ("must be a Config", lambda value: isinstance(value, Config)),
    "float | str | bool": (
        "must be a number, a label, or true or false",
        lambda value: isinstance(value, numbers.Real | str | bool),
    ),
}
"""Words and a check for each annotation of a parameter."""


def checked(function: Callable[P, R]) -> Callable[P, R]:
    """A public function that refuses arguments that are not what its annotations say.

    Raises
    ------
    UsageError
        When it is called, naming the parameter.
    """
    signature = inspect.signature(function)
    rules = {
        name: RULES[parameter.annotation]
        for name, parameter in signature.parameters.items()
        if parameter.annotation in RULES
    }

    @wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        for name, value in signature.bind(*args, **kwargs).arguments.items():
            if name in rules:
                words, is_allowed = rules[name]
                if not is_allowed(value):
                    raise UsageError(name, words, value)
        return function(*args, **kwargs)

    return call
