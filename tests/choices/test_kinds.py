"""Every kind of every tagged union is one that can be made: it lacks nothing its base asks for."""

from __future__ import annotations

import inspect
from typing import Any

import pytest

from plurel_cli.features.budget import budget_shares
from plurel_cli.features.chains import chains
from plurel_cli.features.determined import determined
from plurel_cli.features.drifts import drifts
from plurel_cli.features.gathering import aggregates
from plurel_cli.features.nulls import null_reasons
from plurel_cli.features.roles import roles
from plurel_cli.features.time_sources import time_sources
from plurel_cli.lenses import ValueLens, lenses
from plurel_cli.marginals import marginals
from plurel_cli.schema.union import OpenUnion

UNIONS = (
    *(budget_shares, chains, determined, drifts, aggregates),
    *(null_reasons, roles, time_sources, lenses, marginals),
)


@pytest.mark.parametrize("union", UNIONS, ids=lambda union: union.noun)
def test_every_kind_can_be_made(union: OpenUnion[Any]) -> None:
    assert union.names()
    assert [kind for kind in union.names() if inspect.isabstract(union.record(kind))] == []


def test_what_lacks_something_is_seen() -> None:
    assert inspect.isabstract(ValueLens)
