"""Schemas that nobody wrote: each is held with all that it demands, or what is lost is named."""

from __future__ import annotations

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from plurel_cli import generate, parse_config
from plurel_cli.intake.ddl import read_ddl
from plurel_cli.intake.writer import checked
from tests.intake.loading import load

TYPES = (
    *("int", "bigint", "smallint", "varchar(5)", "varchar(40)", "text", "char(3)", "numeric(6,2)"),
    *("date", "timestamp", "boolean", "uuid", "jsonb", "double precision", "text[]"),
)
NAMES = (
    *("code", "name", "email", "created_at", "status", "price", "qty", "day", "note", "city"),
    *("kind", "x", "start_date", "end_date", "level", "position", "title"),
)
NUMBERS, TEXTS = ("int", "smallint", "numeric(6,2)"), ("varchar(40)", "text", "char(3)", "uuid")
CHECKS = st.sampled_from([">= 0", "> 0", "BETWEEN 1 AND 90", "< 50", "<> 0"])

Column = tuple[str, str]


@st.composite
def schemas(draw: st.DrawFn) -> str:
    """Tables with keys of all sorts, references to earlier ones and to themselves."""
    statements: list[str] = []
    keys: dict[str, list[Column]] = {}
    for number in range(draw(st.integers(1, 4))):
        table = f"t{number}"
        columns = [
            (name, draw(st.sampled_from(TYPES)))
            for name in draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=5, unique=True))
        ]
        lines = []
        for name, type_ in columns:
            words = [name, type_, *draw(st.sampled_from([[], ["NOT NULL"]]))]
            if type_ in NUMBERS and draw(st.booleans()):
                words.append(f"CHECK ({name} {draw(CHECKS)})")
            lines.append(" ".join(words))
        referring: list[Column] = []
        for k, parent in enumerate(draw(st.lists(st.sampled_from([*keys] or [""]), max_size=3))):
            if not parent:
                continue
            added = [(f"{parent}_{name}_{k}", type_) for name, type_ in keys[parent]]
            end = draw(st.sampled_from(["", " NOT NULL"]))
            lines += [f"{name} {type_}{end}" for name, type_ in added]
            names = ", ".join(name for name, _ in added)
            targets = ", ".join(name for name, _ in keys[parent])
            lines.append(f"FOREIGN KEY ({names}) REFERENCES {parent} ({targets})")
            referring = referring or added
        texts = [column for column in columns if column[1] in TEXTS]
        key = draw(st.sampled_from(["number", "text", "both", "reference"]))
        primary = [("id", "int")]
        if key == "text" and texts:
            primary = texts[:1]
        elif key == "both" and referring:
            primary = [*referring, columns[0]]
        elif key == "reference" and referring:
            primary = referring
        else:
            lines.append("id int")
        lines.append(f"PRIMARY KEY ({', '.join(name for name, _ in primary)})")
        if len(columns) > 1 and draw(st.booleans()):
            lines.append(f"UNIQUE ({columns[0][0]}, {columns[1][0]})")
        if len(primary) == 1 and draw(st.booleans()):
            (name, type_), end = primary[0], draw(st.sampled_from(["", " NOT NULL"]))
            lines.append(f"up {type_}{end}")
            lines.append(f"FOREIGN KEY (up) REFERENCES {table} ({name})")
        keys[table] = primary
        statements.append(f"CREATE TABLE {table} (\n  " + ",\n  ".join(lines) + "\n);")
    return "\n".join(statements)


@settings(max_examples=25, deadline=None)
@given(schemas(), st.integers(0, 99))
def test_rows_break_nothing_that_is_not_named_as_lost(schema: str, seed: int) -> None:
    picture = read_ddl(schema, "x.sql", "postgres")
    result = checked(picture, 0.02)
    if not result.lost:
        load(picture, dict(generate(parse_config(yaml.safe_load(result.text)), seed).tables))
