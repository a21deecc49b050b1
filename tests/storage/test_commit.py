from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from plurel_cli import generate_to, load, run_stage, schema_to, validate
from plurel_cli.errors import FolderError, PlurelError, StorageError
from plurel_cli.storage import commit
from plurel_cli.storage.commit import claiming
from plurel_cli.storage.layout import files
from tests.cli.runs import warm
from tests.storage.samples import (
    contents,
    is_one_sentence,
    large_config,
    small_config,
    write_database,
)


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "db"


def _write(folder: Path, *, seed: int = 1, replace: bool = False) -> None:
    schema_to(folder, small_config(), seed, force=replace)


@contextmanager
def committed(target: Path, *, replace: bool) -> Iterator[Path]:
    with claiming(target, replace=replace) as claim, claim.filling() as work:
        yield work


class _Interrupted(BaseException):
    """Not an `Exception`, as a `KeyboardInterrupt` is not."""


def _interrupted(target: Path, *, replace: bool) -> None:
    with pytest.raises(_Interrupted), committed(target, replace=replace) as work:
        (work / "half.parquet").write_text("half")
        raise _Interrupted


def test_target_appears_whole_at_the_end(target: Path) -> None:
    with committed(target, replace=False) as work:
        (work / "a").write_text("a")
        assert not target.exists()
        assert work.parent == target.parent
        assert work.name.startswith(".")
    assert contents(target) == {"a": b"a"}
    assert os.listdir(target.parent) == ["db"]


def test_exception_leaves_nothing(target: Path) -> None:
    _interrupted(target, replace=False)
    assert os.listdir(target.parent) == []


def test_exception_leaves_what_was_there(target: Path) -> None:
    _write(target)
    before = contents(target)
    _interrupted(target, replace=True)
    assert contents(target) == before
    assert os.listdir(target.parent) == ["db"]


def test_missing_parents_are_made(tmp_path: Path) -> None:
    _write(tmp_path / "a" / "b" / "db")
    assert validate(tmp_path / "a" / "b" / "db") == []


@pytest.mark.parametrize("name", ["we[i]rd*", "ünïcode 数据", "-dash", "with space", "100%41"])
def test_any_name_of_a_folder_will_do(tmp_path: Path, name: str) -> None:
    for seed in (1, 2):
        generate_to(tmp_path / name, small_config("relbench"), seed, force=True)
    assert validate(tmp_path / name) == []
    assert load(tmp_path / name).schema.seed == 2
    run_stage("fk", tmp_path / name, force=True)
    assert os.listdir(tmp_path) == [name]


# What may be replaced.


def test_database_is_not_replaced_unasked(target: Path) -> None:
    _write(target)
    before = contents(target)
    with pytest.raises(FolderError, match=r"there is a database already; give --force") as caught:
        _write(target, seed=2)
    assert is_one_sentence(caught.value)
    assert str(target) in str(caught.value)
    assert contents(target) == before


def test_database_is_refused_before_anything_is_drawn(
    target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _write(target)
    monkeypatch.setattr("plurel_cli.pipeline.Plan.whole", lambda *_: pytest.fail("drew a schema"))
    with pytest.raises(FolderError):
        generate_to(target, small_config(), 2)


@pytest.mark.parametrize("has_exchange", [True, False])
def test_force_swaps_the_whole_folder(
    target: Path, monkeypatch: pytest.MonkeyPatch, has_exchange: bool
) -> None:
    if not has_exchange:
        monkeypatch.setattr(commit, "exchange", lambda a, b: False)
    generate_to(target, small_config("relbench"), 1)
    generate_to(target, small_config("flat"), 2, force=True)
    assert sorted(os.listdir(target)) == [
        "likes.parquet",
        "posts.parquet",
        "schema.json",
        "users.parquet",
    ]
    assert validate(target) == []
    assert os.listdir(target.parent) == ["db"]


def test_exchange_needs_no_moment_without_a_target(
    target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _write(target)
    renames: list[object] = []
    monkeypatch.setattr(Path, "rename", lambda self, to: renames.append((self, to)))
    _write(target, seed=2, replace=True)
    assert load(target).schema.seed == 2
    assert renames == []


def test_failed_fallback_puts_the_old_one_back(
    target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _write(target)
    before = contents(target)
    rename = Path.rename

    def second_fails(self: Path, to: Path) -> Path:
        if to == target and not self.name.endswith("-old"):
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return rename(self, to)

    monkeypatch.setattr(commit, "exchange", lambda a, b: False)
    monkeypatch.setattr(Path, "rename", second_fails)
    with pytest.raises(StorageError, match="input/output error"):
        _write(target, seed=2, replace=True)
    assert contents(target) == before
    assert os.listdir(target.parent) == ["db"]


@pytest.mark.parametrize("place", ["notes.txt", "db/x.parquet", "posts.parquet.bak", ".hidden"])
@pytest.mark.parametrize("stage", ["schema", "temporal"])
def test_unknown_files_are_refused_and_kept(target: Path, place: str, stage: str) -> None:
    write_database(target, small_config(), stage)
    (target / place).parent.mkdir(exist_ok=True)
    (target / place).write_text("mine")
    before = contents(target)
    with pytest.raises(FolderError, match="no part of its database") as caught:
        _write(target, replace=True)
    assert place in str(caught.value)
    assert is_one_sentence(caught.value)
    assert contents(target) == before
    with pytest.raises(FolderError, match="no part of its database"):
        run_stage("fk", target, force=True)
    assert contents(target) == before


@pytest.mark.parametrize(
    "place",
    [
        "tasks/likes-feature_0/train.parquet",
        "tasks/mine/manifest.yaml",
        "tasks/likes-feature_0/x/y",
    ],
)
def test_unknown_files_among_tasks_are_refused_and_kept(target: Path, place: str) -> None:
    generate_to(target, small_config("relbench"), 1)
    (target / place).parent.mkdir(exist_ok=True)
    (target / place).write_text("mine")
    before = contents(target)
    with pytest.raises(FolderError, match="no part of its database") as caught:
        generate_to(target, small_config("relbench"), 2, force=True)
    assert place in str(caught.value)
    assert contents(target) == before


def test_force_leaves_no_task_of_what_was_there(target: Path) -> None:
    generate_to(target, small_config("relbench"), 1)
    assert len(list(target.glob("tasks/*/manifest.yaml"))) == 12
    generate_to(target, small_config("relbench", categorical_as="label"), 1, force=True)
    assert {Path(name) for name in contents(target)} == files(load(target).schema)
    assert 0 < len(list((target / "tasks").iterdir())) < 12


def test_tables_that_the_schema_does_not_promise_yet_are_unknown(target: Path) -> None:
    write_database(target, small_config(), "schema")
    (target / "posts.parquet").write_text("mine")
    with pytest.raises(FolderError, match=r"posts\.parquet"):
        _write(target, replace=True)


def test_file_that_appears_meanwhile_is_kept(target: Path) -> None:
    _write(target)
    with (
        pytest.raises(FolderError, match="no part of its database"),
        committed(target, replace=True) as work,
    ):
        (work / "new").write_text("new")
        (target / "notes.txt").write_text("mine")
    assert (target / "notes.txt").read_text() == "mine"
    assert load(target).schema.seed == 1
    assert os.listdir(target.parent) == ["db"]


def test_database_that_appears_meanwhile_is_kept(target: Path) -> None:
    with (
        pytest.raises(FolderError, match="there is a database already"),
        committed(target, replace=False) as work,
    ):
        (work / "new").write_text("new")
        target.mkdir()
        (target / "schema.json").write_text("{}")
    assert contents(target) == {"schema.json": b"{}"}


def test_empty_folder_may_be_filled(target: Path) -> None:
    target.mkdir()
    _write(target)
    assert load(target).schema.seed == 1


def test_folder_without_database_is_refused(target: Path) -> None:
    target.mkdir()
    (target / "a.txt").write_text("a")
    for replace in (False, True):
        with pytest.raises(FolderError, match="holds files but no database") as caught:
            _write(target, replace=replace)
        assert is_one_sentence(caught.value)
    assert contents(target) == {"a.txt": b"a"}


@pytest.mark.parametrize("replace", [False, True])
@pytest.mark.parametrize("kind", ["file", "link", "dangling link"])
def test_what_is_no_folder_is_refused(target: Path, kind: str, replace: bool) -> None:
    other = target.with_name("other")
    if kind == "file":
        target.write_text("a")
    else:
        target.symlink_to(other)
    if kind == "link":
        _write(other)
    before = sorted(os.listdir(target.parent))
    with pytest.raises(FolderError, match="is not a folder"):
        _write(target, replace=replace)
    assert sorted(os.listdir(target.parent)) == before
    assert target.is_symlink() == (kind != "file")


@pytest.mark.parametrize("kind", ["link", "empty folder"])
def test_unknown_links_and_folders_are_refused_too(target: Path, kind: str) -> None:
    _write(target)
    stranger = target / "mine"
    stranger.symlink_to(target.parent) if kind == "link" else stranger.mkdir()
    with pytest.raises(FolderError, match="no part of its database"):
        _write(target, replace=True)


# What runs that died have left.


def _left(target: Path, what: str) -> Path:
    path = target.with_name(f".{target.name}.plurel-{what}")
    path.mkdir()
    (path / "half.parquet").write_text("half")
    return path


@pytest.mark.parametrize("what", ["new", "old"])
def test_what_runs_that_are_gone_left_is_removed(target: Path, what: str) -> None:
    _write(target)
    left = _left(target, what)
    (target.parent / ".db.plurel-lock").write_text("whoever")
    _write(target, seed=2, replace=True)
    assert not left.exists()
    assert os.listdir(target.parent) == ["db"]


def test_what_lies_beside_others_is_kept(target: Path) -> None:
    kept = [_left(target.with_name("db2"), "new"), _left(target, "notes")]
    _write(target)
    assert all((path / "half.parquet").exists() for path in kept)


# Killed at a moment.

_KILLED = """
import os, signal, sys
from pathlib import Path
import plurel_cli.pipeline as pipeline
import plurel_cli.storage.database as database
import plurel_cli.storage.commit as commit
from tests.storage.samples import large_config, small_config

moment, target = sys.argv[1], sys.argv[2]

def die(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)

def around(module, name, *, after, nth=1):
    function, calls = getattr(module, name), []
    def wrapped(*arguments, **options):
        calls.append(0)
        if len(calls) == nth and not after:
            die()
        result = function(*arguments, **options)
        if len(calls) == nth and after:
            die()
        return result
    setattr(module, name, wrapped)

config, report = small_config(), None
match moment:
    case "before the first table":
        around(database, "write_part", after=False)
    case "between tables":
        around(database, "write_part", after=True, nth=2)
    case "within a large table":
        config, report = large_config(700_000), lambda name, rows: name == "child" and die()
    case "before schema.json":
        around(commit, "write_schema", after=False)
    case "before the swap":
        around(commit, "write_schema", after=True)
    case "after the swap":
        around(commit, "_swap", after=True)
    case "before the fallback":
        commit.exchange = die
    case "after the fallback":
        commit.exchange = lambda a, b: False
        commit.shutil.rmtree = die
    case "within the fallback":
        commit.exchange = lambda a, b: False
        around(Path, "rename", after=True)
if moment.endswith(" of a stage"):
    around(database, "write_part", after=True)
    pipeline.run_stage("temporal", target)
pipeline.generate_to(target, config, seed=2, force=True, report=report)
"""

_MOMENTS = [
    "before the first table",
    "between tables",
    "within a large table",
    "before schema.json",
    "before the swap",
    "after the swap",
    "before the fallback",
]


def _run(code: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    root = Path(__file__).parents[2]
    environment = os.environ | {"PYTHONPATH": str(root)}
    command = [sys.executable, "-c", code, *map(str, arguments)]
    return subprocess.run(
        command, cwd=root, env=environment, capture_output=True, text=True, check=False
    )


def _killed(moment: str, target: Path) -> None:
    command = [warm() / "python", "-c", _KILLED, moment, target]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr


@pytest.mark.parametrize(
    ("moment", "has_old"),
    [(moment, True) for moment in _MOMENTS]
    + [(moment, False) for moment in _MOMENTS if moment != "before the fallback"],
)
def test_kill_leaves_the_old_database_or_the_new_one(
    target: Path, moment: str, has_old: bool
) -> None:
    if has_old:
        write_database(target, small_config(), seed=1)
        before = contents(target)
    _killed(moment, target)
    is_new = moment.startswith("after")
    assert target.exists() == (has_old or is_new)
    if is_new:
        assert load(target).schema.seed == 2
        assert validate(target) == []
    elif has_old:
        assert contents(target) == before
    for path in target.parent.iterdir():  # a hidden sibling is whole, or no database
        if path != target and (path / "schema.json").exists():
            assert validate(path) == []
    generate_to(target, small_config(), seed=3, force=True)
    assert load(target).schema.seed == 3
    assert os.listdir(target.parent) == ["db"]


def test_kill_in_a_stage_leaves_the_stage_before(target: Path) -> None:
    write_database(target, small_config(), "fk")
    before = contents(target)
    _killed("first table of a stage", target)
    assert contents(target) == before
    run_stage("temporal", target)
    assert validate(target) == []
    assert os.listdir(target.parent) == ["db"]


def test_kill_after_the_fallback_is_cleaned_up(target: Path) -> None:
    write_database(target, small_config(), seed=1)
    _killed("after the fallback", target)
    assert load(target).schema.seed == 2
    generate_to(target, small_config(), seed=3, force=True)
    assert os.listdir(target.parent) == ["db"]


def test_kill_within_the_fallback_loses_nothing(target: Path) -> None:
    write_database(target, small_config(), seed=1)
    before = contents(target)
    _killed("within the fallback", target)
    assert not target.exists()
    with pytest.raises(_Interrupted), committed(target, replace=True):
        raise _Interrupted
    assert contents(target) == before


# Disks that refuse.

_FULL = """
import json, os, resource, signal, sys
from pathlib import Path
from plurel_cli import generate_to, run_stage
from plurel_cli.errors import PlurelError
from tests.storage.samples import large_config, small_config

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
seen = []
for kind, most in json.loads(sys.argv[1]):
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, resource.RLIM_INFINITY))
    target = Path(sys.argv[2]) / "db"
    try:
        if kind == "stage":
            run_stage("temporal", Path(sys.argv[2]) / "old")
        else:
            generate_to(target, large_config(700_000) if kind == "large" else small_config(), 1)
        outcome = ["nothing", ""]
    except PlurelError as error:
        outcome = [type(error).__name__, str(error)]
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    seen.append([kind, most, *outcome, os.listdir(sys.argv[2])])
print(json.dumps(seen))
"""


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[str, int, str, str, list[str]]]:
    """What comes of a limit on the size of a file: a disk that is full in the middle of one."""
    place = tmp_path_factory.mktemp("full")
    write_database(place / "old", small_config(), "fk")
    before = contents(place / "old")
    size = {name: len(data) for name, data in before.items()}
    whole = write_database(place / "whole", small_config())
    size = {name: len(data) for name, data in contents(whole).items()}
    largest_table = max(count for name, count in size.items() if name != "schema.json")
    assert size["schema.json"] > largest_table + 1
    limits = [
        ["small", 1],
        ["small", min(size.values()) - 1],
        ["small", largest_table],  # every table fits, and schema.json does not
        ["large", 100_000],
        ["large", 1_500_000],
        ["stage", 1000],
    ]
    done = _run(_FULL, json.dumps(limits), place)
    assert done.returncode == 0, done.stderr
    assert contents(place / "old") == before
    return [tuple(one) for one in json.loads(done.stdout)]


def test_full_disk_is_a_storage_error_and_leaves_nothing(
    full: list[tuple[str, int, str, str, list[str]]],
) -> None:
    assert len(full) == 6
    for kind, most, error, message, names in full:
        assert error == "StorageError", (kind, most, error, message)
        assert is_one_sentence(message), (kind, most, message)
        assert "file too large" in message, (kind, most, message)
        assert message.endswith("nothing was changed"), (kind, most, message)
        assert sorted(names) == ["old", "whole"], (kind, most, names)


def test_full_disk_is_told_in_plain_words(
    full: list[tuple[str, int, str, str, list[str]]],
) -> None:
    for _, _, _, message, _ in full:
        assert "parquet" not in message.partition("cannot be used")[2], message


@pytest.mark.parametrize("make", [generate_to, schema_to])
@pytest.mark.parametrize("place", ["below a file", "/proc/plurel/db", "/proc/db", "name too long"])
def test_place_that_cannot_be_written_to(tmp_path: Path, make: object, place: str) -> None:
    (tmp_path / "file").write_text("a")
    target = {
        "below a file": tmp_path / "file" / "x" / "db",
        "name too long": tmp_path / ("x" * 300),
    }.get(place, Path(place))
    with pytest.raises(PlurelError) as caught:
        make(target, small_config(), 1)  # type: ignore[operator]
    assert isinstance(caught.value, StorageError)
    assert is_one_sentence(str(caught.value).replace("x" * 300, "x"))
    assert str(target) in str(caught.value)
    assert os.listdir(tmp_path) == ["file"]


def test_large_table_that_fails_leaves_nothing(target: Path) -> None:
    def report(name: str, rows: int) -> None:
        if name == "child":
            raise _Interrupted

    with pytest.raises(_Interrupted):
        generate_to(target, large_config(), 1, report=report)
    assert os.listdir(target.parent) == []
