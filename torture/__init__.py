"""What the command does when it is killed, starved, raced, fed nonsense and given broken folders.

`python -m torture` runs every kind and prints a table of counts; `python -m torture kills --n 50`
runs one. It is no part of the quick tests: it takes minutes, Linux, and `strace` for kills.
"""
