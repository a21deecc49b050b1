"""Configs with random changes are read or refused in words, at once, and never end otherwise."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plurel_cli.config import dump_config, parse_config, presets
from plurel_cli.config.document import parse_yaml
from plurel_cli.config.layers import layer_of
from plurel_cli.config.load import loaded
from plurel_cli.errors import PlurelError
from plurel_cli.schema.sample import sample_schema

BASES = [
    parse_yaml(presets.read(presets.find(name)), name).data
    for name in presets.names()
    if name not in ("mixture", "big_tables")
]

VALUES = st.sampled_from(
    [
        *(None, True, False, 0, 1, -1, 2, 0.5, 1e-300, 1e300, 10**30, float("inf"), float("nan")),
        *("", "no", "many", "*", "..", "\0", "é" * 70, [], [[]], {}, {"min": 1}, [1, 1], [None]),
        *({"min": 2, "max": 1}, {"min": 0.5, "max": True}, {"choices": {}}, {"choices": {"a": 0}}),
        *(
            {"min": 1, "max": 10**12, "p": "inverse"},
            {"choices": [1, "a"]},
            {1: 2},
            {"a": {"a": 1}},
        ),
    ]
)

TEXTS = st.sampled_from(
    ["0100", "0x1F", "1:30", "2021-13-01", "yes", "!!int 3", "*a", "&a [*a]", "<<", ".5", "1_000",
     "{", "- -", "? a", "'", "|", "2020-01-01 10:00:00", "~", "\t", "1e400"]
)  # fmt: skip


def _places(node: Any, location: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    items = node.items() if isinstance(node, dict) else ()
    return [
        location,
        *(place for key, value in items for place in _places(value, (*location, key))),
    ]


@st.composite
def changed(draw: st.DrawFn) -> dict[str, Any]:
    """A preset with some values put elsewhere, left out, or exchanged for odd ones."""
    data = copy.deepcopy(draw(st.sampled_from(BASES)))
    for _ in range(draw(st.integers(1, 4))):
        place = draw(st.sampled_from(_places(data)[1:] or [("schema",)]))
        node = data
        for key in place[:-1]:
            node = node[key]
        match draw(st.integers(0, 3)):
            case 0:
                node.pop(place[-1], None)
            case 1:
                node[draw(st.sampled_from(["", "rows", "*", "features", "tables", "extends"]))] = (
                    copy.deepcopy(draw(VALUES))
                )
            case _:
                node[place[-1]] = copy.deepcopy(draw(VALUES))
    return data


def _refusal(call: Callable[[], object]) -> str:
    """What is said where a call is refused; nothing where it is not."""
    try:
        call()
    except PlurelError as error:
        return str(error) or "silence"
    return ""


@settings(max_examples=150)
@given(changed())
def test_a_changed_config_is_read_or_refused_in_words(data: dict[str, Any]) -> None:
    if refusal := _refusal(lambda: parse_config(data)):
        assert all(0 < len(line) < 1000 for line in refusal.splitlines())
        return
    config = parse_config(data)
    assert parse_config(parse_yaml(dump_config(config), "").data) == config
    if config.for_table("table_0").schema.columns.bounds[1] <= 100:
        _refusal(lambda: sample_schema(config, 1))


@settings(max_examples=300)
@given(st.lists(st.sampled_from(["a: ", "\n", "  ", "- ", "schema: ", "rows: ", "{", "}", ", "])
                | TEXTS, max_size=12).map("".join))  # fmt: skip
def test_text_is_read_or_refused_in_words(text: str) -> None:
    refusal = _refusal(lambda: loaded(layer_of(parse_yaml(text, "c"), "c"), "c"))
    assert refusal == "" or refusal.startswith("c: ")


BOMB = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]\n" for i in range(1, 9)
)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("tables: {a: {rows: 0100}}", "c: line 1: tables.a.rows: 0100 is no plain decimal number; "
         'write 100 if it is a number; write "0100", in quotes, if it is text'),
        ("time:\n  end: 2021-13-01", "c: line 2: time.end: there is no day 2021-13-01; write "
         "one such"
         " as 2020-01-31"),
        ("time: {start: !!timestamp x}", "c: line 1, column 15: is not YAML: tags such as tag:yaml."
         "org,2002:timestamp are not allowed; leave it out"),
        ('schema: {tables: !!int ""}', "c: line 1, column 18: is not YAML: tags such as tag:yaml."
         "org,2002:int are not allowed; leave it out"),
        (BOMB, "aliases repeat more than 100,000 values; write fewer of them"),
        ("schema: {tables: 1:30}", "c: line 1: schema.tables: 1:30 is no plain decimal "
         "number; write "
         'it in decimal digits; write "1:30", in quotes, if it is text'),
    ],
)  # fmt: skip
def test_yaml_of_several_meanings_is_refused_with_what_to_write(text: str, line: str) -> None:
    with pytest.raises(PlurelError) as caught:
        parse_yaml(text, "c")
    assert line in str(caught.value)


@pytest.mark.parametrize("word", ["yes", "no", "on", "off", "y", "n", "No", "OFF"])
def test_a_table_may_have_any_word_for_a_name(word: str) -> None:
    data = parse_yaml(f"schema: {{layout: explicit}}\ntables: {{{word}: {{}}}}", "c").data
    assert parse_config(data).table_names == (word,)
