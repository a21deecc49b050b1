"""The documentation says what the code does: generated pages, examples, links."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import plurel_cli
from docs.build import DOCS, GENERATED, ROOT, written
from docs.examples import examples, refreshed
from docs.reference import api
from docs.reference.commands import commands
from docs.reference.presets import PURPOSES
from docs.warm import warm_commands
from plurel_cli.schema.layouts import layouts
from tests.readers.environments import reader

PAGES = sorted([*written(), *(DOCS / name for name in GENERATED)])

REMEDY = "`make docs` writes it anew"

_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")


def _name(page: Path) -> str:
    return str(page.relative_to(ROOT))


def _prose(page: Path) -> str:
    """A page without its fenced blocks."""
    return re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.M | re.S)


def _anchors(page: Path) -> set[str]:
    """Anchors of a page's headings, as GitHub makes them."""
    titles = re.findall(r"^#+ (.+)$", _prose(page), re.M)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("name", GENERATED)
def test_generated_page_is_up_to_date(name: str) -> None:
    assert (DOCS / name).read_text(encoding="utf-8") == GENERATED[name](), REMEDY


@pytest.fixture(scope="module")
def warm() -> Iterator[Path]:
    with warm_commands() as place:
        yield place


@pytest.mark.parametrize("page", [p for p in written() if examples(p.read_text())], ids=_name)
def test_examples_print_what_the_page_says(page: Path, warm: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert refreshed(text, lambda name: reader(name).python, warm) == text, REMEDY


def test_a_failing_example_is_noticed(warm: Path) -> None:
    from docs.examples import ExampleError

    for block in (
        *("```sh run\nexit 1\n```", "```sh run exit=2\ntrue\n```", "```python\n1 / 0\n```"),
        *("```sh run\nplurel nonsense\n```", "```sh run exit=2\nplurel config list\n```"),
    ):
        with pytest.raises(ExampleError):
            refreshed(block, commands=warm)
    with pytest.raises(ExampleError):
        refreshed("```sh run exit=2\nplurel config list\n```")  # by a command that is installed
    assert refreshed("```sh run\necho a\n```\n```text output\nb\n```").endswith("output\na\n```")


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_links_lead_somewhere(page: Path) -> None:
    for link in _LINK.findall(_prose(page)):
        if link.startswith(("http:", "https:")):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), link
        if anchor:
            assert anchor in _anchors(target), link


def test_every_page_and_picture_is_linked() -> None:
    linked = {
        (page.parent / link.partition("#")[0]).resolve()
        for page in PAGES
        for link in _LINK.findall(_prose(page))
    }
    there = {
        p.resolve()
        for p in [*DOCS.rglob("*.md"), *(p for p in (DOCS / "pictures").rglob("*") if p.is_file())]
    }
    assert there <= linked


def test_every_command_is_described_and_has_an_example() -> None:
    page = (DOCS / "cli.md").read_text(encoding="utf-8")
    sections = {part.partition("\n")[0]: part for part in page.split("\n## ")}
    found = list(commands())
    assert len(found) > 5
    for name, command in found:
        assert f"```sh\n{name} " in sections[name] or f"```sh\n{name}\n" in sections[name], name
        for parameter in command.params:
            assert parameter.help, f"{name}: {parameter.name} has no help"


def test_every_config_is_recommended_once() -> None:
    names = [preset.name for purpose in PURPOSES for preset in purpose.presets]
    assert sorted(names) == sorted(path.stem for path in (ROOT / "configs").glob("*.yaml"))


def test_the_page_of_the_library_has_every_public_name() -> None:
    names = [name for group in api.GROUPS.values() for name in group]
    assert sorted([*names, "__version__"]) == sorted(plurel_cli.__all__)
    page = (DOCS / "api.md").read_text(encoding="utf-8")
    for name in names:
        assert f"\n### {name}\n" in page


def test_every_setting_and_layout_has_a_description() -> None:
    rows = re.findall(r"^\| `([\w.\[\]]+)` \| (.*?) \|", (DOCS / "config.md").read_text(), re.M)
    assert len(rows) > 50
    assert not [path for path, description in rows if not description]


def test_a_new_layout_appears_in_the_config_reference(monkeypatch: pytest.MonkeyPatch) -> None:
    assert layouts.names()  # they are there before a copy takes their place
    monkeypatch.setattr(layouts, "_entries", dict(layouts._entries))

    @layouts()
    def brand_new(n: int) -> list[tuple[int, int]]:
        """A layout that was not there before."""
        return []

    assert "| `brand_new` | A layout that was not there before. |" in GENERATED["config.md"]()
