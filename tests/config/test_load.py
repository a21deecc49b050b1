from __future__ import annotations

import datetime as dt
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plurel_cli.choices.choice import Fixed, IntegerRange, OneOf, RealRange
from plurel_cli.config import Config, dump_config, parse_config, read_config
from plurel_cli.errors import ConfigError, StorageError, UsageError
from plurel_cli.schema.layouts import layouts

LAYOUTS = ", ".join(layouts.names())


def _load(folder: Path, text: str | bytes) -> tuple[Config, tuple[str, ...]]:
    path = folder / "c.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_config(path)


def _refusal(folder: Path, text: str | bytes) -> list[str]:
    """Lines of the message, without the file's name, which each must have."""
    with pytest.raises(ConfigError) as caught:
        _load(folder, text)
    prefix = f"{folder / 'c.yaml'}: "
    lines = str(caught.value).splitlines()
    assert all(line.startswith(prefix) for line in lines)
    assert len(lines) == len(caught.value.problems)
    return [line.removeprefix(prefix) for line in lines]


@pytest.mark.parametrize("text", ["", "{}", "# nothing\n", "---\n", "null", "schema: {}"])
def test_an_empty_file_is_the_default(tmp_path: Path, text: str) -> None:
    assert _load(tmp_path, text) == read_config(None)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("[1, 2]", "must be a map of settings, got a list"),
        ("hello", "must be a map of settings, got 'hello'"),
        ("3", "must be a map of settings, got 3"),
        ("&a [*a]", "line 1: [0]: holds an alias of itself; write it out"),
        ("a: b: c", "line 1, column 5: is not YAML: mapping values are not allowed here"),
        ("\tschema: 3", r"line 1, column 1: is not YAML: found character '\t' that cannot start any"
         " token"),
        ("schema: {", "line 1, column 10: is not YAML: expected the node content, but found"
         " '<stream end>'"),
        ("a: 1\n---\nb: 2", "line 2, column 1: is not YAML: but found another document"),
        ("a: *x", "line 1, column 4: is not YAML: found undefined alias 'x'"),
        ("a: 1\na: 2", "line 2, column 1: is not YAML: the key a is given twice"),
        ("time:\n  min_days: 9\n  min_days: 9", "line 3, column 3: is not YAML: the key min_days"
         " is given twice"),
        ("? [a, b]\n: 3", "line 1, column 3: is not YAML: a key must be a word or a number"),
        ("a: !!python/name:os.system x", "line 1, column 4: is not YAML: tags such as tag:yaml.org,"
         "2002:python/name:os.system are not allowed; leave it out"),
        ("time: {start: 2020-13-45}", "line 1: time.start: there is no day 2020-13-45; write "
         "one such"
         " as 2020-01-31"),
        ("[" * 3000, "line 1, column 65: is not YAML: is nested more than 64 deep"),
        (b"\xff\xfe\xff", "is not YAML: unacceptable character #x00ff: truncated data in \"<byte "
         "string>\", position 2"),
        (b"a: \x00", "is not YAML: unacceptable character #x0000: special characters are not"
         " allowed in"),
        (b"\x89PNG\r\n", "is not YAML: unacceptable character #x0089: invalid start byte in "
         "\"<byte string>\", position 0"),
        ("3: 4", "must have text for keys, got 3"),
        ("tables: {true: {}}", "tables: must have text for keys, got True"),
        ('"a\\nb": 3', r"'a\nb': is not a known setting; known are schema, tables, connectivity,"
         " time, features, tasks, output"),
    ],
)  # fmt: skip
def test_what_is_no_map_of_settings_is_told_in_one_line(
    tmp_path: Path, text: str | bytes, line: str
) -> None:
    (found,) = _refusal(tmp_path, text)
    assert found.startswith(line)
    assert len(found) < 300


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("schema: {tabels: 3}", ["schema.tabels: is not a known setting; did you mean tables?"]),
        ("shcema: {}", ["shcema: is not a known setting; did you mean schema?"]),
        (
            "connectivity: {xyz: 3}",
            ["connectivity.xyz: is not a known setting; known are levels, parent_clusters, "
             "child_clusters, matched, p_diagonal, p_off_diagonal, alike, softness, returning, "
             "founders, following, lag, events, popularity, popularities, childless, hubs, "
             "hub_weight, latent, run, coupling, pairing, p_nullable, null_rate, null_latent, "
             "time_order, thread, detail, hierarchy"],
        ),
        (
            "time: {split: {vl: 0.5}}",
            ["time.split.vl: is not a known setting; did you mean val?"],
        ),
        (
            "tables: {table_1: {colums: 3, connectivity: {level: 3}}}",
            ["tables.table_1.connectivity.level: is not a known setting; did you mean levels?",
             "tables.table_1.colums: is not a known setting; did you mean columns?"],
        ),
        (
            "features: {series: {activity: {noize: 3}}}",
            ["features.series.activity.noize: is not a known setting; did you mean noise?"],
        ),
        (
            "schema: {layouts: {watts_strogatz: {kk: 3}, wats: {}}}",
            [f"schema.layouts.wats: is no layout here; known are {LAYOUTS}",
             "schema.layouts.watts_strogatz.kk: is no setting here; did you mean k?"],
        ),
        (
            "schema: {layout: barabasi}",
            [f"schema.layout: must be one of {LAYOUTS}, explicit, got 'barabasi'; "
             "did you mean barabasi_albert?"],
        ),
        ("output: {layout: flatt}", ["output.layout: must be one of flat, relbench, got 'flatt'; "
                                     "did you mean flat?"]),
    ],
)  # fmt: skip
def test_an_unknown_word_is_answered_with_the_nearest(
    tmp_path: Path, text: str, lines: list[str]
) -> None:
    assert _refusal(tmp_path, text) == lines


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("schema: 3", "schema: must be a map of settings, got 3"),
        ("schema: [1]", "schema: must be a map of settings, got a list"),
        ("schema:", "schema: must be a map of settings, got None"),
        ("tables: [a]", "tables: must be a map by name, got a list"),
        ("tables: {table_1: 3}", "tables.table_1: must be a map of settings, got 3"),
        ("schema: {tables: '3'}", "schema.tables: must be an integer at least 1 and at most 10000, "
         "got '3'"),
        ("schema: {tables: 3.0}", "schema.tables: must be an integer at least 1 and at most 10000, "
         "got 3.0"),
        ("schema: {tables: {min: 5, max: 3}}", "schema.tables: min must not exceed max, but 5 is "
         "more than 3"),
        ("schema: {tables: {min: 5}}", "schema.tables.max: is missing; write {min: …, max: …}"),
        ("schema: {tables: [3, 0]}", "schema.tables[1]: must be at least 1 and at most 10000, "
         "got 0"),
        ("schema: {max_parents: 0}", "schema.max_parents: must be at least 1, got 0"),
        ("schema: {max_parents: true}", "schema.max_parents: must be an integer, got True"),
        ("schema: {max_parents: [1]}", "schema.max_parents: must be an integer, got a list"),
        ("schema: {rows: 5}", "schema.rows: must be a map of settings, got 5"),
        ("schema: {rows: {entity: 9223372036854775808}}", "schema.rows.entity: must fit in 64 bits,"
         " got 9223372036854775808"),
        ("schema: {p_categorical: .nan}", "schema.p_categorical: must be a number at least 0 and at"
         " most 1, got nan"),
        ("schema: {layouts: {watts_strogatz: {k: 3}}}", "schema.layouts.watts_strogatz.k: must be "
         "even, got 3"),
        ("connectivity: {levels: 0}", "connectivity.levels: must be at least 1 and at most 64, "
         "got 0"),
        ("connectivity: {levels: {min: 0, max: 3}}", "connectivity.levels.min: must be at least 1 "
         "and at most 64, got 0"),
        ("time: {start: soon}", "time.start: must be a date such as 2020-01-31, got 'soon'"),
        ("time: {start: 3}", "time.start: must be a date such as 2020-01-31, got 3"),
        ("time: {start: 2020-01-01 12:00:00}", "time.start: must be a date such as 2020-01-31, got "
         "'2020-01-01 12:00:00'"),
        ("time: {split: {val: '0.8'}}", "time.split.val: must be a number, got '0.8'"),
        ("time: {split: {val: 0}}", "time.split.val: must be above 0, got 0"),
        ("time: {split: {test: 1.0}}", "time.split.test: must be below 1, got 1.0"),
        ("time: {split: {test: .nan}}", "time.split.test: must be a finite number, got nan"),
        ("time: {min_days: 1}", "time.min_days: must be at least 2, got 1"),
        ("features: {model: [series]}", "features.model: must be one of none, series, scm, got "
         "['series']; did you mean series?"),
        ("features: {scm: {taste: .inf}}", "features.scm.taste: must be a finite number, got inf"),
        ("tables: {table_1: {parents: table_0}}", "tables.table_1.parents: must be a list, got "
         "'table_0'"),
        ("tables: {table_1: {parents: [{}]}}", "tables.table_1.parents[0].table: is missing"),
        ("tables: {table_1: {parents: [3]}}", "tables.table_1.parents[0]: must be a map of settings"
         ", got 3"),
    ],
)  # fmt: skip
def test_a_wrong_value_is_told_with_its_place_and_rule(
    tmp_path: Path, text: str, line: str
) -> None:
    assert _refusal(tmp_path, text) == [line]


def test_all_problems_are_told_at_once_each_with_its_place(tmp_path: Path) -> None:
    text = """
schema: {tables: 0, colour: red, layout: ring}
connectivity: {levels: {min: 5, max: "x"}}
time: {start: never}
output: {compression: rar}
"""
    assert [line.split(":")[0] for line in _refusal(tmp_path, text)] == [
        "schema.layout",
        "schema.tables",
        "schema.colour",
        "connectivity.levels.max",
        "time.start",
        "output.compression",
    ]


def test_a_number_of_400_digits_is_told_in_one_line(tmp_path: Path) -> None:
    for place in ("schema: {p_categorical: %s}", "time: {split: {val: %s}}",
                  "schema: {layout: {choices: {layered: %s}}}"):  # fmt: skip
        (line,) = _refusal(tmp_path, place % ("9" * 400))
        assert len(line) < 300


def test_no_such_file_says_how_to_get_one(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        read_config(tmp_path / "none.yaml")
    assert str(caught.value) == (
        f"{tmp_path / 'none.yaml'}: no such config file; "
        "`plurel config show` prints one to start from"
    )


def test_a_folder_is_no_config(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="cannot be used: is a directory"):
        read_config(tmp_path)


def test_a_file_below_a_file_is_no_config(tmp_path: Path) -> None:
    (tmp_path / "a").touch()
    with pytest.raises(StorageError, match=r"cannot be used: not a directory"):
        read_config(os.fspath(tmp_path / "a" / "b.yaml"))


def test_exponents_merge_keys_anchors_and_underscores_are_read(tmp_path: Path) -> None:
    text = """
connectivity: {p_off_diagonal: 1e-3, p_diagonal: {min: 5E-1, max: 1.}}
schema:
  rows: &rows {entity: 1_000, activity: 2000}
tables:
  table_0: &wide {rows: 5, columns: 9}
  table_1: {<<: *wide, rows: 6}
  table_2: {<<: *wide}
"""
    config = _load(tmp_path, text)[0]
    assert config.connectivity.p_off_diagonal == Fixed(0.001)
    assert config.connectivity.p_diagonal == RealRange(0.5, 1.0)
    assert config.schema_.rows.entity == Fixed(1000)
    rows = [config.tables[f"table_{i}"].rows for i in range(3)]
    assert rows == [Fixed(5), Fixed(6), Fixed(5)]
    assert config.tables["table_1"].columns == Fixed(9)


def test_a_merged_map_is_not_taken_for_keys_given_twice(tmp_path: Path) -> None:
    """Merging flattens the maps that are merged, also those not constructed yet."""
    text = """
tables:
  table_0: &a {rows: 5, columns: 9}
  table_1: {connectivity: &c {levels: 1}, <<: &b {<<: *a, rows: 6}}
  table_2: {<<: *b, connectivity: {<<: *c, levels: 2}}
"""
    tables = _load(tmp_path, text)[0].tables
    assert [tables[f"table_{i}"].rows for i in range(3)] == [Fixed(5), Fixed(6), Fixed(6)]
    own = tables["table_2"].connectivity
    assert own is not None
    assert own.levels == Fixed(2)


@pytest.mark.parametrize("day", ["2001-02-03", "'2001-02-03'"])
def test_a_date_may_be_text(tmp_path: Path, day: str) -> None:
    config = _load(tmp_path, f"time: {{start: {day}}}")[0]
    assert config.time.start.isoformat() == "2001-02-03"


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("schema: {tables: [3, 20]}", ["schema.tables"]),
        ("schema: {tables: [20, 3]}", []),
        ("schema: {tables: [3, 4, 20]}", []),
        ("schema: {tables: {choices: [3, 20]}}", []),
        ("schema: {tables: {min: 3, max: 20}}", []),
        ("schema: {p_categorical: [0, 1]}", ["schema.p_categorical"]),
        ("schema: {p_categorical: [0.1, 0.2]}", []),
        ("schema: {layout: [layered, random_tree]}", []),
        (
            "schema: {layouts: {watts_strogatz: {k: [2, 4]}, layered: {depth: [2, 8]}}}",
            ["schema.layouts.layered.depth", "schema.layouts.watts_strogatz.k"],
        ),
        (
            "{tables: {table_2: {rows: [1, 9], connectivity: {levels: [1, 5]}}},"
            " features: {series: {activity: {trend: [-1, 1]}}}}",
            [
                "tables.table_2.rows",
                "tables.table_2.connectivity.levels",
                "features.series.activity.trend",
            ],
        ),
        (
            "{schema: {layout: explicit}, tables: {a: {}, b: {parents: [a, {table: a,"
            " connectivity: {child_clusters: [1, 3]}}]}}}",
            ["tables.b.parents[1].connectivity.child_clusters"],
        ),
    ],
)
def test_a_list_of_two_rising_integers_gets_a_warning(
    tmp_path: Path, text: str, places: list[str]
) -> None:
    advice = "a list is a choice between its values; for a range write {min: …, max: …}"
    warnings = [line for line in _load(tmp_path, text)[1] if "plays no part" not in line]
    assert sorted(warnings) == sorted(f"{tmp_path / 'c.yaml'}: {p}: {advice}" for p in places)


# load(dump(c)) == c

_FIRST, _LAST = dt.date(1700, 1, 1), dt.date(2020, 1, 1)


def _drawn(values: st.SearchStrategy[Any], is_range: bool = True) -> st.SearchStrategy[Any]:
    """A value, a range or a list, as a config writes them."""
    lists = st.lists(values, min_size=1, max_size=4, unique=True)
    weights = lists.map(lambda v: {"choices": {item: 1.0 + i for i, item in enumerate(v)}})
    spans = st.lists(values, min_size=2, max_size=2).map(lambda v: {"min": min(v), "max": max(v)})
    forms = [values, lists, weights, lists.map(lambda v: {"choices": v})]
    return st.one_of(*forms, spans) if is_range else st.one_of(*forms)


def _map(**settings: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=settings)


_COUNTS = _drawn(st.integers(1, 60))
_SHARES = _drawn(st.floats(0.001, 0.999))
_BLOCKS = _map(
    levels=_COUNTS, parent_clusters=_COUNTS, child_clusters=_COUNTS, p_diagonal=_SHARES,
    p_off_diagonal=_SHARES,
)  # fmt: skip
_TABLE = _map(
    rows=_COUNTS, columns=_COUNTS, p_categorical=_SHARES, categories=_drawn(st.integers(2, 9)),
    connectivity=_BLOCKS,
)  # fmt: skip
_SERIES = _map(
    exponent=_drawn(st.floats(0, 1e6)),
    autocorrelation=_SHARES,
    activity=_map(trend=_drawn(st.floats(-1e9, 1e9)), noise=_drawn(st.floats(0, 1e9))),
)
_RAW = _map(
    schema=_map(
        layout=_drawn(st.sampled_from(layouts.names()), is_range=False),
        layouts=_map(
            watts_strogatz=_map(k=_drawn(st.integers(1, 9).map(lambda k: 2 * k))),
            layered=_map(depth=_drawn(st.integers(2, 9)), p_drop=_SHARES),
        ),
        tables=_drawn(st.integers(3, 60)),
        max_parents=st.none() | st.integers(1, 9),
        rows=_map(entity=_COUNTS, activity=_COUNTS),
        columns=st.just({"min": 1, "max": 9, "p": "inverse"}) | _COUNTS,
        p_categorical=_SHARES,
    ),
    tables=st.dictionaries(st.sampled_from(["table_0", "table_1", "table_2"]), _TABLE),
    connectivity=_BLOCKS,
    time=_map(start=st.dates(min_value=_FIRST, max_value=_LAST), min_days=st.integers(10, 99)),
    features=_map(
        model=st.sampled_from(["none", "series", "scm"]),
        categorical_as=st.sampled_from(["integer", "label", "boolean"]),
        series=_SERIES,
    ),
    output=_map(compression=st.sampled_from(["zstd", "lz4", "uncompressed"])),
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("configs")


@given(raw=_RAW)
@settings(max_examples=25)
def test_load_of_dump_is_the_same_config(folder: Path, raw: dict[str, Any]) -> None:
    config = parse_config(raw)
    assert _load(folder, dump_config(config))[0] == config
    assert parse_config(config.resolved()) == config


def test_a_choice_may_be_given_as_such() -> None:
    config = parse_config({"schema": {"tables": IntegerRange(3, 5), "layout": OneOf(("layered",))}})
    assert config.schema_.tables == IntegerRange(3, 5)
