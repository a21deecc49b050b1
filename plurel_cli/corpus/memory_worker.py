"""The worker's side of `iter_databases`: databases asked for line by line, sent as they are made.

One thread listens, one makes and one sends; between the last two wait at most `AHEAD` databases.
When its input ends, whoever started it is gone, and it ends at once.
"""

from __future__ import annotations

import json
import os
import queue
import sys
import threading
from typing import IO, TYPE_CHECKING, Any, TypeAlias

from plurel_cli.corpus.memory import AHEAD, send

if TYPE_CHECKING:
    from plurel_cli.database import Database

_Answers: TypeAlias = "queue.Queue[Database | BaseException]"


def main() -> None:
    """Make databases until the input ends."""
    from plurel_cli.config import parse_config
    from plurel_cli.corpus.process import imported
    from plurel_cli.pipeline import generate

    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what libraries print is no answer
    requests: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(sys.stdin.buffer, requests), daemon=True).start()
    configs = [parse_config(config) for config in requests.get()["configs"]]
    imported()
    answers: _Answers = queue.Queue(AHEAD - 1)  # one more is being sent
    threading.Thread(target=_send, args=(out, answers), daemon=True).start()
    while True:
        request = requests.get()
        try:
            answers.put(generate(configs[request["config"]], request["seed"]))
        except Exception as error:  # of one database; the others are made
            answers.put(_portable(error))


def _listen(lines: IO[bytes], requests: queue.SimpleQueue[dict[str, Any]]) -> None:
    for line in lines:
        requests.put(json.loads(line))
    os._exit(0)


def _send(out: IO[bytes], answers: _Answers) -> None:
    try:
        while True:
            send(out, answers.get())
    except BaseException as error:  # whoever waits for the answer is told by the end of the process
        os.write(2, f"{type(error).__name__}: {error}\n".encode(errors="replace"))
        os._exit(1)


def _portable(error: Exception) -> Exception:
    """The error, or one that says the same where it cannot be sent."""
    import pickle

    try:
        pickle.loads(pickle.dumps(error))  # noqa: S301 (its own words)
    except Exception:
        return RuntimeError(f"{type(error).__name__}: {error}")
    return error
