"""When compiled functions are loaded, and where they are kept between processes.

Loading numba takes about as long as some hundred thousand cells or tens of millions of keys, and
compiling as long as some millions of cells. So both are counted as they are about to be made,
and compiled functions are loaded once they are many; what has been compiled is kept in the user's
cache folder, and of several processes that find nothing there one compiles and the others wait.
"""

from __future__ import annotations

import gc
import hashlib
import os
import stat
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from shutil import rmtree
from subprocess import DEVNULL, Popen
from typing import IO

from plurel_cli.errors import UsageError
from plurel_cli.kernel import twins
from plurel_cli.kernel.twins import Twin

WORTH_CELLS = 500_000
"""Cells of features, of all databases of a process, from which on compiled functions are loaded."""

KEYS_A_CELL = 100
"""Keys for which compiled functions save as much time as for a cell of features."""

ROOM = 1 << 30
"""Bytes of memory that a process must be allowed to have for compiled functions to be loaded."""

VARIABLE = "PLUREL_KERNEL"
"""The environment variable that says `numpy` for none, or `compiled` for all from the start."""

_FOLDER, _LOCK = "NUMBA_CACHE_DIR", "lock"
_SOURCES = ("compiled", "kernel", "numerics")
_GLANCE_S = 0.01
_EFFORT = 1  # of LLVM's levels of 0 to 3: a fifth sooner compiled than with 3, and as fast
_CODE = "plurel_cli.compiled.code"
_OF_OTHER = ("acts", "reference_twins", "columns")
_OF_THIS = ("drawing", "key_twins", "judging", "search_twins", "series", "digest_twins", "sources")

_cells = 0.0
_is_compiled = False
_is_refused = False


def is_compiled() -> bool:
    """Whether compiled functions are in place."""
    return _is_compiled


def expect(n_cells: int = 0, n_keys: int = 0) -> None:
    """Say how much is about to be made, so that compiled functions are there if they pay.

    Parameters
    ----------
    n_cells, n_keys
        Cells of features and foreign keys.

    Raises
    ------
    UsageError
        If the environment asks for what there is not.
    """
    global _cells, _is_refused
    are_expected = is_expected(n_cells, n_keys)
    _cells += _work(n_cells, n_keys)
    if _is_compiled or not are_expected:
        return
    try:
        use(compiled=True)
    except (ImportError, OSError) as error:  # an old numba, or a full disk: values are the same
        if os.environ.get(VARIABLE):
            raise _not_to_be_had(error) from error
        _is_refused = True


def _not_to_be_had(error: ImportError | OSError) -> UsageError:
    if isinstance(error, OSError):
        remedy = "make room for them, or leave it unset"
        return UsageError(VARIABLE, f"compiled functions cannot be kept ({error})", remedy=remedy)
    remedy = "pip install 'plurel-cli[fast]', or leave it unset"
    return UsageError(VARIABLE, f"compiled functions need numba ({error})", remedy=remedy)


def is_expected(n_cells: int = 0, n_keys: int = 0) -> bool:
    """Whether compiled functions will be in place once so much more is made.

    Parameters
    ----------
    n_cells, n_keys
        Cells of features and foreign keys.

    Returns
    -------
    bool

    Raises
    ------
    UsageError
        If the environment asks for what there is not.
    """
    choice = os.environ.get(VARIABLE, "")
    if choice not in ("", "numpy", "compiled"):
        raise UsageError(VARIABLE, "must be numpy or compiled, or not set", choice)
    if _is_compiled or _is_refused or choice == "numpy":
        return _is_compiled
    if choice == "compiled":
        return True
    is_worth = _cells + _work(n_cells, n_keys) >= WORTH_CELLS
    return is_worth and find_spec("numba") is not None and _has_room()


def _work(n_cells: int, n_keys: int) -> float:
    """How many cells save as much."""
    return n_cells + n_keys / KEYS_A_CELL


def use(*, compiled: bool) -> None:
    """Put compiled functions in place, or numpy's definitions, whatever is expected later."""
    global _is_compiled, _is_refused
    if not compiled:
        twins.put_in_place({})
    else:
        twins.put_in_place(_compiled())
    _is_compiled, _is_refused = compiled, not compiled


def _has_room() -> bool:
    """Whether the system lets this process have the memory that a compiler needs, which ends a
    process where it gets none.
    """
    try:
        import resource
    except ImportError:
        return True
    limit, _ = resource.getrlimit(resource.RLIMIT_DATA)
    return limit == resource.RLIM_INFINITY or limit >= ROOM


def _compiled() -> Mapping[str, Twin]:
    """The compiled functions, read from the cache folder or written to it."""
    import numba

    if numba.config.DISABLE_JIT:
        raise ImportError("which NUMBA_DISABLE_JIT has switched off")
    folder = _cache_folder(numba.__version__)
    with _locked(folder):
        before = numba.config.CACHE_DIR, numba.config.OPT
        level = type(numba.config.OPT)(_EFFORT)
        numba.config.CACHE_DIR, numba.config.OPT = str(folder), level
        try:
            return _made_or_read(folder)
        except (ImportError, OSError):
            raise
        except Exception:  # what a file gives that is cut short depends on where
            for inner in _kept_in(folder):
                rmtree(inner)
            return _made_or_read(folder)
        finally:
            numba.config.CACHE_DIR, numba.config.OPT = before


def _made_or_read(folder: Path) -> Mapping[str, Twin]:
    if not _kept_in(folder):
        _compile_by_two(folder)
    with _no_garbage():
        from plurel_cli.compiled.code.twins import TWINS
    return TWINS


def _kept_in(folder: Path) -> list[Path]:
    """Where numba keeps what is compiled."""
    return [path for path in folder.iterdir() if path.is_dir() and path.name != _LOCK]


@contextmanager
def _no_garbage() -> Iterator[None]:
    """Let Python look for no garbage, of which imports leave little and take a sixth longer."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _compile_by_two(folder: Path) -> None:
    """Compile whole nodes in another process, which are half of all, and the rest meanwhile."""
    if (os.cpu_count() or 1) < 2 or not sys.executable:
        return
    from plurel_cli.waiting import until_ended

    imports = ", ".join(f"{_CODE}.{module}" for module in _OF_OTHER)
    # Modules are those of this process, and none of the working folder.
    command = [sys.executable, "-P", "-c", f"import {imports}"]
    paths = os.pathsep.join(str(path) or str(Path.cwd()) for path in sys.path)
    environment = {**os.environ, "PYTHONPATH": paths}
    environment.update({_FOLDER: str(folder), "NUMBA_OPT": str(_EFFORT)})
    try:
        other = Popen(command, env=environment, stdin=DEVNULL, stdout=DEVNULL, stderr=DEVNULL)
    except OSError:
        return
    with other:  # what it has not made at the end is made here
        try:
            for module in _OF_THIS:
                import_module(f"{_CODE}.{module}")
            until_ended(other)
        except BaseException:
            other.kill()
            raise


def _cache_folder(version: str) -> Path:
    """A folder for what a version of numba compiles of these sources, unless the user has named
    one for numba.
    """
    digest = hashlib.blake2b(version.encode(), digest_size=8)
    package = Path(__file__).parents[1]
    for path in sorted(path for room in _SOURCES for path in (package / room).rglob("*.py")):
        digest.update(path.read_bytes())
    name = f"kernel-{digest.hexdigest()}-{sys.implementation.cache_tag}"
    for base in _bases():
        folder = base / name
        with suppress(OSError):
            folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=folder):
                return folder
    return Path(tempfile.mkdtemp(prefix=name))


def _bases() -> Iterator[Path]:
    """Folders that the cache folder may be in, the best first."""
    given = os.environ.get(_FOLDER)
    with suppress(RuntimeError):  # where the user has no home
        yield Path(given) if given else _user_cache()
    shared = Path(tempfile.gettempdir()) / f"plurel-{_user()}"
    with suppress(OSError):
        shared.mkdir(mode=0o700, exist_ok=True)
        if _is_ours(shared):
            yield shared


def _is_ours(folder: Path) -> bool:
    """Whether nobody else can write into a folder, which others could have made: what is compiled
    is run.
    """
    if not hasattr(os, "getuid"):
        return True
    state = folder.lstat()
    is_open = state.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
    return stat.S_ISDIR(state.st_mode) and state.st_uid == os.getuid() and not is_open


def _user_cache() -> Path:
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "plurel"
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", Path.home())) / "plurel" / "cache"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "plurel"


def _user() -> str:
    return str(os.getuid()) if hasattr(os, "getuid") else os.environ.get("USERNAME", "user")


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Wait until no other process compiles for a folder."""
    with ExitStack() as stack:
        with suppress(ImportError, OSError):  # without locks, each may compile
            import fcntl

            file = stack.enter_context((folder / _LOCK).open("w"))
            while not _is_locked(file):
                time.sleep(_GLANCE_S)  # which a signal ends, unlike a wait for the lock
            stack.callback(fcntl.flock, file, fcntl.LOCK_UN)  # a child that was forked has it, too
        yield


def _is_locked(file: IO[str]) -> bool:
    """Lock a file, unless another process has done so."""
    import fcntl

    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
