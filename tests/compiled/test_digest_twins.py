"""Digests of several texts at once are those of each alone."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from plurel_cli.compiled.code import digest_twins
from plurel_cli.kernel.twins import definitions
from plurel_cli.storage.digests import Text

_SIZES = (0, 1, 2, 127, 128, 129, 255, 256, 257, 1000)


def _refused(texts: object) -> list[str]:
    raise AssertionError("handed to the definition")


_digests = digest_twins.DIGEST_TWINS["digests"](_refused)


@given(
    sizes=st.lists(st.sampled_from(_SIZES) | st.integers(0, 2000), min_size=1, max_size=8),
    cuts=st.integers(1, 4),
    n_at_once=st.integers(1, 20),
    seed=st.integers(0, 99),
)
def test_digests_of_lanes_are_those_of_the_definition(
    sizes: list[int], cuts: int, n_at_once: int, seed: int
) -> None:
    chance = random.Random(seed)
    whole = [chance.randbytes(size) for size in sizes]
    texts: list[Text] = [
        [text[len(text) * k // cuts : len(text) * (k + 1) // cuts] for k in range(cuts)]
        for text in whole
    ]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(digest_twins, "_FEWEST", 0)
        patch.setattr(digest_twins, "_BLOCKS_AT_ONCE", n_at_once)
        digests = _digests(texts)
    assert digests == definitions["digests"](texts)
    assert digests == [hashlib.blake2b(text, digest_size=16).hexdigest() for text in whole]


def test_one_bit_changes_the_digest_of_its_text_alone() -> None:
    texts = [bytes(1000) for _ in range(8)]
    before = _digests([[text] for text in texts])
    for lane in range(8):
        changed = [[text] for text in texts]
        changed[lane] = [bytes(777) + b"\x01" + bytes(222)]
        after = _digests(changed)
        assert [one != other for one, other in zip(before, after, strict=True)] == [
            index == lane for index in range(8)
        ]


def test_pieces_may_be_arrays_of_numbers() -> None:
    numbers = np.arange(500)
    texts: list[Text] = [[b"head", numbers.data]] * 3
    assert _digests(texts) == definitions["digests"](texts)


@pytest.mark.parametrize("sizes", [[], [5], [1000, 999], [5000, 1, 1, 1], [1] * 9])
def test_few_long_texts_are_left_to_the_definition(sizes: list[int]) -> None:
    """Lanes would take longer than one text after another."""

    def definition(texts: Sequence[Text]) -> list[str]:
        return [f"{len(texts)} texts"]

    digests = digest_twins.DIGEST_TWINS["digests"](definition)
    assert digests([[bytes(size)] for size in sizes]) == [f"{len(sizes)} texts"]
