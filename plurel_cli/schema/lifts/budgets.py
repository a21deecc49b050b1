"""Version 1 of a budget was one record with a field for every kind of share."""

from __future__ import annotations

from typing import Any

from plurel_cli.schema.lifts.document import Document, without_nulls

_SHARES = (
    *(("trait", "traits"), ("parent", "parents"), ("memory", "memory"), ("drift", "drift")),
    *(("block", "blocks"), ("noise", "noise"), ("children", "children")),
)
"""Fields, in the order in which shares are added, after that of causes; and their kinds."""

_FIELDS = {"gradual": {"at": "at", "width": "width"}, "local": {"width": "persistence"}}
"""What the numbers of a drift are called; others have `at` alone."""


def budget_of(budget: Document) -> list[Any]:
    """The shares of a budget.

    Parameters
    ----------
    budget
        As version 1 wrote it.
    """
    shares: list[Any] = []
    if causes := budget.get("causes"):
        fields = {"kind": "causes", "share": causes}
        if isinstance(strength := budget.get("strength"), dict):
            fields["strength"] = _moving(strength)
        shares.append(fields)
    for field, kind in _SHARES:
        raw = budget.get(field)
        if isinstance(raw, dict):
            shares.append({"kind": kind, **_share(kind, without_nulls(raw))})
        elif raw:
            shares.append({"kind": kind, "share": raw})
    return shares


def _share(kind: str, raw: Document) -> Document:
    if kind == "drift":
        return _moving(raw)
    if kind == "children" and isinstance(gathered := raw.get("gathered"), dict):
        return {**raw, "gathered": gathered_of(gathered)}
    if kind == "memory":
        chain = {
            "kind": raw.pop("kind", "fading"),
            "number": raw.pop("chain", None),
            "persistence": raw.pop("persistence", None),
        }
        return {**raw, "chain": chain}
    return raw


def _moving(raw: Document) -> Document:
    """A drift, its kind and numbers as a record of its own."""
    raw = without_nulls(raw)
    kind = raw.pop("kind", None)
    numbers = {name: raw.pop(name) for name in ("at", "width") if name in raw}
    names = _FIELDS.get(kind, {"at": "at"}) if isinstance(kind, str) else {}
    drift = {names[name]: value for name, value in numbers.items() if name in names}
    return {**raw, "drift": {"kind": kind, **drift}}


def gathered_of(raw: Document) -> Document:
    """What is gathered of children, its aggregate as the kind."""
    raw = without_nulls(raw)
    return {"kind": raw.pop("aggregate"), **raw} if "aggregate" in raw else raw
