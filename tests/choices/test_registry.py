from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from plurel_cli.choices.choice import Fixed, IntegerRange, RealRange
from plurel_cli.choices.kind import Refused
from plurel_cli.choices.kinds import Integers, Reals
from plurel_cli.choices.registry import Registry, parameter
from plurel_cli.numerics.stream import Stream

_MODULES = {
    "__init__": (
        "from plurel_cli.choices.registry import Registry\nshapes = Registry('shape', __name__)\n"
    ),
    "round": (
        "from plurel_cli.choices.kinds import Reals\n"
        "from plurel_cli.choices.registry import parameter\n"
        "from shapes_for_test import shapes\n\n\n"
        "@shapes(radius=parameter(Reals(gt=0), {'min': 1, 'max': 2}))\n"
        "def circle():\n"
        '    """A circle.\n\n    More.\n    """\n'
    ),
    "angular": (
        "from shapes_for_test import shapes\n\n\n"
        "@shapes()\ndef square():\n    pass\n\n\n@shapes()\ndef hexagon():\n    pass\n"
    ),
}


@pytest.fixture
def shapes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Registry[Callable[..., Any]]:
    """The registry of a package on disk."""
    package = tmp_path / "shapes_for_test"
    package.mkdir()
    for name, text in _MODULES.items():
        (package / f"{name}.py").write_text(text)
    monkeypatch.syspath_prepend(tmp_path)
    for name in [name for name in sys.modules if name.startswith("shapes_for_test")]:
        monkeypatch.delitem(sys.modules, name)
    found: Registry[Callable[..., Any]] = __import__("shapes_for_test").shapes
    return found


def _refusal(registry: Registry[Any], raw: object) -> list[str]:
    with pytest.raises(Refused) as caught:
        registry.settings(raw)
    return sorted(map(str, caught.value.problems))


def test_every_module_of_the_package_adds_its_functions(shapes: Registry[Any]) -> None:
    assert shapes.names() == ("circle", "hexagon", "square")
    assert [entry.name for entry in shapes] == ["circle", "hexagon", "square"]


def test_nothing_is_imported_before_the_first_look_up(shapes: Registry[Any]) -> None:
    assert "shapes_for_test.round" not in sys.modules
    assert shapes["circle"].function.__name__ == "circle"
    assert "shapes_for_test.round" in sys.modules


def test_summary_is_the_first_line_of_the_docstring(shapes: Registry[Any]) -> None:
    assert shapes["circle"].summary == "A circle."
    assert shapes["square"].summary == ""


def test_an_unknown_name_is_a_key_error(shapes: Registry[Any]) -> None:
    with pytest.raises(KeyError, match="triangle"):
        shapes["triangle"]


def test_a_name_given_twice_is_refused(shapes: Registry[Any]) -> None:
    def circle() -> None: ...

    shapes.names()
    with pytest.raises(ValueError, match="there is already a shape named circle"):
        shapes()(circle)


def test_a_function_added_later_is_seen(shapes: Registry[Any]) -> None:
    @shapes(sides=parameter(Integers(ge=3), 5))
    def polygon() -> None: ...

    assert "polygon" in shapes.names()
    assert shapes.settings({"polygon": {"sides": 7}})["polygon"] == {"sides": Fixed(7)}


def test_settings_are_those_said_and_the_defaults_elsewhere(shapes: Registry[Any]) -> None:
    assert shapes.settings({}) == {"circle": {"radius": RealRange(1.0, 2.0)}}
    said = shapes.settings({"circle": {"radius": 3}, "square": {}})
    assert said == {"circle": {"radius": Fixed(3.0)}}
    assert shapes.settings(said) == said


def test_every_problem_of_the_settings_is_named_with_its_place(shapes: Registry[Any]) -> None:
    assert _refusal(shapes, [1]) == ["must map a shape to its value, got [1]"]
    raw = {"circl": {}, "circle": {"radius": 0, "rdius": 2}, "square": {"side": 1}, "hexagon": 3}
    assert _refusal(shapes, raw) == [
        "circl: is no shape here; did you mean circle?",
        "circle.radius: must be above 0, got 0",
        "circle.rdius: is no setting here; did you mean radius?",
        "hexagon: must map a setting to its value, got 3",
        "square.side: is no setting here; it takes none",
    ]
    assert _refusal(shapes, {"xyz": {}}) == [
        "xyz: is no shape here; known are circle, hexagon, square"
    ]


def test_each_setting_is_drawn_from_a_stream_of_its_own() -> None:
    registry: Registry[Any] = Registry("thing", "plurel_cli.schema.layouts")

    @registry(a=parameter(Reals(), {"min": 0, "max": 1}), b=parameter(Integers(), 4))
    def one() -> None: ...

    @registry(b=parameter(Integers(), {"min": 0, "max": 99}), a=parameter(Reals(), 0.5))
    def two() -> None: ...

    stream = Stream(1)
    first, second = registry["one"], registry["two"]
    assert first.draw({}, stream) == {"a": stream.child("a").draws().uniform(), "b": 4}
    moved = first.draw({"b": IntegerRange(0, 99)}, stream)
    assert moved["a"] == first.draw({}, stream)["a"]
    assert moved["b"] == second.draw({}, stream)["b"]


def test_json_schema_describes_the_entries_that_have_settings(shapes: Registry[Any]) -> None:
    described = shapes.__get_pydantic_json_schema__(None, None)
    assert described["additionalProperties"] is False
    assert set(described["properties"]) == {"circle"}
    circle = described["properties"]["circle"]
    assert circle["description"] == "A circle."
    assert circle["properties"]["radius"]["default"] == {"min": 1.0, "max": 2.0}


def test_a_default_is_checked_like_any_other_value() -> None:
    with pytest.raises(Refused, match="must be at least 1, got 0"):
        parameter(Integers(ge=1), 0)
