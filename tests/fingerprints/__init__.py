"""What each config gives for one seed, committed, so that no change of a value goes unnoticed.

Values are compared, not the bytes of files. Schema, keys and dates must agree to the bit on any
machine; of a feature column, its moments, some rows and the counts of its categories must agree
to float32's tolerance, since the last bits of numpy's functions depend on the CPU.

`python -m tests.fingerprints --write` makes them anew, after a change that is meant.
"""
