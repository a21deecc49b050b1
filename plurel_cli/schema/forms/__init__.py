"""Forms of foreign keys, one module a form: how the rows of a table refer to those of another."""

from __future__ import annotations

from plurel_cli.choices.registry import Registry
from plurel_cli.schema.foreign_key import ForeignKey

forms: Registry[type[ForeignKey]] = Registry("form", __name__)


def names(*, to_self: bool) -> tuple[str, ...]:
    """Names of the forms of keys to the own table, or of those to others, the default first."""
    fitting = [entry for entry in forms if entry.function.to_self is to_self]
    return tuple(e.name for e in sorted(fitting, key=lambda e: not e.function.by_default))


def form_of(name: str | None, *, to_self: bool) -> type[ForeignKey]:
    """The form of a name, or the default one.

    Parameters
    ----------
    name
        A form's name; None for the default.
    to_self
        Whether the key refers to its own table.

    Returns
    -------
    type of ForeignKey
        The record of such a key.
    """
    return forms[name or names(to_self=to_self)[0]].function
