"""Compare every config's values with those committed, or commit new ones with --write."""

from __future__ import annotations

import argparse
import sys

from tests.fingerprints.fingerprint import CONFIGS, differences, made, stored, write


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fingerprints", description=__doc__)
    parser.add_argument("configs", nargs="*", help="names of configs; by default all")
    parser.add_argument("--write", action="store_true", help="store what is found")
    options = parser.parse_args()
    n_wrong = 0
    for name in options.configs or CONFIGS:
        if options.write:
            print(f"{name}: " + ("written" if write(name) else "the same"))  # noqa: T201
            continue
        wrong = differences(stored(name), made(name))
        n_wrong += bool(wrong)
        print(f"{name}: " + (f"differs in {', '.join(wrong[:8])}" if wrong else "the same"))  # noqa: T201
    return int(n_wrong > 0)


if __name__ == "__main__":
    sys.exit(main())
