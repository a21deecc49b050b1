"""Configs with settings changed at random: refused in a sentence, or planned; nothing else."""

from __future__ import annotations

import json
import random
import signal
from copy import deepcopy
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Any

from torture.runs import PATIENCE_S, Tally, forked, side_by_side

_AT_ONCE = 500
_BOUND_S = 10  # of processor time, so that a busy machine makes no hangs
_VALUES: tuple[Any, ...] = (
    0, 1, -1, 2, 3, 0.5, 1.0, 1.5, 1e-300, 1e39, 1e308, 10**9, 10**18, -(10**18), True, False, None,
    "", "x", "none", "scm", "explicit", "random_tree", "2021-01-01", "2021-13-01", "ü", "a" * 300,
    [], {}, [0], [1, 2], {"min": 2, "max": 1}, {"min": 0, "max": 10**9}, {"x": 1}, [[]],
    float("nan"), float("inf"), {"even": {"min": 1, "max": 3}},
)  # fmt: skip


def _paths(data: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = [path] if path else []
    items = (
        data.items()
        if isinstance(data, dict)
        else enumerate(data)
        if isinstance(data, list)
        else ()
    )
    for key, value in items:
        found += _paths(value, (*path, key))
    return found


def _mutated(data: Any, chance: random.Random) -> Any:
    data = json.loads(json.dumps(data))
    for _ in range(chance.randint(1, 3)):
        paths = _paths(data)
        if not paths:
            break
        path = chance.choice(paths)
        inner = data
        for key in path[:-1]:
            inner = inner[key]
        way = chance.random()
        if way < 0.75:
            inner[path[-1]] = deepcopy(chance.choice(_VALUES))
        elif way < 0.9 and isinstance(inner, dict):
            del inner[path[-1]]
        elif isinstance(inner, dict):
            inner[chance.choice(["x", "", "rows", "columns", "min"])] = deepcopy(
                chance.choice(_VALUES)
            )
    return data


def _tiny(data: Any) -> Any:
    """With few rows and tables, so that planning costs little."""
    if isinstance(data, dict) and isinstance(data.get("schema"), dict):
        data["schema"]["rows"] = {
            "entity": {"min": 5, "max": 9},
            "activity": {"min": 10, "max": 20},
        }
        if data["schema"].get("layout") != "explicit":
            data["schema"]["tables"] = 3
    return data


class _Late(Exception):
    pass


def _late(number: int, frame: FrameType | None) -> None:
    raise _Late


def _some(first: int, n: int) -> None:
    import warnings

    import yaml

    from plurel_cli import generate, load_config
    from plurel_cli.errors import PlurelError

    warnings.simplefilter("ignore")
    signal.signal(signal.SIGPROF, _late)
    folder = Path(__file__).parents[1] / "configs"
    bases = [
        yaml.safe_load(path.read_text()) or {}
        for path in sorted(folder.glob("*.yaml"))
        if path.name != "mixture.yaml"
    ]
    resolved = [load_config(None).resolved(), load_config(folder / "realistic.yaml").resolved()]
    file = Path(f"/tmp/torture-{first}.yaml")  # noqa: S108
    for number in range(first, first + n):
        chance = random.Random(number)
        data = _mutated(
            _tiny(json.loads(json.dumps(chance.choice([*bases, *resolved]), default=str))), chance
        )
        file.write_text(yaml.safe_dump(data, allow_unicode=True))
        signal.setitimer(signal.ITIMER_PROF, _BOUND_S)
        try:
            config = load_config(file)
            outcome = "sound"
            if number % 40 == 0:
                generate(config, number)
                outcome = "made"
        except PlurelError:
            outcome = "refused"
        except _Late:
            outcome = "hang"
        except Exception as error:
            outcome = f"{type(error).__name__}: {str(error)[:120]}"
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
        print(json.dumps({"number": number, "outcome": outcome}), flush=True)
    file.unlink()


def _judged(first: int, n: int) -> Tally:
    tally = Tally("configs")
    ended = forked(lambda: _some(first, n), 30 * PATIENCE_S)
    if ended.code or ended.is_hung:
        tally.fault(f"configs from {first}: ended with {ended.code}: {ended.text[-300:]}")
    for line in ended.text.splitlines():
        if not line.startswith('{"number"'):
            continue
        result = json.loads(line)
        tally.tried += 1
        if result["outcome"] in ("sound", "made", "refused"):
            tally.count(result["outcome"])
        else:
            tally.count("other")
            tally.fault(f"config {result['number']}: {result['outcome']}")
    return tally


def configs(n: int) -> Tally:
    """Check `n` changed configs, and make a database of each 40th that is sound."""
    firsts = range(0, n, _AT_ONCE)
    return side_by_side(
        "configs", [partial(_judged, first, min(_AT_ONCE, n - first)) for first in firsts]
    )
