from __future__ import annotations

import gc
import os
import shutil
import signal
import sys

from hypothesis import HealthCheck, settings

# As the command does: the matrices of features are small, and BLAS' threads wait for each other
# by spinning, which is slow where there are fewer cores than processes. Before numpy is imported.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

# Numpy's functions are the definitions; compiled twins have tests of their own.
os.environ.setdefault("PLUREL_KERNEL", "numpy")

# What the tests start must not depend on who started the tests: pytest-xdist tells its processes
# the width of the terminal, `nohup` lets them ignore SIGHUP, and a shell's background SIGINT.
os.environ.pop("COLUMNS", None)
signal.signal(signal.SIGHUP, signal.SIG_DFL)
if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# Hundreds of processes are started: without bytecode, each compiles the package for half a second.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

# Databases are synced before they count, which a memory does at once and a disk does not.
_MEMORY, _ENOUGH_BYTES = "/dev/shm", 4 << 30  # noqa: S108
if os.access(_MEMORY, os.W_OK) and shutil.disk_usage(_MEMORY).free > _ENOUGH_BYTES:
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", _MEMORY)

# Hypothesis tries the same examples on every run; new ones with `--hypothesis-profile=exploring`.
# How long an example takes says more about the machine than about the code.
_UNTIMED = {"deadline": None, "suppress_health_check": (HealthCheck.too_slow,)}
settings.register_profile("exploring", **_UNTIMED)
settings.register_profile("same", derandomize=True, database=None, **_UNTIMED)
settings.load_profile("same")


# Thousands of tests are collected, and stay: the collector need not look for what is left of them.
gc.disable()


def pytest_collection_finish() -> None:
    """What is collected counts as there for good."""
    gc.collect()
    gc.freeze()
    gc.enable()


def pytest_xdist_auto_num_workers() -> int:
    """Half as many again as there are cores: many tests wait for servers, locks and signals."""
    return -(-3 * (os.cpu_count() or 1) // 2)
