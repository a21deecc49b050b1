"""Records with some fields changed are as `dataclasses.replace` makes them."""

from __future__ import annotations

import dataclasses

import pytest

from plurel_cli.features.engine.attempts import Attempt
from plurel_cli.features.engine.changed import replace
from plurel_cli.features.engine.fits import NodeFit, TableFit
from plurel_cli.features.roles.computed import ComputedNode

NODE = ComputedNode.of_values(kind="numerical")


@pytest.mark.parametrize("changes", [{}, {"held": 2.0}, {"held": 2.0, "scales": {"a": 1}}])
def test_a_changed_record_is_as_the_library_makes_it(changes: dict[str, object]) -> None:
    before = NodeFit(NODE, held=1.0)
    assert replace(before, **changes) == dataclasses.replace(before, **changes)  # type: ignore[arg-type]
    assert before == NodeFit(NODE, held=1.0)


def test_a_field_that_is_none_is_refused() -> None:
    with pytest.raises(TypeError, match="NodeFit has no field"):
        replace(NodeFit(NODE), hold=1.0)


@pytest.mark.parametrize("kind", [NodeFit, TableFit, Attempt])
def test_records_that_are_changed_hold_their_fields_alone(kind: type) -> None:
    assert kind.__dictoffset__ != 0
    assert not hasattr(kind, "__post_init__")
    names = {name for base in kind.__mro__ for name in vars(base)}
    assert not any(hasattr(getattr(kind, name), "attrname") for name in names - {"__dict__"})
