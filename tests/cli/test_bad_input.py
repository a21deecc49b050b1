"""Bad input of every kind: one clear line that starts with `error:`, exit code 2, no traceback,
and nothing written.
"""

from __future__ import annotations

import json
import os
import resource
import signal
from pathlib import Path

import polars as pl
import pytest

from plurel_cli.schema.model import FORMAT_VERSION
from plurel_cli.schema.stages import STAGES
from tests.cli.conftest import Run
from tests.cli.runs import in_process
from tests.storage.samples import (
    contents,
    edit_schema,
    rewrite,
    small_config,
    table_path,
    write_database,
)

SMALL = "schema: {tables: 3, rows: {entity: 5, activity: 9}}\n"


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("small.yaml").write_text(SMALL)
    return tmp_path


def _assert_refused(run: Run, *arguments: str | Path, words: str) -> None:
    before = sorted(map(str, Path().rglob("*")))
    result = run(*arguments)
    assert result.is_refusal(words), result
    assert sorted(map(str, Path().rglob("*"))) == before


# Configs.

CONFIGS = {
    "a: [1": "line 1, column 6: is not YAML: ",
    "a: b: c": "line 1, column 5: is not YAML: ",
    "\ta: 1": "is not YAML: ",
    "a: \x00": "is not YAML: ",
    "? [1]\n: 2": "is not YAML: a key must be a word or a number",
    "seed: &a [*a]": "seed[0]: holds an alias of itself; write it out",
    "schema: {}\nschema: {}": "is not YAML: the key schema is given twice",
    "- a\n- b": "must be a map of settings, got a list",
    "3": "must be a map of settings",
    "schema: [1]": "schema: must be a map of settings, got a list",
    "schema: {tables: {min: 5, max: 3}}": "schema.tables",
    "schema: {tabels: 3}": "schema.tabels: is not a known setting; did you mean tables?",
    "schema: {tables: many}": "schema.tables: must be ",
    "connectivity: {levels: 0}": "connectivity.levels: must be at least 1",
    "schema: {layout: snowflak}": "schema.layout: must be ",
    "output: {compression: zip}": "output.compression: must be one of zstd",
    "time: {start: yesterday}": "time.start: must be a date such as 2020-01-31, got 'yesterday'",
    "schema: {layout: explicit}\ntables: {../x: {}}": "tables: a table's name must be ",
}


@pytest.mark.parametrize("text", CONFIGS)
def test_config(run: Run, text: str) -> None:
    Path("c.yaml").write_text(text)
    words = CONFIGS[text]
    _assert_refused(run, "generate", "--config", "c.yaml", "--out", "db", words=words)
    _assert_refused(run, "schema", "--config", "c.yaml", words=words)
    _assert_refused(run, "config", "check", "c.yaml", words=words)
    assert run("config", "check", "c.yaml").err.startswith("error: c.yaml: ")


def test_bytes_that_are_no_text(run: Run) -> None:
    Path("c.yaml").write_bytes(b"\x80\xff\x00")
    _assert_refused(run, "generate", "-c", "c.yaml", "-o", "db", words="c.yaml: is not YAML: ")


def test_all_problems_of_all_configs_at_once(run: Run) -> None:
    Path("a.yaml").write_text("schema: {tabels: 3}\nconnectivity: {levels: 0}\n")
    code, out, err = run("config", "check", "a.yaml", "none.yaml", "small.yaml")
    assert (code, out) == (2, "")
    lines = err.splitlines()
    assert [line.split(": ")[:3] for line in lines] == [
        ["error", "a.yaml", "schema.tabels"],
        ["error", "a.yaml", "connectivity.levels"],
        [
            "error",
            "none.yaml",
            "no such config file; `plurel config show` prints one to start from",
        ],
    ]


@pytest.mark.parametrize("command", [["generate", "-o", "db"], ["schema"], ["config", "show"]])
def test_config_that_is_no_file(run: Run, command: list[str]) -> None:
    option = [] if command[0] == "config" else ["-c"]
    _assert_refused(run, *command, *option, "none.yaml", words="none.yaml: no such config file")
    Path("folder").mkdir()
    _assert_refused(run, *command, *option, "folder", words="folder: cannot be used: is a direct")


# Arguments.


@pytest.mark.parametrize("seed", ["-1", str(2**64), "-99999999999999999999999"])
def test_seed(run: Run, seed: str) -> None:
    words = f"seed: must be from 0 to {2**64 - 1}, got {seed}"
    _assert_refused(run, "generate", "-c", "small.yaml", "--seed", seed, "-o", "db", words=words)
    _assert_refused(run, "schema", "-c", "small.yaml", "--seed", seed, words=words)


@pytest.mark.parametrize(
    "arguments",
    [
        ["generate", "--seed", "one", "-o", "db"],
        ["generate", "--seed", "1.5", "-o", "db"],
        ["generate", "-o", "db", "--colour"],
        ["generate", "-o", "db", "more"],
        ["generat", "-o", "db"],
        ["fk"],
        ["validate"],
        ["config", "check"],
        ["config", "chek"],
    ],
)
def test_usage(run: Run, arguments: list[str]) -> None:
    code, out, err = run(*arguments)
    assert (code, out) == (2, "")
    assert "Error: " in err
    assert "Traceback" not in err
    assert not Path("db").exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "--out: is missing; name a folder to write"),
        (["-o", "db", "--parts", "3"], "--parts: must be NUMBER/COUNT, counted from 0, as in 0/4"),
        (["-o", "db", "--parts", "2/2"], "--parts: must be from 0 to 1 of 2, got '2/2'"),
        (["--merge", "db", "--seed", "1"], "--seed: is of no use beside --merge; leave it out"),
        (["--merge", "db", "--out", "x"], "--out: is of no use beside --merge; leave it out"),
        (["--merge", "db", "--parts", "0/2"], "--parts: is of no use beside --merge"),
        (["--merge", "db"], "db: no such folder; `plurel generate --parts k/n` makes them"),
    ],
)
def test_parts(run: Run, arguments: list[str], words: str) -> None:
    _assert_refused(run, "generate", *arguments, words=words)


def test_format(run: Run) -> None:
    words = "--format: must be one of dbml, dot, json, mermaid, sql, svg, got 'yaml'"
    _assert_refused(run, "schema", "--format", "yaml", words=words)
    words = "--format: prints the schema, and --out writes it; give one of them"
    _assert_refused(run, "schema", "--format", "sql", "--out", "db", words=words)


# Where to write.


@pytest.mark.parametrize("command", ["generate", "schema"])
def test_out_that_cannot_be(run: Run, here: Path, command: str) -> None:
    Path("file").write_text("mine")
    Path("full").mkdir()
    Path("full/notes.txt").write_text("mine")
    Path("link").symlink_to("full")
    options = [command, "-c", "small.yaml", "-o"]
    for force in ([], ["--force"]):
        words = "file: is not a folder; choose another --out"
        _assert_refused(run, *options, "file", *force, words=words)
        _assert_refused(run, *options, "link", *force, words="link: is not a folder")
        words = "full: holds files but no database; choose another --out"
        _assert_refused(run, *options, "full", *force, words=words)
        words = "file/db: cannot be used: not a directory; nothing was changed"
        _assert_refused(run, *options, "file/db", *force, words=words)
        _assert_refused(run, *options, "/proc/db", *force, words="/proc/db: cannot be used: ")
        words = "file name too long; nothing was changed"
        _assert_refused(run, *options, "x" * 256, *force, words=words)


def test_full_disk(here: Path) -> None:
    """A limit on the size of files is as a disk that is full in the middle of one."""

    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (2000, resource.RLIM_INFINITY))

    result = in_process("generate", "-c", "small.yaml", "-o", "db", preexec_fn=limit)
    words = "db: cannot be used: file too large; nothing was changed"
    assert result.is_refusal(words), result
    assert os.listdir(here) == ["small.yaml"]


# What to read.

READERS = [[stage] for stage in STAGES[1:]] + [["validate"], ["describe"], ["describe", "--json"]]


@pytest.mark.parametrize("command", READERS, ids=" ".join)
def test_folder_that_is_no_database(run: Run, command: list[str]) -> None:
    Path("empty").mkdir()
    Path("file").write_text("mine")
    _assert_refused(run, *command, "none", words="none: no such folder")
    words = "is no database: it holds no schema.json; `plurel schema` or `plurel generate` makes"
    _assert_refused(run, *command, "empty", words=f"empty: {words}")
    _assert_refused(run, *command, "file", words=f"file: {words}")


SCHEMAS = {
    "{": "is not JSON: ",
    "[]": 'is not ours: it lacks "format": "plurel"',
    f'{{"format": "plurel", "version": {FORMAT_VERSION + 1}}}': (
        f"must be of version {FORMAT_VERSION} or earlier, got {FORMAT_VERSION + 1}; use a later"
    ),
    '{"format": "plurel", "version": 1}': "Field required",
}


@pytest.mark.parametrize("command", READERS, ids=" ".join)
@pytest.mark.parametrize("text", SCHEMAS)
def test_schema_json(run: Run, command: list[str], text: str) -> None:
    Path("db").mkdir()
    Path("db/schema.json").write_text(text)
    _assert_refused(run, *command, "db", words=SCHEMAS[text])
    assert run(*command, "db").err.startswith("error: db/schema.json: ")


@pytest.mark.parametrize("command", READERS, ids=" ".join)
def test_table_named_as_a_path(run: Run, here: Path, command: list[str]) -> None:
    write_database(Path("db"), small_config())
    Path("x.parquet").write_text("mine")
    edit_schema(Path("db"), lambda data: data["tables"][2].update(name="../x"))
    force = ["--force"] if command[0] in STAGES else []
    _assert_refused(run, *command, "db", *force, words="a table cannot be named '../x'")
    assert Path("x.parquet").read_text() == "mine"


def _foreign(path: Path) -> None:
    pl.DataFrame({"id": ["a", "b"], "price": [1.0, 2.0]}).write_parquet(path)


def _corrupt(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-200])


def _other_types(path: Path) -> None:
    rewrite(path.parent, path.stem, lambda frame: frame.cast({"foreign_row_1": pl.String}))


CHANGED = "likes.parquet: has changed since it was written"
# What is done to a file, how stages that read it refuse it, and how `describe` does.
BREAKS = {
    "no Parquet": (
        lambda path: path.write_text("id,name\n"),
        CHANGED,
        "cannot be read as Parquet: ",
    ),
    "empty": (lambda path: path.write_bytes(b""), CHANGED, "cannot be read as Parquet: "),
    "corrupt": (_corrupt, CHANGED, "cannot be read as Parquet: "),
    "foreign": (_foreign, CHANGED, "lacks a column: "),
    "other types": (_other_types, "foreign_row_1", None),  # which can be counted all the same
    "missing": (Path.unlink, "likes.parquet: ", "likes.parquet: "),
}


@pytest.mark.parametrize("name", BREAKS)
def test_broken_table(run: Run, name: str) -> None:
    write_database(Path("db"), small_config())
    change, words, words_of_describe = BREAKS[name]
    change(table_path(Path("db"), "likes"))
    before = contents(Path("db"))
    for stage in STAGES[2:]:
        _assert_refused(run, stage, "db", "--force", words=words)
    if words_of_describe is not None:
        _assert_refused(run, "describe", "db", words=words_of_describe)
        _assert_refused(run, "describe", "db", "--json", words=words_of_describe)
    assert contents(Path("db")) == before

    code, out, err = run("validate", "db")
    assert (code, err) == (1, "")
    assert all(line.startswith("db: likes.parquet: ") for line in out.splitlines())


def test_recorded_config_of_another_version(run: Run) -> None:
    write_database(Path("db"), small_config(), "schema")
    edit_schema(Path("db"), lambda data: data["config"].update(speed=1))
    words = "db/schema.json: config.speed: is not a known setting"
    _assert_refused(run, "fk", "db", words=words)
    code, out, _ = run("validate", "db")
    assert (code, out.count("config.speed")) == (1, 1)


def test_deep_json_is_refused(run: Run) -> None:
    Path("db").mkdir()
    Path("db/schema.json").write_text('{"a":' * 100_000)
    _assert_refused(run, "describe", "db", words="is not JSON: ")
    Path("c.yaml").write_text("[" * 5_000)
    _assert_refused(run, "schema", "-c", "c.yaml", words="is not YAML: ")


def test_config_given_as_json(run: Run) -> None:
    """JSON is YAML, so this is no mistake."""
    Path("c.json").write_text(json.dumps({"schema": {"tables": 3}}))
    assert run("config", "check", "c.json").code == 0


def test_of_very_many_problems_the_first_are_said(run: Run, tmp_path: Path) -> None:
    """As of a config whose lists hold dozens of names that nothing has."""
    (tmp_path / "many.yaml").write_text(
        "features: {scm: {source: [" + ", ".join(f"no_{k}" for k in range(90)) + "]}}\n"
    )
    lines = run("config", "check", tmp_path / "many.yaml").err.splitlines()
    assert len(lines) == 26
    assert lines[-1] == "error: and 65 more; mend these first"
