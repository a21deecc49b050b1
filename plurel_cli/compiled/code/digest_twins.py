"""Digests of several texts, with the arguments of the definition whose twin it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from plurel_cli.compiled.code.lanes import BLOCK, LANES, START, hash_lanes
from plurel_cli.kernel.twins import Twin

Text = Sequence[bytes | memoryview]

_BYTES = 16
_SETTINGS = 0x01010000 + _BYTES
_BLOCKS_AT_ONCE = 511
"""Of each text, which are copied side by side; those of all texts stay in the cache."""

_FEWEST = 3
"""Texts as long as the longest, from which on lanes take less time."""


class _Stretches:
    """A text, stretch by stretch.

    Parameters
    ----------
    text
        The text in pieces.
    """

    def __init__(self, text: Text) -> None:
        self._pieces = [np.frombuffer(piece, np.uint8) for piece in text]
        self._pieces.reverse()

    def into(self, room: NDArray[np.uint8]) -> None:
        """Write the next bytes, or those that are left and zeros."""
        filled = 0
        while self._pieces and filled < len(room):
            piece = self._pieces.pop()
            n = min(len(piece), len(room) - filled)
            room[filled : filled + n] = piece[:n]
            filled += n
            if n < len(piece):
                self._pieces.append(piece[n:])
        room[filled:] = 0


def _digests(definition: Callable[[Sequence[Text]], list[str]]) -> Callable[..., list[str]]:
    def digests(texts: Sequence[Text]) -> list[str]:
        sizes = [sum(memoryview(piece).nbytes for piece in text) for text in texts]
        if not texts or len(texts) > LANES or sum(sizes) < _FEWEST * max(sizes):
            return definition(texts)
        n_bytes = np.zeros(LANES, np.int64)
        n_bytes[: len(sizes)] = sizes
        hashed = np.repeat(np.array(START, np.uint64), LANES).reshape(-1, LANES)
        hashed[0] ^= np.uint64(_SETTINGS)
        n_blocks = max(-(-max(sizes) // BLOCK), 1)
        rooms = np.zeros((LANES, min(n_blocks, _BLOCKS_AT_ONCE) * BLOCK), np.uint8)
        steps = np.empty((3, LANES), np.uint64)
        stretches = [_Stretches(text) for text in texts]
        for before in range(0, n_blocks * BLOCK, rooms.shape[1]):
            for room, stretch in zip(rooms, stretches, strict=False):
                stretch.into(room)
            hash_lanes(hashed, rooms, before, n_bytes, steps)
        words = np.ascontiguousarray(hashed[: _BYTES // 8].T).astype("<u8", copy=False)
        return [lane.tobytes().hex() for lane in words[: len(texts)]]

    return digests


DIGEST_TWINS: Mapping[str, Twin] = {"digests": _digests}
"""Compiled functions of digests, by name."""
