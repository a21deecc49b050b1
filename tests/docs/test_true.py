"""What pages mention exists: files and modules, commands and options, settings, public names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import plurel_cli
from docs.build import DOCS, GENERATED, ROOT, written
from docs.reference.commands import commands
from docs.reference.settings import all_settings

PAGES = sorted([*written(), *(DOCS / name for name in GENERATED)])

_FENCE = re.compile(r"^```(\w*)[^\n]*\n(.*?)^```$", re.M | re.S)
_CODE = re.compile(r"`([^`\n]+(?:\n[^`\n]+)?)`")
_FILE = re.compile(r"(?:plurel_cli|docs|tests|configs|benchmarks)/[\w./*-]+")
_TO_BE_WRITTEN = re.compile(r"Save as\s+`[^`]+`")
_DOTTED = re.compile(r"[a-z_]+(?:\.[A-Za-z_0-9]+)+")
_OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]*")
_SUFFIXES = {
    "json",
    "sql",
    "svg",
    "duckdb",
    "sqlite",
    "gz",
    "yaml",
    "md",
    "py",
    "parquet",
    "toml",
    "csv",
    "journal",
}


def _name(page: Path) -> str:
    return str(page.relative_to(ROOT))


def prose(text: str) -> str:
    """A page without its fenced blocks."""
    return _FENCE.sub("", text)


def words(text: str) -> Iterator[str]:
    """What stands in backticks in the prose of a page."""
    for match in _CODE.finditer(_TO_BE_WRITTEN.sub("", prose(text))):
        yield " ".join(match[1].split())


def scripts(text: str) -> Iterator[str]:
    """Lines of the shell scripts of a page, continued ones joined and comments dropped."""
    for language, body in _FENCE.findall(text):
        if language == "sh":
            for line in body.replace("\\\n", " ").splitlines():
                yield re.split(r"(?:^|\s)#(?!SBATCH)", line)[0]


@cache
def options() -> dict[str, set[str]]:
    """Options of every command, by its full name."""
    return {
        name: {option for parameter in command.params for option in parameter.opts} | {"--help"}
        for name, command in commands()
    }


@cache
def settings() -> frozenset[tuple[str, ...]]:
    """Every setting as the parts of its path, sections included."""
    paths = [tuple(setting.path.replace("[]", "").split(".")) for setting in all_settings()]
    return frozenset(path[:n] for path in paths for n in range(1, len(path) + 1))


def is_setting(path: str) -> bool:
    """Whether a path is a setting, from the top or from within a section."""
    parts = tuple(path.replace("[]", "").split("."))
    return any(
        all(
            said == name or (name == "NAME" and place > 0)
            for place, (said, name) in enumerate(zip(parts, full[-len(parts) :], strict=True))
        )
        for full in settings()
        if len(full) >= len(parts)
    )


def wrong_files(text: str) -> list[str]:
    """Files that are not there."""
    return [
        path
        for word in words(text)
        for path in _FILE.findall(word)
        if not any(ROOT.glob(path.rstrip("/."))) and not path.startswith("docs/pictures")
    ]


def wrong_commands(text: str) -> list[str]:
    """Commands and options that are not there, in scripts and in backticks."""
    faults = []
    uses = [
        use
        for line in (*scripts(text), *words(text))
        for use in re.split(r"[|;&]|&&|\$\(", line)
        if re.search(r"(?:^|\s|/)plurel (?=[a-z])", use)
    ]
    for use in uses:
        said = re.split(r"(?:^|\s|/)plurel (?=[a-z])", use, maxsplit=1)[1]
        verbs = said.split()
        longest = (f"plurel {' '.join(verbs[:n])}" for n in (2, 1))
        name = next((full for full in longest if full in options()), None)
        if name is None:
            is_group = any(full.startswith(f"plurel {verbs[0]} ") for full in options())
            faults += [] if is_group and len(verbs) == 1 else [use]
        else:
            faults += [f"{name} {it}" for it in _OPTION.findall(said) if it not in options()[name]]
    every = {option for several in options().values() for option in several}
    faults += [
        word
        for word in words(text)
        if word.startswith("--") and not {*_OPTION.findall(word)} <= every
    ]
    return faults


def wrong_settings(text: str) -> list[str]:
    """Dotted paths that begin as a setting does and are none, and rows of tables of settings."""
    heads = {part for path in settings() for part in path[:-1]} - {"NAME", "key"}  # any key
    added = set(re.findall(r"^def (\w+)", text, re.M))  # by the page's own examples
    faults = []
    for word in words(text):
        path = word.partition(":")[0]
        if _DOTTED.fullmatch(path) and path.rpartition(".")[2] not in _SUFFIXES:
            head = path.partition(".")[0]
            if head in heads and not added & {*path.split(".")} and not is_setting(path):
                faults.append(path)
    return [*faults, *(name for name in tabled(text) if not is_setting(name))]


def tabled(text: str) -> Iterator[str]:
    """Settings that tables of settings name in their first column."""
    for table in re.findall(r"^\| settings? \|.*\n\|[ :|-]+\|\n((?:\|.*\n)+)", prose(text), re.M):
        for row in table.splitlines():
            yield from _CODE.findall(row.split("|")[1])


def wrong_names(text: str) -> list[str]:
    """Public names that the package lacks."""
    return [
        word
        for word in words(text)
        if re.fullmatch(r"plurel_cli\.[A-Za-z_]+", word)
        and not hasattr(plurel_cli, word.partition(".")[2])
        and not (ROOT / word.replace(".", "/")).exists()
        and not (ROOT / word.replace(".", "/")).with_suffix(".py").exists()
    ]


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_what_a_page_mentions_exists(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert wrong_files(text) == []
    assert wrong_commands(text) == []
    assert wrong_names(text) == []
    if page.parent.name != "adr":  # which says what held when it was decided
        assert wrong_settings(text) == []


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("See `plurel_cli/nowhere.py`.", wrong_files),
        ("```sh\nplurel generate --sead 1\n```", wrong_commands),
        ("```sh\nplurel generate \\\n    --sead 1\n```", wrong_commands),
        ("Run `plurel generat`.", wrong_commands),
        ("With `--resumed` it goes on.", wrong_commands),
        ("Set `schema.layuot`.", wrong_settings),
        ("Set `features.scm.budget.q: 1`.", wrong_settings),
        ("| setting | what |\n|---|---|\n| `softnes` | soft |\n", wrong_settings),
        ("Call `plurel_cli.make_it`.", wrong_names),
    ],
)
def test_a_wrong_mention_is_noticed(text: str, fault: object) -> None:
    assert callable(fault)
    assert fault(text)


def test_every_room_is_in_the_picture() -> None:
    page = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    rooms = [
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "plurel_cli").iterdir()
        if path.stem != "__init__" and (path.suffix == ".py" or (path / "__init__.py").is_file())
    ]
    assert len(rooms) > 5
    assert [room for room in rooms if f"| `{room}` |" not in page] == []


def _meanings(page: Path) -> dict[str, str]:
    rows = re.findall(r"^\| ([^|`]+) \| ([^|]+) \|$", page.read_text(encoding="utf-8"), re.M)
    return {word: meaning for word, meaning in rows if word not in ("word", "---")}


def test_a_word_has_one_meaning() -> None:
    code, field = _meanings(ROOT / "ARCHITECTURE.md"), _meanings(DOCS / "glossary.md")
    both = {word for word in code if word in field}
    assert {"part", "portion", "shard", "cluster"} <= both
    assert [word for word in both if code[word] != field[word]] == []
