"""A table to which statements add: its columns, keys and conditions, and what changes them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from plurel_cli.intake.definitions import Definition
from plurel_cli.intake.picture import SourceColumn

if TYPE_CHECKING:
    from plurel_cli.intake.building import Builder

FullName = tuple[str, str]
"""A schema, which may be empty, and a name in it."""


@dataclass
class OpenTable:
    """A table to which statements add.

    Attributes
    ----------
    computed
        Of a column, what the database computes it by, as it is written.
    """

    name: str
    schema: str
    line: int
    columns: list[SourceColumn] = field(default_factory=list)
    primary_key: tuple[str, ...] = ()
    unique: list[tuple[str, ...]] = field(default_factory=list)
    references: list[tuple[tuple[str, ...], FullName, tuple[str, ...], int]] = field(
        default_factory=list
    )
    checks: list[tuple[str, int]] = field(default_factory=list)
    computed: dict[str, str] = field(default_factory=dict)
    comment: str = ""
    rows: int | None = None

    def add(self, definition: Definition, line: int, builder: Builder) -> None:
        """Add a column, and what its definition says of keys.

        Parameters
        ----------
        definition
            What it says.
        line
            Where it is.
        builder
            Types that the schema defines.
        """
        name = definition.name
        if self._index(name) is not None:
            text = f"a second column of {self.name} that only its case tells apart"
            builder.lose(line, f"{text} is left out: {name}")
            return
        facts = builder.facts(definition)
        is_identity = facts.is_identity or definition.is_identity
        self.columns.append(
            SourceColumn(
                name=name,
                type=" ".join(definition.type.split()),
                nullable=definition.nullable and not is_identity,
                default=definition.default,
                comment=definition.comment,
                line=line,
                **(facts.fields | {"is_identity": is_identity, "counter": definition.counter}),
            )
        )
        if definition.is_primary:
            self.primary_key = (name,)
        if definition.is_unique:
            self.unique.append((name,))
        for table, targets in definition.references:
            self.references.append(((name,), table, targets, line))
        self.checks += [(check, line) for check in definition.checks]
        if definition.computed is not None:
            self.computed[name] = definition.computed

    def redefine(
        self, definition: Definition, line: int, builder: Builder, before: str | None = None
    ) -> None:
        """Define a column anew, or what there is to change of it.

        Parameters
        ----------
        definition
            What is said of it now.
        line
            Where it is.
        builder
            Types that the schema defines.
        before
            What it was called.
        """
        at = self._index(before or definition.name)
        if at is None:
            self.add(definition, line, builder)
            return
        old = self.columns[at]
        del self.columns[at]
        if not definition.type:
            definition.type = old.type
        self.add(definition, line, builder)
        new = self.columns.pop()
        self.columns.insert(at, replace(new, comment=new.comment or old.comment))

    def retype(self, name: str, type_: str, builder: Builder) -> None:
        """Give a column another type.

        Parameters
        ----------
        name
            The column.
        type_
            Its type.
        builder
            Types that the schema defines.
        """
        facts = builder.facts(Definition(name, type_))
        self.set(name, type=type_, **{k: v for k, v in facts.fields.items() if k != "is_identity"})

    def set(self, name: str, **changes: Any) -> None:
        """Change what is known of a column.

        Parameters
        ----------
        name
            The column.
        **changes
            What is known now, by the names that `SourceColumn` has for it.
        """
        at = self._index(name)
        if at is not None:
            self.columns[at] = replace(self.columns[at], **changes)

    def inherit(self, other: OpenTable, *, with_keys: bool = False) -> None:
        """Take the columns of another table.

        Parameters
        ----------
        other
            The other table.
        with_keys
            Whether to take its keys as well.
        """
        self.columns = [*other.columns, *self.columns]
        self.computed = {**other.computed, **self.computed}
        self.checks = [*other.checks, *self.checks]
        if with_keys:
            self.primary_key = other.primary_key
            self.unique += other.unique

    def drop_column(self, name: str) -> bool:
        """Take a column away, with all that is said of it; false where conditions name it."""
        if any(re.search(rf"\b{re.escape(name)}\b", text, re.I) for text, _ in self.checks):
            return False
        key = name.lower()
        self.columns = [column for column in self.columns if column.name.lower() != key]
        self.primary_key = tuple(n for n in self.primary_key if n.lower() != key)
        self.unique = [u for u in self.unique if key not in map(str.lower, u)]
        self.references = [r for r in self.references if key not in map(str.lower, r[0])]
        return True

    def rename_column(self, name: str, to: str) -> bool:
        """Give a column another name.

        Parameters
        ----------
        name
            What it is called.
        to
            What it is called from now on.

        Returns
        -------
        bool
            False where conditions or computed columns name it.
        """
        texts = [*(text for text, _ in self.checks), *self.computed.values()]
        if any(re.search(rf"\b{re.escape(name)}\b", text, re.I) for text in texts):
            return False

        def named(names: tuple[str, ...]) -> tuple[str, ...]:
            return tuple(to if one.lower() == name.lower() else one for one in names)

        at = self._index(name)
        if at is not None:
            self.columns[at] = replace(self.columns[at], name=to)
        self.primary_key = named(self.primary_key)
        self.unique = [named(names) for names in self.unique]
        self.references = [
            (named(names), place, targets, at) for names, place, targets, at in self.references
        ]
        return True

    def _index(self, name: str) -> int | None:
        names = [column.name.lower() for column in self.columns]
        return names.index(name.lower()) if name.lower() in names else None
