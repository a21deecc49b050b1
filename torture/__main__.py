"""Run every kind of torture, or some: `python -m torture [KIND...] [--n N]`."""

from __future__ import annotations

import argparse
import sys
import time

from torture.configs import configs
from torture.flips import flips
from torture.kills import kills
from torture.limits import disk, memory
from torture.races import races

KINDS = {
    "memory": (memory, 40),
    "disk": (disk, 60),
    "races": (races, 40),
    "kills": (kills, 360),
    "flips": (flips, 1_100),
    "configs": (configs, 20_000),
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m torture", description=__doc__)
    parser.add_argument("kinds", nargs="*", choices=[*KINDS, []], metavar="KIND")
    parser.add_argument("--n", type=int, help="how often; by default as often as is promised")
    arguments = parser.parse_args()
    n_faults = 0
    print(f"{'kind':8} {'tried':>7} {'faults':>7} {'seconds':>8}  what")
    for kind in arguments.kinds or KINDS:
        function, usual = KINDS[kind]
        since = time.monotonic()
        tally = function(arguments.n or usual)
        n_faults += len(tally.faults)
        counts = ", ".join(f"{what} {count:,}" for what, count in sorted(tally.counts.items()))
        seconds = time.monotonic() - since
        print(
            f"{kind:8} {tally.tried:7,} {len(tally.faults):7,} {seconds:8.0f}  {counts}", flush=True
        )
        for fault in tally.faults[:20]:
            print(f"    {fault}", flush=True)
    return 1 if n_faults else 0


if __name__ == "__main__":
    sys.exit(main())
