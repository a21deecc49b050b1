"""Databases have the same values with compiled functions as are committed from numpy's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from plurel_cli.compiled.code.twins import TWINS
from plurel_cli.kernel import twins
from tests.fingerprints.fingerprint import CONFIGS, differences, made, stored


@pytest.mark.usefixtures("with_twins")
@pytest.mark.parametrize("name", CONFIGS)
def test_compiled_values_are_those_committed(name: str) -> None:
    assert differences(stored(name), made(name)) == []


@pytest.mark.usefixtures("with_twins")
@pytest.mark.parametrize("name", ["node", "encodings", "fold_grid", "initialised", "matrices"])
def test_a_wrong_twin_changes_them(name: str) -> None:
    """One bit of one number of each call is enough."""

    def wrong(definition: Callable[..., Any]) -> Callable[..., Any]:
        def off(*given: Any) -> Any:
            values = TWINS[name](definition)(*given)
            made = values[0] if isinstance(values, list) else values
            if made is not None and made.dtype == np.int32:
                made[0] = made[0] == 0  # another category
                return values
            bits = (given[0] if made is None else made).reshape(-1).view(np.int32)
            bits[:: max(len(bits), 1)] ^= 1 << 13
            return values

        return off

    twins.put_in_place({**TWINS, name: wrong})
    assert differences(stored("default"), made("default")) != []


@pytest.mark.usefixtures("with_twins")
@pytest.mark.parametrize("name", ["likeliest_keys", "table_keys"])
def test_a_wrong_key_changes_them(name: str) -> None:
    """One in each block is enough."""

    def wrong(definition: Callable[..., None]) -> Callable[..., None]:
        def off(*given: Any) -> None:
            TWINS[name](definition)(*given)
            given[-1][-1] = given[-1][-1] == 0

        return off

    twins.put_in_place({**TWINS, name: wrong})
    assert differences(stored("default"), made("default")) != []
