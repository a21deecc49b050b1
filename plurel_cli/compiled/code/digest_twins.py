"""Digests of several texts, with the arguments of the definition whose twin it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from plurel_cli.compiled.code.lanes import BLOCK, LANES, START, hash_lanes
from plurel_cli.kernel.twins import Twin

Text = Sequence[bytes | memoryview]

_BYTES = 16
_SETTINGS = 0x01010000 + _BYTES
_FEWEST = 3
"""Texts as long as the longest, from which on lanes take less time."""


def _digests(definition: Callable[[Sequence[Text]], list[str]]) -> Callable[..., list[str]]:
    def digests(texts: Sequence[Text]) -> list[str]:
        sizes = [sum(memoryview(piece).nbytes for piece in text) for text in texts]
        if not texts or len(texts) > LANES or sum(sizes) < _FEWEST * max(sizes):
            return definition(texts)
        n_bytes = np.zeros(LANES, np.int64)
        n_bytes[: len(sizes)] = sizes
        lacking = [-size % BLOCK if size else BLOCK for size in n_bytes.tolist()]
        offsets = np.zeros(LANES, np.int64)
        np.cumsum((n_bytes + lacking)[:-1], out=offsets[1:])
        pieces = list[bytes | memoryview]()
        for text, lacks in zip((*texts, *[()] * (LANES - len(texts))), lacking, strict=True):
            pieces += (*text, bytes(lacks))
        hashed = np.repeat(np.array(START, np.uint64), LANES).reshape(-1, LANES)
        hashed[0] ^= np.uint64(_SETTINGS)
        whole = np.frombuffer(b"".join(pieces), np.uint8)
        hash_lanes(hashed, whole, offsets, n_bytes, np.empty((3, LANES), np.uint64))
        words = np.ascontiguousarray(hashed[: _BYTES // 8].T).astype("<u8", copy=False)
        return [lane.tobytes().hex() for lane in words[: len(texts)]]

    return digests


DIGEST_TWINS: Mapping[str, Twin] = {"digests": _digests}
"""Compiled functions of digests, by name."""
