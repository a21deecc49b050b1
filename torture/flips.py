"""Folders with a flipped bit, a missing piece, or another's file: none may pass for sound."""

from __future__ import annotations

import json
import random
from functools import partial
from pathlib import Path

from torture.runs import SMALL, Room, Tally, forked, run, side_by_side

_CONFIGS = (
    SMALL,
    SMALL + "output: {layout: relbench}\n",
    SMALL + "output: {compression: uncompressed}\n",
)
_AT_ONCE = 50


def _broken(data: bytes, chance: random.Random, way: str, other: bytes) -> bytes:
    place = chance.randrange(len(data))
    match way:
        case "bit":
            changed = bytearray(data)
            changed[place] ^= 1 << chance.randrange(8)
            return bytes(changed)
        case "cut":
            return data[:place]
        case "hole":
            return data[:place] + bytes(min(64, len(data) - place)) + data[place + 64 :]
        case _:
            return other


def _some(folder: Path, seed: int, n: int) -> None:
    """Break and judge; prints what passes, a line of JSON each."""
    from plurel_cli import do, validate
    from plurel_cli.errors import PlurelError

    chance = random.Random(seed)
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    for _ in range(n):
        path = chance.choice(paths)
        way = chance.choice(["bit", "bit", "bit", "cut", "hole", "other"])
        sound = path.read_bytes()
        broken = _broken(sound, chance, way, chance.choice(paths).read_bytes())
        if broken == sound:
            print(json.dumps({"way": "same"}))
            continue
        path.write_bytes(broken)
        found = "told"
        try:
            if not validate(folder):
                found = "missed"
        except PlurelError:
            found = "refused"
        is_carried = False
        is_of_table = path.suffix == ".parquet" and "tasks" not in path.parts  # which `do` reads
        if is_of_table and chance.random() < 0.2:
            try:
                do(folder, "users", "feature_0", 0)
                is_carried = True
            except PlurelError:
                pass
        path.write_bytes(sound)
        print(json.dumps({"way": way, "file": path.name, "found": found, "carried": is_carried}))


def _judged(number: int, n: int) -> Tally:
    tally = Tally("flips")
    with Room(_CONFIGS[number % len(_CONFIGS)]) as room:
        folder = room.place / "db"
        ended = run("generate", "-c", room.config, "-s", number, "-o", folder)
        assert ended.code == 0, ended
        ended = forked(lambda: _some(folder, number, n))
        tally.look(ended, f"database {number}")
        if ended.code:
            tally.fault(f"database {number}: ended with {ended.code}: {ended.text[-300:]}")
        for line in ended.text.splitlines():
            if not line.startswith("{"):
                continue
            result = json.loads(line)
            if result["way"] == "same":
                continue
            tally.tried += 1
            tally.count(result["way"])
            if result["found"] == "missed":
                tally.fault(f"missed: {result}")
            if result["carried"]:
                tally.fault(f"carried on: {result}")
    return tally


def flips(n: int) -> Tally:
    """Break folders about `n` times."""
    n_folders = -(-n // _AT_ONCE)
    return side_by_side(
        "flips", [partial(_judged, number, _AT_ONCE) for number in range(n_folders)]
    )
