"""What each config gives for one seed, committed, so that no change of a value goes unnoticed.

Values are compared, not the bytes of files, and to the bit: they are the same on any machine, with
any release of numpy and Python.

`python -m tests.fingerprints --write` makes them anew, after a change that is meant.
"""
