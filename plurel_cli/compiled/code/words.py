"""Random words as numpy's SFC64 gives them, from its state.

Each word waits for the last two alone, as long as sums are left in the order they are written in.
"""

from __future__ import annotations

import numpy as np

from plurel_cli.compiled.code.machine import Words, inlined, kept

_ONE, _THREE, _ELEVEN = np.uint64(1), np.uint64(3), np.uint64(11)
_LEFT, _RIGHT = np.uint64(24), np.uint64(40)


@inlined
def draw(state: Words, words: Words) -> None:
    """The next words of a generator.

    Parameters
    ----------
    state
        Of the generator: three words and a counter, which are moved on.
    words
        Where they are written.
    """
    a, b, c, counter = state[0], state[1], state[2], state[3]
    for k in range(len(words)):
        word = kept(a + counter) + b
        counter += _ONE
        a = b ^ (b >> _ELEVEN)
        b = kept(c + (c << _THREE))
        c = ((c << _LEFT) | (c >> _RIGHT)) + word
        words[k] = word
    state[0], state[1], state[2], state[3] = a, b, c, counter
