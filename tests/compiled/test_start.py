"""When compiled functions are loaded: nothing is compiled here."""

from __future__ import annotations

import fcntl
import os
import resource
import signal
import sys
import tempfile
import threading
from pathlib import Path
from shutil import rmtree
from subprocess import Popen
from types import SimpleNamespace
from typing import Any

import pytest

from plurel_cli.compiled import expect, start
from plurel_cli.errors import UsageError
from tests.bells import Rung, bell


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """What would be put in place, in a process that has made nothing, with numba."""
    made: list[bool] = []

    def use(*, compiled: bool) -> None:
        made.append(compiled)
        monkeypatch.setattr(start, "_is_compiled", compiled)

    for name, value in (("_cells", 0), ("_is_compiled", False), ("_is_refused", False)):
        monkeypatch.setattr(start, name, value)
    monkeypatch.setattr(start, "use", use)
    monkeypatch.setattr(start, "find_spec", lambda name: object())
    monkeypatch.delenv(start.VARIABLE, raising=False)
    return made


def test_many_cells_together_are_worth_it(calls: list[bool]) -> None:
    expect(start.WORTH_CELLS // 2)
    assert calls == []
    expect(start.WORTH_CELLS // 2)
    assert calls == [True]
    expect(start.WORTH_CELLS)
    assert calls == [True]


def test_many_keys_are_worth_it_too(calls: list[bool]) -> None:
    enough = start.WORTH_CELLS * start.KEYS_A_CELL
    expect(n_keys=enough // 2)
    assert not start.is_expected(n_keys=enough // 4)
    assert start.is_expected(n_keys=enough // 2)
    assert calls == []
    expect(start.WORTH_CELLS // 2)
    assert calls == [True]


def test_the_environment_may_say_numpy(calls: list[bool], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(start.VARIABLE, "numpy")
    expect(10 * start.WORTH_CELLS)
    assert calls == []


def test_the_environment_may_say_compiled(
    calls: list[bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(start.VARIABLE, "compiled")
    expect(1)
    assert calls == [True]


def test_without_numba_nothing_is_loaded(
    calls: list[bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(start, "find_spec", lambda name: None)
    expect(10 * start.WORTH_CELLS)
    assert calls == []


def test_a_numba_that_does_not_fit_is_asked_once(
    calls: list[bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    def use(*, compiled: bool) -> None:
        calls.append(compiled)
        raise ImportError("Numba needs NumPy 2.1 or less")

    monkeypatch.setattr(start, "use", use)
    for _ in range(2):
        expect(start.WORTH_CELLS)
    assert calls == [True]


@pytest.mark.parametrize(
    ("limit", "expected"), [(resource.RLIM_INFINITY, [True]), (1 << 28, []), (1 << 31, [True])]
)
def test_little_memory_has_no_room_for_a_compiler(
    limit: int, expected: list[bool], calls: list[bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resource, "getrlimit", lambda kind: (limit, limit))
    expect(start.WORTH_CELLS)
    assert calls == expected


def test_said_numpy_stays_numpy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("_cells", "_is_compiled", "_is_refused"):
        monkeypatch.setattr(start, name, getattr(start, name))
    monkeypatch.delenv(start.VARIABLE, raising=False)
    start.use(compiled=False)
    expect(10 * start.WORTH_CELLS)
    assert not start.is_compiled()


def test_another_word_is_refused(calls: list[bool], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(start.VARIABLE, "compield")
    with pytest.raises(UsageError, match=r"PLUREL_KERNEL: must be numpy or compiled.*compield"):
        expect(1)
    assert calls == []


@pytest.mark.parametrize(("n_cores", "n_others"), [(1, 0), (2, 1), (None, 0)])
def test_another_process_compiles_half_where_there_are_cores(
    n_cores: int | None, n_others: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commands: list[list[str]] = []
    imported: list[str] = []

    class Other:
        returncode = 0

        def __init__(self, command: list[str], env: dict[str, str], **_: Any) -> None:
            commands.append(command)
            assert env["NUMBA_CACHE_DIR"] == str(tmp_path)

        def __enter__(self) -> Other:
            return self

        def __exit__(self, *_: object) -> None:
            assert len(imported) > 1  # it is waited for when the rest is done

    monkeypatch.setattr(start.os, "cpu_count", lambda: n_cores)
    monkeypatch.setattr(start, "Popen", Other)
    monkeypatch.setattr(start, "import_module", imported.append)
    start._compile_by_two(tmp_path)
    assert len(commands) == n_others


def test_where_no_process_can_be_started_this_one_compiles_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: Any, **__: Any) -> None:
        raise OSError("no more processes")

    monkeypatch.setattr(start.os, "cpu_count", lambda: 2)
    monkeypatch.setattr(start, "Popen", refused)
    start._compile_by_two(tmp_path)


def test_compiled_functions_that_are_asked_for_and_cannot_be_had_are_told(
    monkeypatch: pytest.MonkeyPatch, calls: list[bool]
) -> None:
    def use(*, compiled: bool) -> None:
        raise ModuleNotFoundError("No module named 'numba'")

    monkeypatch.setattr(start, "use", use)
    monkeypatch.setenv(start.VARIABLE, "compiled")
    with pytest.raises(UsageError, match=r"need numba.*plurel-cli\[fast\]"):
        expect(1)


def test_a_full_disk_leaves_numpy_s(calls: list[bool], monkeypatch: pytest.MonkeyPatch) -> None:
    def use(*, compiled: bool) -> None:
        calls.append(compiled)
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(start, "use", use)
    expect(start.WORTH_CELLS)
    assert calls == [True]
    monkeypatch.setattr(start, "_is_refused", False)
    monkeypatch.setenv(start.VARIABLE, "compiled")
    with pytest.raises(UsageError, match=r"PLUREL_KERNEL: .*No space left.*; make room"):
        expect(1)


def test_what_switches_numba_off_leaves_numpy_s(monkeypatch: pytest.MonkeyPatch) -> None:
    off = SimpleNamespace(config=SimpleNamespace(DISABLE_JIT=1))
    monkeypatch.setitem(sys.modules, "numba", off)
    with pytest.raises(ImportError, match="NUMBA_DISABLE_JIT"):
        start._compiled()


def test_a_file_that_was_cut_short_is_made_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = SimpleNamespace(DISABLE_JIT=0, CACHE_DIR="", OPT=3)
    numba = SimpleNamespace(config=config, __version__="1")
    monkeypatch.setitem(sys.modules, "numba", numba)
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))
    broken = start._cache_folder("1") / "code" / "index"
    broken.parent.mkdir()
    broken.touch()

    def made(folder: Path) -> dict[str, Any]:
        if broken.exists():
            raise EOFError("Ran out of input")
        return {"made": folder}

    monkeypatch.setattr(start, "_made_or_read", made)
    assert start._compiled() == {"made": broken.parents[1]}
    assert config.CACHE_DIR == ""


def test_another_numba_has_a_folder_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))
    assert start._cache_folder("1") == start._cache_folder("1") != start._cache_folder("2")


def test_without_a_home_it_is_where_passing_files_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def homeless() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.delenv("NUMBA_CACHE_DIR", raising=False)
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setattr(Path, "home", homeless)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    assert start._cache_folder("1").parents[1] == tmp_path


@pytest.mark.parametrize("how", ["open", "link"])
def test_no_folder_that_others_may_fill_is_read(
    how: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a place for all, another user can be there first; what lies there would be run."""
    file, shared = tmp_path / "file", tmp_path / f"plurel-{start._user()}"
    file.touch()
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(file))  # nothing can be kept in it
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    assert start._cache_folder("1").parent == shared
    rmtree(shared)
    (tmp_path / "other").mkdir()
    if how == "link":
        shared.symlink_to(tmp_path / "other")
    else:
        shared.mkdir()
        shared.chmod(0o777)
    assert start._cache_folder("1").parent == tmp_path


def test_the_other_process_has_the_modules_of_this_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not those of the folder that the command runs in."""
    (tmp_path / "numba.py").write_text("open('ran', 'w')")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [path for path in sys.path if path])
    monkeypatch.setattr(start.os, "cpu_count", lambda: 2)
    monkeypatch.setattr(start, "_CODE", "numba")
    monkeypatch.setattr(start, "_OF_OTHER", ("config",))
    monkeypatch.setattr(start, "import_module", lambda name: None)
    start._compile_by_two(tmp_path)
    assert not (tmp_path / "ran").exists()


def test_a_signal_ends_the_wait_for_the_other_process_and_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    others: list[Popen[bytes]] = []

    def endless(*_: Any, **options: Any) -> Popen[bytes]:
        others.append(Popen([sys.executable, "-c", "import time; time.sleep(20)"]))
        return others[0]

    monkeypatch.setattr(start.os, "cpu_count", lambda: 2)
    monkeypatch.setattr(start, "Popen", endless)
    monkeypatch.setattr(start, "import_module", lambda name: None)
    with bell(), pytest.raises(Rung):
        start._compile_by_two(tmp_path)
    assert others[0].returncode == -signal.SIGKILL


def test_a_signal_ends_the_wait_for_who_compiles(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        late = threading.Timer(5.0, fcntl.flock, [file, fcntl.LOCK_UN])
        late.start()
        with bell(), pytest.raises(Rung), start._locked(tmp_path):
            pass
        with lock.open("w") as other:
            assert not start._is_locked(other)
        late.cancel()
        threading.Timer(0.1, fcntl.flock, [file, fcntl.LOCK_UN]).start()
        with start._locked(tmp_path), lock.open("w") as other, pytest.raises(BlockingIOError):
            fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)


def test_a_forked_child_does_not_keep_others_waiting(tmp_path: Path) -> None:
    reader, writer = os.pipe()
    with start._locked(tmp_path):
        child = os.fork()
        if not child:
            os.close(writer)
            os.read(reader, 1)
            os._exit(0)
    os.close(reader)
    with (tmp_path / "lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    os.close(writer)
    os.waitpid(child, 0)
