from __future__ import annotations

import pytest

from plurel_cli.corpus.arguments import parse_memory, parse_seeds
from plurel_cli.errors import UsageError
from plurel_cli.storage.turn import parse_turn
from tests.storage.samples import is_one_sentence


@pytest.mark.parametrize(
    ("text", "seeds"),
    [
        ("0:1", range(1)),
        ("7", range(7, 8)),
        (f"5:{2**64}", range(5, 2**64)),
        (" 1:3 ", range(1, 3)),
    ],
)
def test_seeds(text: str, seeds: range) -> None:
    assert parse_seeds(text) == seeds


@pytest.mark.parametrize(
    "text", ["", ":", "1:", ":3", "-1:3", "1:2:3", "1,2", "3:1", "٣:٤", "9" * 40]
)
def test_what_is_no_seeds_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="--seeds") as caught:
        parse_seeds(text)
    assert is_one_sentence(caught.value)


@pytest.mark.parametrize("text", ["", "1", "1/1", "-1/2", "a/b", "0/0", "1/2/3"])
def test_what_is_no_shard_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="--shard") as caught:
        parse_turn(text)
    assert is_one_sentence(caught.value)


@pytest.mark.parametrize(
    ("text", "n_bytes"),
    [
        ("1GB", 10**9),
        ("1g", 10**9),
        ("1.5 GiB", 3 << 29),
        ("300M", 3 * 10**8),
        ("2T", 2 * 10**12),
        ("268435456", 1 << 28),
    ],
)
def test_memory(text: str, n_bytes: int) -> None:
    assert parse_memory(text) == n_bytes


@pytest.mark.parametrize("text", ["", "GB", "-1GB", "1PB", "1iB", "1 G B", "1e9", "0", "255MiB"])
def test_what_is_no_memory_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="--memory") as caught:
        parse_memory(text)
    assert is_one_sentence(caught.value)
