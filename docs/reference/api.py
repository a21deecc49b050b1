"""The page of the library: every public name, with its signature and docstring."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from typing import Any

import plurel_cli
from docs.reference.markdown import NOTICE

INTRO = """\
# Library

What `plurel` does, Python does as well. All of these names are imported from `plurel_cli`:
"""

GROUPS = {
    "Make databases": (
        "generate",
        "generate_to",
        "iter_frames",
        "grow",
        "iter_databases",
        "generate_corpus",
    ),
    "Use databases": ("Database", "load", "do", "validate", "export_database"),
    "Tasks": ("add_tasks", "load_tasks", "StoredTask", "Task"),
    "Configs": ("load_config", "parse_config", "dump_config", "Config", "load_mixture", "Mixture"),
    "Designs": ("Design", "TableDesign", "ColumnDesign"),
    "Beforehand": ("estimate", "Estimate"),
    "Stage by stage": ("schema_to", "run_stage", "Schema"),
    "On several machines": (
        *("generate_portion", "merge_portions", "merge_corpus"),
        *("Databases", "Index", "Progress"),
    ),
    "What goes wrong": ("PlurelError", "Problem", "ConfigWarning"),
}
"""Headings, and the names below each; a test fails where one is missing."""

_SECTIONS = ("Parameters", "Attributes", "Returns", "Yields", "Raises", "Notes", "Examples")


def signature(name: str, value: Any) -> str:
    """How a function is called, with one parameter per line where a single line is too short."""
    parameters = [str(each) for each in inspect.signature(value).parameters.values()]
    keywords = [
        each.kind is inspect.Parameter.KEYWORD_ONLY
        for each in inspect.signature(value).parameters.values()
    ]
    parameters = [re.sub(r": '([^']*)'", r": \1", text) for text in parameters]
    if True in keywords:
        parameters.insert(keywords.index(True), "*")
    answer = str(inspect.signature(value).return_annotation).strip("'")
    line = f"{name}({', '.join(parameters)}) -> {answer}"
    if len(line) <= 88:
        return line
    body = "".join(f"    {parameter},\n" for parameter in parameters)
    return f"{name}(\n{body}) -> {answer}"


def _sections(text: str) -> Iterator[tuple[str, list[str]]]:
    """Sections of a docstring in numpydoc's form, the summary without a title."""
    title, lines = "", list[str]()
    rest = text.split("\n")
    while rest:
        line = rest.pop(0)
        if line in _SECTIONS and rest and set(rest[0]) == {"-"}:
            yield title, lines
            title, lines = line, []
            rest.pop(0)
        else:
            lines.append(line)
    yield title, lines


def _body(title: str, lines: list[str]) -> str:
    text = "\n".join(lines).strip()
    if title in ("", "Notes"):
        return text
    if title == "Examples":
        return f"```pycon\n{text}\n```"
    items: list[list[str]] = []
    for line in lines:
        if line and not line.startswith(" "):
            items.append([line])
        elif line.strip() and items:
            items[-1].append(line.strip())
    return "\n".join(f"- `{head}`{': ' if body else ''}{' '.join(body)}" for head, *body in items)


def _documented(value: Any) -> str:
    """A docstring as Markdown."""
    parts = []
    for title, lines in _sections(inspect.getdoc(value) or ""):
        body = _body(title, lines)
        parts.append(f"**{title}**\n\n{body}" if title else body)
    return "\n\n".join(parts)


def _methods(value: type) -> Iterator[str]:
    for name, method in vars(value).items():
        if inspect.isfunction(method) and not name.startswith("_"):
            shown = signature(f"{value.__name__}.{name}", method).replace("(self, ", "(")
            yield f"```text\n{shown.replace('(self)', '()')}\n```\n\n{_documented(method)}"


def _entry(name: str) -> str:
    value = getattr(plurel_cli, name)
    if not inspect.isclass(value):
        return f"### {name}\n\n```text\n{signature(name, value)}\n```\n\n{_documented(value)}\n"
    methods = [] if issubclass(value, Exception) else list(_methods(value))
    return f"### {name}\n\n" + "\n\n".join([_documented(value), *methods]) + "\n"


def _examples() -> list[str]:
    """The examples of the package itself, which run as its doctest."""
    return dict(_sections(inspect.getdoc(plurel_cli) or ""))["Examples"]


def page() -> str:
    """The page."""
    parts = [
        NOTICE.format(source="the docstrings and docs/reference/api.py"),
        INTRO,
        _body("Examples", _examples()),
        "",
    ]
    for title, names in GROUPS.items():
        parts += [f"## {title}\n", *map(_entry, names)]
    return "\n".join(parts)
