"""The config reference, from the pydantic models and the registries they name."""

from __future__ import annotations

import datetime as dt
import inspect
import re
import typing
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from pydantic_core import PydanticUndefined, to_jsonable_python

from docs.reference.markdown import NOTICE, code, flow, is_union, table, words
from plurel_cli.choices.choice import Choice
from plurel_cli.choices.kinds import Kind
from plurel_cli.choices.registry import Entry, Registry
from plurel_cli.choices.section import Section
from plurel_cli.config import Config

CONFIGS = Path(__file__).parents[2] / "configs"

INTRO = """\
# Config

A config is a YAML map. What it leaves out has its default, so an empty file is the published
method's settings, and `plurel config show` prints them all. `plurel config show FILE` prints a
config with every default filled in, `plurel config check FILE` finds all that is wrong with it,
and `plurel config json-schema` prints a JSON Schema, with which editors complete and check.

## Values that are drawn

Where *drawn* is said below, a config may write

| form | means |
| --- | --- |
| `3` | that value |
| `{min: 3, max: 20}` | a uniform range: integers with both ends, numbers without the upper one |
| `{min: 3, max: 40, p: inverse}` | integers only: k with a probability proportional to 1/k |
| `[a, b, c]` | a choice with even odds |
| `{choices: {a: 2, b: 1}}` | a choice by weight |
| `{choices: [2, 4]}` | a choice with even odds that nobody takes for a range |

`[3, 20]` is a choice between 3 and 20, not a range; a list of two rising integers gets a warning
that says so.

Unknown keys, wrong types and impossible ranges are refused before anything is written, all at
once, each with its path and what is allowed; rules between settings, such as that `time.end` comes
after `time.start`, are checked once each setting alone is sound. `1e-3` is a number. A key given
twice is an error.
"""

EXAMPLES = """\
## Configs to start from

In the folder [configs](../configs):
"""


class Setting(NamedTuple):
    """One row of the reference."""

    path: str
    description: str
    allowed: str
    default: str


def settings(section: type[Section], defaults: Section | None, prefix: str) -> Iterator[Setting]:
    """All settings of a section, those of the sections within it after their own row."""
    for name, field in section.model_fields.items():
        path = f"{prefix}.{field.alias or name}"
        default = getattr(defaults, name) if defaults is not None else field.get_default()
        yield from _setting(
            path, field.description or "", field.annotation, field.metadata, default
        )


def all_settings() -> Iterator[str]:
    """Paths of all settings and sections."""
    for setting in settings(Config, Config.model_validate({}), ""):
        yield setting.path.removeprefix(".")


def _setting(
    path: str, description: str, annotation: Any, metadata: typing.Sequence[object], default: Any
) -> Iterator[Setting]:
    inner = _section(annotation)
    registry = next((m for m in metadata if isinstance(m, Registry)), None)
    if registry is not None:
        yield Setting(path, description, f"a map by {registry.noun}", "")
        yield from _entries(registry, path)
    elif inner is None:
        yield Setting(path, description, _allowed(annotation, metadata), _default(default))
    else:
        path += {dict: ".NAME", tuple: "[]"}.get(_container(annotation), "")
        yield Setting(path, description, _allowed(annotation, metadata), "")
        yield from settings(inner, default if isinstance(default, inner) else None, path)


def _entries(registry: Registry[Any], path: str) -> Iterator[Setting]:
    for entry in registry:
        described = _documented(entry)
        for name, its in entry.parameters.items():
            yield Setting(
                f"{path}.{entry.name}.{name}",
                its.description or described.get(name, ""),
                f"*drawn:* {its.kind.describe()}",
                _default(its.default),
            )


def _documented(entry: Entry[Any]) -> dict[str, str]:
    """Descriptions of a function's parameters, from its numpydoc."""
    text = inspect.getdoc(entry.function) or ""
    match = re.search(r"^Parameters\n-+\n(.*?)(?=^\w[\w ]*\n-+\n|\Z)", text, re.M | re.S)
    parts = re.split(r"^(\w[\w, ]*?)(?: : .*)?\n", match[1] if match else "", flags=re.M)[1:]
    return {
        name: " ".join(body.split())
        for names, body in zip(parts[::2], parts[1::2], strict=True)
        for name in names.split(", ")
    }


def _section(annotation: Any) -> type[Section] | None:
    if isinstance(annotation, type) and issubclass(annotation, Section):
        return annotation
    found = (_section(inner) for inner in typing.get_args(annotation))
    return next((section for section in found if section is not None), None)


def _container(annotation: Any) -> Any:
    """Whether sections stand in a map or a list."""
    origin = typing.get_origin(annotation)
    if origin in (dict, tuple):
        return origin
    return next(filter(None, map(_container, typing.get_args(annotation))), None)


def _allowed(annotation: Any, metadata: typing.Sequence[object]) -> str:
    kind = next((m for m in metadata if isinstance(m, Kind)), None)
    if kind is not None:
        return f"*drawn:* {kind.describe()}"
    if typing.get_origin(annotation) is typing.Annotated:
        inner, *its = typing.get_args(annotation)
        return _allowed(inner, its)
    if is_union(annotation):
        parts = [
            "null" if inner is type(None) else _allowed(inner, metadata)
            for inner in typing.get_args(annotation)
        ]
        return " or ".join(parts)
    if _section(annotation) is not None:
        return {dict: "a map by name", tuple: "a list"}.get(_container(annotation), "a map")
    return words(annotation, metadata)


def _default(value: Any) -> str:
    if value is PydanticUndefined:
        return "required"
    if isinstance(value, Choice):
        return code(flow(value.dump()))
    return code(flow(value if isinstance(value, dt.date) else to_jsonable_python(value)))


def _registries(annotation: Any, metadata: typing.Sequence[object] = ()) -> Iterator[Registry[Any]]:
    """Registries of settings and of names anywhere in an annotation."""
    for its in metadata:
        allowed = getattr(its, "allowed", None)
        found = [its, getattr(allowed, "__self__", None)]  # `Names(registry.names)`
        if inspect.isfunction(allowed):  # `Names(lambda: (*registry.names(), "more"))`
            found += inspect.getclosurevars(allowed).globals.values()
        yield from (each for each in found if isinstance(each, Registry))
    if isinstance(annotation, type) and issubclass(annotation, Section):
        for field in annotation.model_fields.values():
            yield from _registries(field.annotation, field.metadata)
    elif typing.get_origin(annotation) is typing.Annotated:
        inner, *its_metadata = typing.get_args(annotation)
        yield from _registries(inner, its_metadata)
    else:
        for inner in typing.get_args(annotation):
            yield from _registries(inner)


def _registry(registry: Registry[Any]) -> str:
    rows = [
        (code(entry.name), entry.summary, ", ".join(map(code, entry.parameters)))
        for entry in registry
    ]
    if not any(names for _, _, names in rows):
        return table((registry.noun, "what"), (row[:2] for row in rows))
    return table((registry.noun, "what", "settings"), rows)


def _examples() -> str:
    def about(path: Path) -> str:
        lines = path.read_text(encoding="utf-8").splitlines()
        comment = []
        for line in lines:
            if not line.startswith("# "):
                break
            comment.append(line.removeprefix("# "))
        return re.split(r"(?<=[.]) ", " ".join(comment))[0]

    return table(
        ("file", "what"),
        ((f"[{p.name}](../configs/{p.name})", about(p)) for p in sorted(CONFIGS.glob("*.yaml"))),
    )


def page() -> str:
    """The page."""
    parts = [NOTICE.format(source="plurel_cli/config and docs/reference/config.py"), INTRO]
    defaults = Config.model_validate({})
    described: dict[Registry[Any], None] = {}
    head = "setting", "what", "allowed", "default"
    for name, field in Config.model_fields.items():
        title = field.alias or name
        default = getattr(defaults, name)
        own = list(
            _setting(title, field.description or "", field.annotation, field.metadata, default)
        )
        inner = _section(field.annotation)
        about = (inspect.getdoc(inner) or "").partition("\n")[0] if inner is not None else ""
        sentences = dict.fromkeys((own[0].description, about))
        parts.append(f"## {title}\n\n{' '.join(sentences).strip()}\n")
        rows = own[1:] if inner is not None else own
        parts.append(table(head, ((code(s.path), *s[1:]) for s in rows)))
        found = dict.fromkeys(_registries(field.annotation, field.metadata))
        parts += [_registry(its) for its in found if its not in described and its.names()]
        described.update(found)
    parts += [EXAMPLES, _examples()]
    return "\n".join(parts)
