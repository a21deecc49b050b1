"""Targets of every kind: those that must stay the folder they are, and those that cannot be."""

from __future__ import annotations

import fcntl
import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from plurel_cli import generate_to, load, run_stage, schema_to, validate
from plurel_cli.errors import BusyError, FolderError, StorageError
from plurel_cli.storage import commit, fill, sibling
from plurel_cli.storage.commit import claiming, mend
from plurel_cli.storage.document import read_schema
from plurel_cli.storage.swap import left_over, siblings
from tests.storage.samples import contents, is_one_sentence, small_config, write_database


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "db"


@pytest.fixture
def mount(target: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that counts as a mount point, and cannot be moved."""
    target.mkdir()
    monkeypatch.setattr(sibling, "_mounts", lambda: {target.resolve()})
    rename = Path.rename

    def refused(self: Path, to: Path) -> Path:
        assert target not in (self, Path(to))
        return rename(self, to)

    monkeypatch.setattr(Path, "rename", refused)
    monkeypatch.setattr(commit, "exchange", lambda a, b: pytest.fail("swapped"))
    return target


def _make(target: Path, seed: int = 1, layout: str = "relbench") -> None:
    generate_to(target, small_config(layout), seed, force=True)


def _check(target: Path, seed: int, inode: int) -> None:
    assert validate(target) == []
    assert load(target).schema.seed == seed
    assert target.stat().st_ino == inode
    assert sorted(os.listdir(target.parent)) == [target.name]
    assert not [name for name in os.listdir(target) if name.startswith(".")]


def test_a_mount_point_is_filled_where_it_is(mount: Path) -> None:
    inode = mount.stat().st_ino
    for seed, layout in enumerate(["relbench", "flat", "relbench"]):
        _make(mount, seed, layout)
        _check(mount, seed, inode)
    run_stage("temporal", mount, force=True)
    _check(mount, 2, inode)
    assert not (mount / "tasks").exists()


def test_what_cannot_be_moved_after_all_is_filled(
    target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _make(target)
    inode = target.stat().st_ino

    def busy(work: Path, to: Path) -> None:
        raise OSError(16, "Device or resource busy")

    monkeypatch.setattr(commit, "_swap", busy)
    _make(target, 2)
    _check(target, 2, inode)


def test_mounts_of_the_system_are_read() -> None:
    assert Path("/") in sibling._mounts()
    assert Path("/proc") in sibling._mounts()


def test_the_current_folder_is_filled(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target.mkdir()
    monkeypatch.chdir(target)
    inode = target.stat().st_ino
    _make(Path(), 1)
    _make(Path(), 2)
    _check(target, 2, inode)


@pytest.mark.parametrize("mode", [0o2770, 0o700, 0o2775])
def test_mode_and_group_stay(target: Path, mode: int) -> None:
    target.mkdir()
    group = next((g for g in os.getgroups() if g != os.getegid()), os.getegid())
    os.chown(target, -1, group)
    target.chmod(mode)
    for seed in (1, 2):
        _make(target, seed)
        about = target.stat()
        assert (stat.S_IMODE(about.st_mode), about.st_gid) == (mode, group)
        assert validate(target) == []
    tables = list(target.glob("db/*.parquet"))
    assert mode & 0o2000 == 0 or all(path.stat().st_gid == group for path in tables)


def test_attributes_stay(target: Path) -> None:
    target.mkdir()
    os.setxattr(target, "user.project", b"seven")
    for seed in (1, 2):
        _make(target, seed)
        assert os.getxattr(target, "user.project") == b"seven"


def test_what_a_new_folder_cannot_be_is_filled(
    target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As of a folder of another owner."""
    _make(target)
    inode = target.stat().st_ino
    monkeypatch.setattr(sibling, "_is_made_like", lambda work, target: False)
    _make(target, 2)
    _check(target, 2, inode)


def test_a_folder_in_one_that_cannot_be_written_to_is_filled(
    target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target.mkdir()
    inode = target.stat().st_ino
    lock = commit.lock_file

    def barred(path: Path, place: object) -> object:
        if path.parent == target.parent:
            raise PermissionError(13, "Permission denied")
        return lock(path, place)

    monkeypatch.setattr(commit, "lock_file", barred)
    _make(target)
    _make(target, 2)
    _check(target, 2, inode)
    with pytest.raises(StorageError, match="permission denied; nothing was changed"):
        _make(target.with_name("other"))


# Names.


@pytest.mark.parametrize("n", [200, 240, 241, 242, 243, 255])
def test_any_name_that_the_disk_takes_will_do(tmp_path: Path, n: int) -> None:
    target = tmp_path / ("ü" * (n // 2) + "x" * (n % 2))
    for seed in (1, 2):
        schema_to(target, small_config(), seed, force=True)
    assert read_schema(target).seed == 2
    assert os.listdir(tmp_path) == [target.name]
    assert all(len(os.fsencode(path.name)) <= 255 for path in siblings(target))


def test_a_name_too_long_is_told_before_any_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("plurel_cli.pipeline.Plan.whole", lambda *_: pytest.fail("drew a schema"))
    with pytest.raises(StorageError, match="file name too long"):
        generate_to(tmp_path / ("x" * 256), small_config(), 1)
    with pytest.raises(FolderError, match="is not UTF-8") as caught:
        generate_to(tmp_path / os.fsdecode(b"db-\xff"), small_config(), 1)
    assert is_one_sentence(caught.value)
    assert "db-\\xff" in str(caught.value)
    assert os.listdir(tmp_path) == []


def test_left_overs_are_told_by_their_names() -> None:
    for path in siblings(Path("corpus/db-000042")):
        assert left_over(path.name) == "db-000042"
    assert left_over(".db-000042.plurel-notes") is None
    assert left_over("db-000042") is None


# Others at work.


@pytest.fixture
def other(target: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that has claimed the target."""
    code = (
        "import sys; from pathlib import Path; from plurel_cli.storage.commit import claiming\n"
        "with claiming(Path(sys.argv[1]), replace=True) as c, c.filling() as work:\n"
        "    (work / 'x').write_text(''); print('ready', flush=True); input()\n"
        "    raise SystemExit\n"
    )
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    command = [sys.executable, "-c", code, str(target)]
    with subprocess.Popen(command, cwd=Path(__file__).parents[2], **pipes) as process:  # type: ignore[call-overload]
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        yield process
        process.kill()


@pytest.mark.parametrize("is_there", [False, True])
def test_a_run_that_is_alive_keeps_others_out(
    target: Path, request: pytest.FixtureRequest, is_there: bool
) -> None:
    """By a lock: whatever the number of the process, in whatever namespace."""
    if is_there:
        write_database(target, small_config(), "fk")
    process = request.getfixturevalue("other")
    before = contents(target.parent)
    with pytest.raises(BusyError, match="another run is at work on it") as caught:
        _make(target)
    assert is_one_sentence(caught.value)
    assert contents(target.parent) == before
    process.kill()
    process.wait()
    _make(target, 3)
    assert load(target).schema.seed == 3
    assert os.listdir(target.parent) == ["db"]


def test_a_disk_without_locks_has_owners(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def unsupported(descriptor: int, operation: int) -> None:
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(fcntl, "flock", unsupported)
    _make(target)
    _make(target, 2)
    assert os.listdir(target.parent) == ["db"]
    lock = siblings(target).lock
    for owner in (
        '{"host": "elsewhere", "boot": "", "namespace": "", "process": 1}',
        "half",
        "[]",
    ):
        lock.write_text(owner)
        with pytest.raises(BusyError, match="this disk has no locks") as caught:
            _make(target)
        assert is_one_sentence(caught.value)
        assert str(lock) in str(caught.value)
        assert lock.exists()
    lock.unlink()
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    monkeypatch.setattr(os, "getpid", lambda: process.pid)
    with claiming(target, replace=True):
        mine = lock.read_text()
    monkeypatch.undo()
    monkeypatch.setattr(fcntl, "flock", unsupported)
    lock.write_text(mine)  # of a process that is gone
    _make(target, 3)
    assert os.listdir(target.parent) == ["db"]


# Ended half-way.


@pytest.mark.parametrize("moment", range(40))
def test_moving_in_can_be_ended_anywhere(
    mount: Path, monkeypatch: pytest.MonkeyPatch, moment: int
) -> None:
    """After each step that changes the folder it is old, new, or plainly unfinished."""
    _make(mount, 1, "flat")
    steps = iter(range(moment))
    originals = {name: getattr(Path, name) for name in ("unlink", "replace", "rmdir", "mkdir")}

    class _Ended(BaseException):
        pass

    def step(name: str) -> None:
        original = originals[name]

        def taken(self: Path, *args: object, **options: object) -> object:
            if mount in self.parents and next(steps, None) is None:
                raise _Ended
            return original(self, *args, **options)

        monkeypatch.setattr(Path, name, taken)

    for name in originals:
        step(name)
    monkeypatch.setattr(commit, "_give_up", lambda work, target: None)  # as a kill
    try:
        _make(mount, 2)
        is_whole = True
    except _Ended:
        is_whole = False
    for name, original in originals.items():
        monkeypatch.setattr(Path, name, original)
    if (mount / "schema.json").exists():
        assert validate(mount) == []
    else:
        assert fill.is_begun(mount)
        with pytest.raises(FolderError, match="is unfinished"):
            load(mount)
        mend(mount)
        assert load(mount).schema.seed == 2
        assert validate(mount) == []
    if is_whole:
        assert load(mount).schema.seed == 2
    _make(mount, 3)
    assert load(mount).schema.seed == 3
    assert validate(mount) == []
    assert not [name for name in os.listdir(mount) if name.startswith(".")]
