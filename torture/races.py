"""Several runs to one place at once: one of them counts, the others say why not."""

from __future__ import annotations

from functools import partial

from torture.runs import Room, Tally, awaited, command, run, side_by_side, started


def _race(number: int) -> Tally:
    tally = Tally("races")
    with Room() as room:
        db, config = room.place / "db", room.config
        base = ["generate", "-c", config, "-o", db]
        kinds = {
            0: [[*base, "-s", k] for k in range(3)],
            1: [[*base, "-s", k, "--force"] for k in range(3)],
            2: [
                ["features", db, "--force"],
                ["temporal", db, "--force"],
                [*base, "-s", 9, "--force"],
            ],
            3: [["corpus", "-c", config, "-s", "0:2", "-j", "1", "-o", db, "--resume"]] * 2,
        }
        kind = number % len(kinds)
        if kind in (1, 2):
            assert run(*base, "-s", 7).code == 0
        processes = [started(command(*words)) for words in kinds[kind]]
        ends = [awaited(*process) for process in processes]
        tally.tried += 1
        for ended in ends:
            tally.look(ended, f"race {number}")
            tally.count({0: "made", 2: "refused"}.get(ended.code, f"code {ended.code}"))
            if ended.code not in (0, 2):
                tally.fault(f"race {number}: code {ended.code}: {ended.text[-200:]}")
        if all(ended.code for ended in ends):
            tally.fault(f"race {number}: none was made: {[ended.text for ended in ends]}")
        if run("validate", db).code:
            tally.fault(f"race {number}: unsound")
        left = [path.name for path in room.place.iterdir() if path.name != "db"]
        if left:
            tally.fault(f"race {number}: left behind {left}")
    return tally


def races(n: int) -> Tally:
    """Start three runs at once, `n` times."""
    return side_by_side("races", [partial(_race, number) for number in range(n)])
