"""Where text goes: any encoding, closed streams, names of strangers, narrow terminals, Ctrl-C."""

from __future__ import annotations

import ast
import io
import os
import re
import signal
import subprocess
import sys
import time
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import plurel_cli
from plurel_cli import generate_to, validate
from plurel_cli.cli import main
from plurel_cli.cli.streams import SafeStream, fit
from plurel_cli.report.describe import describe
from plurel_cli.report.text import render
from tests.cli.conftest import Run
from tests.cli.runs import ROOT, in_process, start
from tests.storage.samples import edit_schema, small_config

SMALL = ROOT / "configs" / "small.yaml"

ENCODED = "sys.stdout.reconfigure(encoding={0!r}); sys.stderr.reconfigure(encoding={0!r})"

COMMANDS = [
    ["describe", "DB"],
    ["describe", "DB", "--causal"],
    ["describe", "DB", "--json"],
    ["measure", "DB"],
    ["validate", "DB"],
    ["schema", "--format", "json"],
    ["config", "show"],
    ["config", "json-schema"],
    ["measure", "--help"],
    ["generate", "--help"],
    ["generate", "--é→"],
    ["validate", "é→\udcff"],
]


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("text") / "db"
    generate_to(folder, small_config(model="scm"), 3)
    return folder


# Encodings.


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "utf-16"])
@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_any_encoding_will_do(
    database: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], encoding: str
) -> None:
    if encoding == "utf-16" and words[0] == "config":
        words = ["--version"]
    arguments = [str(database) if word == "DB" else word for word in words]
    streams = [io.TextIOWrapper(io.BytesIO(), encoding) for _ in range(2)]
    monkeypatch.setattr(sys, "argv", ["plurel", *arguments])
    monkeypatch.setattr(sys, "stdout", streams[0])
    monkeypatch.setattr(sys, "stderr", streams[1])
    with pytest.raises(SystemExit) as ended:
        main()
    for stream in streams:
        stream.flush()
    out, err = (stream.buffer.getvalue().decode(encoding) for stream in streams)  # type: ignore[attr-defined]
    assert ended.value.code in (0, 2), err
    assert (ended.value.code == 2) == any("é" in word for word in words)
    assert out or err or words[0] == "validate"


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "utf-16"])
def test_any_encoding_of_a_process_will_do(database: Path, encoding: str) -> None:
    before = ENCODED.format(encoding)
    words = [os.fsdecode(word.encode(errors="surrogateescape")) for word in ("é→", "\udcff")]
    with start("describe", database, before=before, stdout=-1, stderr=-1) as process:
        out, err = process.communicate()
    assert process.returncode == 0
    assert out.decode(encoding)
    assert err == b""
    with start("validate", *words, before=before, stdout=-1, stderr=-1) as process:
        out, err = process.communicate()
    assert process.returncode == 2
    assert "Traceback" not in err.decode(encoding)


def test_what_an_encoding_lacks_is_said_in_its_own_characters() -> None:
    assert fit("4 × 10⁻⁶ → “a”…", "ascii") == '4 x 10^-6 -> "a"...'
    assert fit("4 × 10⁻⁶ → ü", "cp1252") == "4 × 10^-6 -> ü"
    assert fit("4 × 10⁻⁶ → ü", "utf-8") == "4 × 10⁻⁶ → ü"
    assert fit("× 😀", "ascii", is_data=True) == r"\u00d7 \ud83d\ude00"


@given(st.text(), st.sampled_from(["ascii", "cp1252", "latin-1", "utf-8", "koi8-r"]), st.booleans())
def test_any_text_fits_and_acts_on_no_terminal(text: str, encoding: str, is_data: bool) -> None:
    shown = fit(text, encoding, is_data=is_data)
    assert shown.encode(encoding).decode(encoding) == shown
    acting = {"Cc", "Cf", "Cs", "Zl", "Zp"}
    assert not {unicodedata.category(char) for char in shown if char not in "\n\t"} & acting
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u2028]", shown)
    if text.isascii() and text.isprintable():
        assert shown == text


def test_a_stream_may_end_before_what_writes_to_it() -> None:
    stream = io.StringIO()
    safe = SafeStream(stream, "stdout", is_needed=True)
    safe.close()  # as Python does when it lets go of one
    assert not stream.closed
    stream.close()
    safe.close()


def test_nothing_else_prints() -> None:
    """What is printed goes through `console`, and so through `streams`."""
    for path in Path(plurel_cli.__file__).parent.rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        calls = {ast.unparse(n.func) for n in ast.walk(tree) if isinstance(n, ast.Call)}
        assert not calls & {"print", "typer.echo", "typer.secho", "click.echo"}, path
        writes = {call for call in calls if call.startswith(("sys.stdout.", "sys.stderr."))}
        if path.parts[-2:] != ("cli", "console.py"):
            assert writes <= {"sys.stderr.isatty", "sys.stderr.flush"}, path


# Closed streams.


def _closing(*numbers: int) -> Callable[[], None]:
    def close() -> None:
        for number in numbers:
            os.close(number)

    return close


@pytest.mark.parametrize("numbers", [(0,), (1,), (2,), (0, 1, 2)])
def test_closed_streams_do_not_keep_a_database_from_being_made(
    tmp_path: Path, numbers: tuple[int, ...]
) -> None:
    folder = tmp_path / "db"
    with start("generate", "-c", SMALL, "-o", folder, preexec_fn=_closing(*numbers)) as process:
        assert process.wait() == 0
    assert validate(folder) == []


def test_data_for_a_closed_stream_are_refused(database: Path) -> None:
    for words in (["describe", database], ["--version"], ["describe", "--help"]):
        with start(*words, preexec_fn=_closing(1), stderr=-1) as process:
            _, err = process.communicate()
        assert process.returncode == 2
        assert err == b"error: standard output: cannot be used: it is closed\n"
        with start(*words, preexec_fn=_closing(2), stdout=-1) as process:
            out, _ = process.communicate()
        assert (process.returncode, out != b"") == (0, True)


# Names of strangers.

EVIL = ["\x1b[31m", "a\nb", "\x9b2J", "a\x7f", "\u202e", "a\rb", "\x00"]


@pytest.mark.parametrize("evil", EVIL, ids=ascii)
@pytest.mark.parametrize("command", [["describe"], ["describe", "--causal"], ["validate"]])
def test_names_of_a_stranger_do_not_reach_the_terminal(
    run: Run, tmp_path: Path, evil: str, command: list[str]
) -> None:
    folder = tmp_path / "db"
    generate_to(folder, small_config(model="scm"), 3)
    for change in (
        lambda data: data.update(layout=evil),
        lambda data: data["tables"][0].update(id=evil),
        lambda data: data["tables"][0].update(name=evil),
        lambda data: data["tables"][0]["causal"].update(layout=evil),
        lambda data: data["made"].update(plurel=evil),
    ):
        edit_schema(folder, change)
        result = run(*command, folder)
        assert result.is_refusal("schema.json: "), result
        assert evil.strip("ab") not in result.err.removesuffix("\n")


@pytest.mark.parametrize("evil", EVIL[:-1], ids=ascii)
def test_names_of_files_and_arguments_do_not_reach_the_terminal(
    run: Run, tmp_path: Path, evil: str
) -> None:
    folder = tmp_path / f"db{evil}"
    generate_to(folder, small_config(), 1)
    (folder / "users.parquet").unlink()
    part = evil.strip("ab")
    for words in (
        ["validate", folder],
        ["describe", folder],
        ["validate", tmp_path / evil],
        ["generate", "-c", tmp_path / evil],
        ["generate", f"--{evil}"],
        [evil],
    ):
        result = run(*words)
        text = result.out + result.err
        assert result.code in (0, 1, 2)
        assert part not in text.replace("\n", "") if part != "\n" else True
        assert len(text.splitlines()) < 40
        if words[:1] == ["validate"]:
            assert len(text.splitlines()) == 1


# Widths.


@pytest.mark.parametrize("width", [1, 20, 40, 80, 120, 300])
def test_what_identifies_is_never_cut(tmp_path: Path, width: int) -> None:
    long = "a_name_of_a_table_that_is_as_long_as_one_can_be_and_no_less"
    tables = {f"{long}_{n}": {"rows": 12_345_678 if n == 2 else 9} for n in range(3)}
    config = {"schema": {"layout": "explicit"}, "tables": tables, "features": {"model": "none"}}
    for n in (1, 2):
        config["tables"][f"{long}_{n}"]["parents"] = [f"{long}_0"] * 2  # type: ignore[index]
    plurel_cli.schema_to(tmp_path / "db", config, 1)
    text = render(describe(tmp_path / "db"), width)
    assert "…" not in text
    words = text.split()
    for n in (1, 2):
        for key in (0, 1):
            assert f"{long}_{n}.foreign_row_{key}" in words
    assert "12,345,678" in words


def test_a_pipe_is_wide_enough(tmp_path: Path) -> None:
    generate_to(tmp_path / "db", small_config(), 1)
    code, out, _ = in_process("describe", tmp_path / "db")
    assert code == 0
    assert "likes.foreign_row_2" in out.split()


# Ctrl-C.

READY = """
import signal, sys
_signal = signal.signal
def told(*arguments):
    former = _signal(*arguments)
    signal.signal = _signal
    sys.stderr.write("ready\\n")
    sys.stderr.flush()
    return former
signal.signal = told
"""

ENDLESS = """
schema: {layout: explicit}
tables: {parent: {rows: 1000}, child: {rows: 4000000000, parents: [parent]}}
features: {model: none}
"""


@contextmanager
def _endless(*words: str, before: str = "") -> Iterator[subprocess.Popen[bytes]]:
    """A command that goes on for ever, but does not outlive its test."""
    with start(*words, before=before, stdout=-1, stderr=-1) as process:
        try:
            yield process
        finally:
            process.kill()


@pytest.mark.parametrize("delay", [0.0, 0.05, 0.2, 0.8])
@pytest.mark.parametrize(
    "words",
    [
        ["generate", "-c", "c.yaml", "-o", "db", "--anyway", "--quiet"],
        ["corpus", "-c", "c.yaml", "-s", "0:99", "-o", "corpus", "--anyway", "--quiet"],
    ],
    ids=lambda words: str(words[0]),
)
def test_an_interruption_is_told_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, delay: float, words: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("c.yaml").write_text(ENDLESS)
    with _endless(*words, before=READY) as process:
        assert process.stderr is not None
        assert process.stderr.readline() == b"ready\n"
        time.sleep(delay)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert out == b""
    lines = err.decode().splitlines()
    assert len(lines) == 1
    assert lines[0] in ("error: interrupted", "error: interrupted; --resume goes on with it")
    assert not Path("db").exists()


def test_an_interruption_ends_workers_that_write_large_tables(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("c.yaml").write_text(ENDLESS)
    words = ("corpus", "-c", "c.yaml", "-s", "0:9", "-j", "2", "-o", "out", "--anyway", "--quiet")
    with _endless(*words) as process:
        while not [*Path("out").rglob("child.parquet")] and process.poll() is None:
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert err == b"error: interrupted; --resume goes on with it\n"
    assert [*Path("out").rglob("*.parquet")] == []


# Faults.


def test_memory_that_is_not_there_is_told_in_one_line(tmp_path: Path) -> None:
    lacking = (
        "import plurel_cli.pipeline as pipeline\ndef frames(*_): raise MemoryError\n"
        "pipeline.frames = frames"
    )
    result = in_process("generate", "-c", SMALL, "-o", tmp_path / "db", before=lacking)
    assert result.is_refusal("table_0", "memory", "tables.table_0.rows"), result
    assert not (tmp_path / "db").exists()


def test_a_fault_of_our_own_is_told_in_one_line(tmp_path: Path) -> None:
    broken = "import plurel_cli.pipeline as p\ndef generate_to(*_, **__): {}['nothing']\n"
    broken += "p.generate_to = generate_to"
    words = "generate", "-c", SMALL, "-o", tmp_path / "db"
    result = in_process(*words, before=broken)
    assert result.code == 3
    assert result.err.startswith("error: this is a fault of plurel's own, KeyError: 'nothing'")
    assert len(result.err.splitlines()) == 1
    shown = in_process(*words, before=f"{broken}\nimport os; os.environ['PLUREL_DEBUG'] = '1'")
    assert "Traceback" in shown.err
