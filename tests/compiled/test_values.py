"""Databases have the same values with compiled functions as are committed from numpy's."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import is_dataclass
from typing import Any

import numpy as np
import pytest

from plurel_cli import compiled, generate
from plurel_cli.compiled.code.twins import TWINS
from plurel_cli.kernel import twins
from tests.fingerprints.fingerprint import CONFIGS, differences, made, stored


@pytest.mark.usefixtures("with_twins")
@pytest.mark.parametrize("name", CONFIGS)
def test_compiled_values_are_those_committed(name: str) -> None:
    assert differences(stored(name), made(name)) == []


def arrays_of(value: Any) -> Iterator[Any]:
    """All arrays in what a twin gives."""
    if isinstance(value, np.ndarray):
        yield value
    elif isinstance(value, Mapping):
        yield from arrays_of(list(value.values()))
    elif is_dataclass(value):
        yield from arrays_of(vars(value))
    elif isinstance(value, list | tuple):
        for each in value:
            yield from arrays_of(each)


@pytest.mark.usefixtures("with_twins")
@pytest.mark.parametrize("name", ["node", "referenced", "embeddings", "layers", "series"])
def test_a_wrong_twin_changes_them(name: str) -> None:
    """One bit of one number of each call is enough."""

    def wrong(definition: Callable[..., Any]) -> Callable[..., Any]:
        def off(*given: Any) -> Any:
            values = TWINS[name](definition)(*given)
            for each in arrays_of(values):
                if each.dtype == np.int32:
                    each[0] = each[0] == 0  # another category
                elif len(each) and each.dtype in (np.float32, np.float64):
                    words = each.reshape(-1).view(f"u{each.itemsize}")
                    words[:1] ^= words.dtype.type(1 << (8 * each.itemsize - 19))
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


@pytest.mark.usefixtures("with_twins")
def test_what_is_recorded_has_the_same_signs_of_zeros() -> None:
    """A matrix of one input, whose dropped weights may be −0, decides where a column is cut."""
    columns = {
        "c0": {"lens": "category", "values": {"v0": 1, "v1": 0.1}},
        "c1": {"lens": "category", "causes": {"c0": -0.2}},
        "c2": {"lens": "integer"},
        "c3": {"lens": "flag", "causes": {"c2": 0.3}},
    }
    config = {
        "schema": {"layout": "explicit"},
        "features": {"scm": {"mlp": {"hidden": 1}}},
        "tables": {"beta": {"rows": 5, "columns": columns}},
    }
    recorded = []
    for is_compiled in (False, True):
        compiled.use(compiled=is_compiled)
        recorded.append(generate(config, 715).schema.model_dump_json(exclude={"made"}))
    assert recorded[0] == recorded[1]
