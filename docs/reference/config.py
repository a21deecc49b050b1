"""The config reference, by what people want to do with a config."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from docs.reference.markdown import NOTICE, code, filled, table
from docs.reference.settings import Setting, all_settings, of_single
from docs.reference.tasks import TASKS, Group, group_of
from plurel_cli.choices.registry import Registry

INTRO = """\
# Config

A config is a YAML map of settings. Whatever you leave out has its default, so an empty file means
the published method.

- `plurel config show` prints all settings with their defaults, and `plurel config show FILE`
  prints a config with every default filled in.
- `plurel config check FILE` finds everything that is wrong with a config.
- `plurel config json-schema` prints a JSON Schema, with which editors can complete and check
  configs.

## Values that are drawn

Where a table below says *drawn*, a config can write

| form | meaning |
| --- | --- |
| `3` | this value |
| `{min: 3, max: 20}` | a uniform range; integers include both ends, reals only the lower one |
| `{min: 3, max: 40, p: inverse}` | for integers: k with a probability proportional to 1/k |
| `[a, b, c]` | a choice with even odds |
| `{choices: {a: 2, b: 1}}` | a choice with weights |
| `{choices: [2, 4]}` | a choice with even odds that nobody will mistake for a range |

`[3, 20]` is a choice between 3 and 20, not a range. You get a warning about this if you write a
list of two increasing integers.

## Mistakes

Unknown settings, wrong types and impossible ranges are refused before anything is written. All of
them are reported at once, each with its path and what is allowed. Rules between settings, for
example that `time.end` comes after `time.start`, are checked once every setting is valid on its
own. `1e-3` is a number, and it is an error to give a key twice.
"""

WANTED = """\
## What do you want to do?

Each section has the settings for one task.
"""

CORPORA = """\
## Corpora

`plurel corpus` makes many databases from one config, or from a *mixture*: a file that names
several configs with weights. A mixture is a file of its own and not part of a config. It looks
like [mixture.yaml](../configs/mixture.yaml); [Corpora](scale/corpora.md#mixtures) explains it.
"""

EXAMPLES = """\
## Configs to start from

[Which config do I want?](presets.md) lists them, says what each is for, and shows how its
databases look.
"""


def anchor(title: str) -> str:
    """Anchor of a heading.

    Examples
    --------
    >>> anchor("One table, key or column")
    'one-table-key-or-column'
    """
    return re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")


def about(path: Path) -> str:
    """What a config is for: the first sentence of the comment that it begins with."""
    lines = path.read_text(encoding="utf-8").splitlines()
    comment = []
    for line in lines:
        if not line.startswith("# "):
            break
        comment.append(line.removeprefix("# "))
    return re.split(r"(?<=[.]) ", " ".join(comment))[0]


def _wanted() -> str:
    rows = [
        (
            f"[{task.title}](#{anchor(task.title)})",
            "; ".join(group.title for group in task.groups if group.title)
            or task.about.partition(". ")[0].removesuffix("."),
        )
        for task in TASKS
    ]
    rows.append(("[Corpora](#corpora)", "Many databases, from one config or several"))
    return table(("section", "what it covers"), rows)


def _registry(registry: Registry[Any]) -> str:
    rows = [
        (code(entry.name), entry.summary, ", ".join(map(code, entry.parameters)))
        for entry in registry
    ]
    if not any(names for _, _, names in rows):
        return table((registry.noun, "what"), (row[:2] for row in rows))
    return table((registry.noun, "what", "settings"), rows)


def _group(group: Group, rows: list[Setting], described: set[str]) -> list[str]:
    """Settings of a group, and what they choose from where no group before has said that."""
    head: tuple[str, ...] = ("setting", "what", "allowed", "default")
    several: list[tuple[str, ...]] = [(code(row.path), *row[1:4]) for row in rows]
    if any(of_single(row.path) for row in rows):
        head = (*head, "also for one")
        of = [of_single(row.path) for row in rows]
        several = [(*cells, words) for cells, words in zip(several, of, strict=True)]
    parts = [f"### {group.title}\n"] if group.title else []
    parts.append(table(head, several))
    for registry in dict.fromkeys(registry for row in rows for registry in row.registries):
        if registry.noun not in described and registry.names():
            described.add(registry.noun)
            parts.append(_registry(registry))
    return parts


def page() -> str:
    """The page."""
    parts = [NOTICE.format(source="plurel_cli/config and docs/reference"), INTRO, WANTED, _wanted()]
    rows: dict[Group, list[Setting]] = {}
    for setting in all_settings(repeated=False):
        if "." in setting.path:
            rows.setdefault(group_of(setting.path), []).append(setting)
    described: set[str] = set()
    for task in TASKS:
        parts.append(f"## {task.title}\n\n{filled(task.about)}\n")
        for group in task.groups:
            parts += _group(group, rows[group], described)
    parts += [CORPORA, EXAMPLES]
    return "\n".join(parts)
