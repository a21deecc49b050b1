"""The command reference, from the Typer app."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from typing import Any

from typer.main import get_command

from docs.reference.markdown import NOTICE, code, table
from plurel_cli.cli.app import app
from plurel_cli.export import formats
from plurel_cli.export.options import FLAGS
from plurel_cli.export.targets import targets

INTRO = """\
# Commands

Data goes to standard output, and messages go to standard error. Apart from warnings and errors,
messages are only printed if standard error is a terminal, so loops and jobs stay quiet.

| exit code | meaning |
| --- | --- |
| 0 | done |
| 1 | `plurel validate` found faults, or databases of `plurel corpus` failed |
| 2 | bad usage, config or input; standard error has one line for each problem |
| 130, 143 | interrupted, terminated; nothing unfinished is left behind |

A command that writes a folder first writes next to it, and moves the result into place when it is
complete. A finished database is only replaced with `--force`, and a folder that contains anything
else is never replaced. `plurel COMMAND --help` prints what is below, and
`plurel --install-completion` sets up completion in the shell.
"""


def commands() -> Iterator[tuple[str, Any]]:
    """Every command with its full name, those of a group after the group's own help."""
    yield from _walk("plurel", get_command(app))


def _walk(name: str, command: Any) -> Iterator[tuple[str, Any]]:
    inner = getattr(command, "commands", None)
    if inner is None:
        yield name, command
        return
    for word, inner_command in inner.items():
        yield from _walk(f"{name} {word}", inner_command)


def _help(command: Any) -> str:
    """A docstring as Markdown, its example as code."""
    paragraphs = []
    for paragraph in textwrap.dedent(command.help or "").strip().split("\n\n"):
        if paragraph.startswith("Example: "):
            example = " ".join(paragraph.split()).removeprefix("Example: ")
            paragraphs.append(f"```sh\n{example}\n```")
        else:
            paragraphs.append(re.sub(r"(--[a-z-]+)", r"`\1`", paragraph))
    return "\n\n".join(paragraphs) + "\n"


def _metavar(parameter: Any) -> str:
    if parameter.metavar:
        return str(parameter.metavar).strip("[]")
    return str(parameter.name).strip("_").upper()


def _option(parameter: Any) -> str:
    names = ", ".join(code(name) for name in sorted(parameter.opts, key=len))
    return names if parameter.is_flag else f"{names} {_metavar(parameter)}"


def _default(parameter: Any) -> str:
    if parameter.required:
        return "required"
    is_worth_saying = isinstance(parameter.default, int | float | str) and not parameter.is_flag
    return code(str(parameter.default)) if is_worth_saying else ""


def _usage(name: str, command: Any) -> str:
    words = [name]
    for parameter in command.params:
        if parameter.param_type_name == "argument":
            metavar = _metavar(parameter)
            words.append(metavar if parameter.required else f"[{metavar}]")
        elif parameter.required:
            words.append(f"{max(parameter.opts, key=len)} {_metavar(parameter)}")
    return " ".join([*words, "[OPTIONS]"])


def _command(name: str, command: Any) -> str:
    parts = [f"## {name}\n", _help(command), f"```text\n{_usage(name, command)}\n```\n"]
    rows = [
        (
            _metavar(p) if p.param_type_name == "argument" else _option(p),
            p.help or "",
            _default(p),
        )
        for p in command.params
        if not getattr(p, "hidden", False)
    ]
    if rows:
        parts.append(table(("argument or option", "what", "default"), rows))
    return "\n".join(parts)


def page() -> str:
    """The page."""
    everything = list(commands())
    parts = [NOTICE.format(source="plurel_cli/cli and docs/reference/commands.py"), INTRO]
    rows = (
        (f"[`{name}`](#{name.replace(' ', '-')})", (command.help or "").partition("\n")[0])
        for name, command in everything
    )
    parts.append(table(("command", "does"), rows))
    parts += [_command(name, command) for name, command in everything]
    parts.append("## Formats of `plurel schema --format`\n")
    parts.append(table(("format", "what"), ((code(e.name), e.summary) for e in formats)))
    parts.append("## Targets of `plurel export --to`\n")
    rows = (
        (code(e.name), e.summary, ", ".join(code(FLAGS[name]) for name in sorted(e.function.takes)))
        for e in targets
    )
    parts.append(table(("target", "what", "options"), rows))
    return "\n".join(parts)
