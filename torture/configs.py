"""Changed configs, each through `config check`, and if it is sound through `schema` or `generate`.

Each is refused in a few sentences, or made and then found sound; nothing else. The commands run
one after another in a worker, which is watched: one that crashes, hangs or takes all memory is a
fault of the config it was at, and another worker goes on with the next.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from types import FrameType

from torture.changes import bases, changed
from torture.runs import (
    Ended,
    Tally,
    Watch,
    awaited,
    command,
    ended_by_force,
    side_by_side,
    started,
)

_AT_ONCE = 250
_BOUND_S = 20  # of processor time, so that a busy machine makes no hangs
_MOST_BYTES = 3 << 30
_CHEAP_S, _CHEAP_BYTES = 0.25, 1 << 29
_MANY_TABLES = 200  # whose plan alone takes many seconds
_OFTEN = 4
"""Of so many sound and cheap configs, one is made whole; of the others the schema is."""

_LONGEST_LINE, _MOST_LINES = 2_000, 60


class _TookTooLongError(BaseException):
    pass


def _late(number: int, frame: FrameType | None) -> None:
    raise _TookTooLongError


def _code_of(*words: object) -> tuple[int, str]:
    """How a command ends here, and what it says."""
    said = io.StringIO()
    code = 0
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(said):
        try:
            command(*words)()
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 0 if end.code is None else 1
    return code, said.getvalue()


def _fault_of(code: int, said: str) -> str:
    """What is wrong with an end; nothing where it is as it should be."""
    lines = said.splitlines()
    if "TookTooLong" in said:
        return f"hang: more than {_BOUND_S} s"
    if code not in (0, 2) or "Traceback" in said:
        return f"code {code}: {said[-300:]!r}"
    if code and not any(line.startswith("error: ") for line in lines):
        return f"refused without a word: {said[-300:]!r}"
    if len(lines) > _MOST_LINES or any(len(line) > _LONGEST_LINE for line in lines):
        return f"{len(lines)} lines of up to {max(map(len, lines))} characters: {said[:300]!r}"
    if "more memory" in said:
        return f"memory: {said[-300:]!r}"
    return ""


def _is_cheap(file: Path, number: int) -> bool:
    from plurel_cli import estimate, load_config
    from plurel_cli.errors import PlurelError

    try:
        if load_config(file).schema_.tables.bounds[1] > _MANY_TABLES:
            return False
        taken = estimate(file, number)
    except PlurelError:
        return True  # which the command will say
    return taken.total_s < _CHEAP_S and taken.memory < _CHEAP_BYTES and taken.rows < 10**5


def _outcome(number: int, file: Path, folder: Path) -> str:
    """What becomes of a config, in a word, or what is wrong."""
    file.write_text(changed(number), encoding="utf-8")
    code, said = _code_of("config", "check", file)
    if fault := _fault_of(code, said):
        return f"check: {fault}"
    if code:
        return "refused"
    if not _is_cheap(file, number):
        return "sound, dear"
    what = "schema" if number % _OFTEN else "generate"
    code, said = _code_of(what, "-c", file, "-s", number, "-o", folder)
    if fault := _fault_of(code, said):
        return f"{what}: {fault}"
    if code:
        return f"refused by {what}"
    code, said = _code_of("validate", folder)
    shutil.rmtree(folder)
    return f"made by {what}" if code == 0 else f"unsound: {said[-300:]!r}"


def _some(first: int, stop: int) -> None:
    """Print what becomes of some, a line of JSON each."""
    import warnings

    import typer.main

    warnings.simplefilter("ignore")
    signal.signal(signal.SIGPROF, _late)
    # The commands themselves, which Typer would put together anew for every call.
    typer.main.get_command = cache(typer.main.get_command)
    place = Path(tempfile.mkdtemp(prefix="torture-"))
    for number in range(first, stop):
        print(json.dumps({"at": number}), flush=True)
        signal.setitimer(signal.ITIMER_PROF, _BOUND_S)
        try:
            outcome = _outcome(number, place / "config.yaml", place / "db")
        except _TookTooLongError:
            outcome = f"hang: more than {_BOUND_S} s"
        except Exception as error:
            outcome = f"{type(error).__name__}: {str(error)[:200]}"
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
        shutil.rmtree(place / "db", ignore_errors=True)
        print(json.dumps({"number": number, "outcome": outcome}), flush=True)
    shutil.rmtree(place)


def _watched(work: Callable[[], None]) -> tuple[Ended, str]:
    """How a worker ends that is ended where it says nothing for long, or takes too much memory."""
    process, output = started(work)
    watch, size = Watch(process), 0
    while os.waitid(os.P_PID, process, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
        now = output.stat().st_size
        if now > size:
            watch.forgive()
            size = now
        pages = Path(f"/proc/{process}/statm").read_text().split()
        resident = int(pages[1]) * os.sysconf("SC_PAGE_SIZE") if len(pages) > 1 else 0
        if watch.is_hung():
            return ended_by_force(process, output, is_hung=True), "hang"
        if resident > _MOST_BYTES:
            return ended_by_force(process, output, is_hung=False), f"took {resident >> 20} MiB"
        time.sleep(0.02)
    return awaited(process, output), ""


_SOUND = ("refused", "sound", "made")


def _judged(first: int, n: int) -> Tally:
    tally, stop = Tally("configs"), first + n
    while first < stop:
        ended, why = _watched(partial(_some, first, stop))
        lines = [json.loads(line) for line in ended.text.splitlines() if line.startswith('{"')]
        at = first
        for line in lines:
            at = line.get("at", at)
            if "outcome" not in line:
                continue
            outcome = line["outcome"]
            tally.tried += 1
            is_sound = outcome.startswith(_SOUND)
            tally.count(outcome if is_sound else "other")
            if not is_sound:
                tally.fault(f"config {line['number']}: {outcome}")
        if "panicked" in ended.text:
            tally.fault(f"configs {first} to {at}: a panic")
        if ended.code or why:
            tally.tried += 1
            tally.fault(f"config {at}: {why or f'ended with {ended.code}: {ended.text[-300:]}'}")
            first = at + 1
        else:
            first = stop
    return tally


def configs(n: int, first: int = 0) -> Tally:
    """Check `n` changed configs; make each that is sound and cheap, or its schema."""
    bases()
    stop = first + n
    firsts = range(first, stop, _AT_ONCE)
    return side_by_side(
        "configs", [partial(_judged, begin, min(_AT_ONCE, stop - begin)) for begin in firsts]
    )


if __name__ == "__main__":
    _some(int(sys.argv[1]), int(sys.argv[2]))
