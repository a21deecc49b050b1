"""Numbers of rows of a table that another column names: `owner_type` and `owner_id`.

No foreign key says so, since it would be to several tables. Where the labels of the type are names
of tables, in the singular or plural and in any case, the number becomes a `link` by it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from plurel_cli.intake.columns import StatedColumn, StatedTable
from plurel_cli.intake.guesses import snake
from plurel_cli.intake.keys import HeldTable

_TYPE, _ID = ("_type", "_kind", "_table", "_class"), "_id"


def tell_by_type(held: Mapping[str, HeldTable], stated: Mapping[str, StatedTable]) -> None:
    """State that numbers are of rows of the tables that a type beside them names.

    Parameters
    ----------
    held
        Tables by name.
    stated
        What is stated of their columns, which is changed.
    """
    called = {form: name for name in held for form in _forms(snake(name))}
    for name, table in held.items():
        columns = stated[name].columns
        for column, labels in _types(columns):
            stem = snake(column).rpartition("_")[0]
            number = next((other for other in columns if snake(other) == stem + _ID), None)
            source = table.source.by_name.get(number or "")
            if number is None or source is None or source.kind != "integer":
                continue
            if any(key.name == number for key in (*table.parents, *table.links)):
                continue
            has_type = columns[column].statement.get("nulls") is False
            if not has_type and not columns[number].statement.get("nulls"):
                continue
            tables = {label: _named(label, called) for label in labels}
            if all(one is not None and _counts_rows(held[one]) for one in tables.values()):
                nulls = columns[number].statement.get("nulls", False)
                statement = {"lens": "link", "by": column, "to": tables, "nulls": nulls}
                columns[number] = StatedColumn(statement, columns[number].comment)


def _types(columns: Mapping[str, StatedColumn]) -> Iterator[tuple[str, list[str]]]:
    """Columns that may say of which table a row is, with their labels."""
    for column, one in columns.items():
        if not snake(column).endswith(_TYPE) or one.statement.get("lens") != "category":
            continue
        labels = [*one.statement.get("values", ())]
        if labels and all(isinstance(label, str) for label in labels):
            yield column, labels


def _counts_rows(table: HeldTable) -> bool:
    """Whether the primary key of a table, as the source has it, is the number of the row."""
    return table.primary_key in table.source.by_name


def _named(label: str, called: Mapping[str, str]) -> str | None:
    """The table that a label names, if it names one."""
    forms = sorted(_forms(_last(label)) & called.keys(), key=len)
    return called[forms[-1]] if forms else None


def _last(label: str) -> str:
    """A label as a table may be called by it, without the modules before a class."""
    return snake(label.replace("\\", ".").replace(":", ".").rpartition(".")[2])


def _forms(name: str) -> set[str]:
    """What a table is called by: itself, and its singular."""
    forms = {name, name.removesuffix("s")}
    if name.endswith("ies"):
        forms.add(name[:-3] + "y")
    if name.endswith("es"):
        forms.add(name[:-2])
    return forms
