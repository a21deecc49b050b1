"""Version 1 of columns had the fields of all roles and forms, and no form where it was `many`."""

from __future__ import annotations

from plurel_cli.schema.lifts.document import Document, records, without_nulls

_HABITS = {"thread": ("root", "recency"), "levels": ("depth", "branching")}
"""What shaped keys to the own table; their other habits said nothing."""


def with_forms(document: Document) -> None:
    """Name the form of every foreign key, and keep of its habits those that it has."""
    for table in records(document, "tables"):
        for column in records(table, "columns"):
            fields = without_nulls(column)
            if fields.get("role") == "foreign_key":
                form = fields.setdefault("form", "many")
                names = _HABITS.get(form) if isinstance(form, str) else None
                if names and isinstance(habits := fields.get("habits"), dict):
                    fields["habits"] = {name: habits[name] for name in names if name in habits}
            column.clear()
            column.update(fields)
