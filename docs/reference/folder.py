"""The folder format, field by field, from the models of `schema.json` and the writers."""

from __future__ import annotations

import inspect
import json
import typing
from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel

from docs.reference.markdown import NOTICE, code, flow, table, words
from plurel_cli import Config, parse_config
from plurel_cli.blocks.frames import polars_type
from plurel_cli.plan import Plan
from plurel_cli.schema.column import Column, ColumnType, Feature, PrimaryKey, TimeColumn
from plurel_cli.schema.foreign_key import ForeignKey
from plurel_cli.schema.forms import forms
from plurel_cli.schema.model import FORMAT_VERSION, Schema
from plurel_cli.schema.sample import sample_schema
from plurel_cli.schema.stages import STAGES
from plurel_cli.schema.union import OpenUnion
from plurel_cli.storage.layout import PARQUET_ROWS
from plurel_cli.storage.parquet import key_metadata
from plurel_cli.storage.relbench import manifest

INTRO = """\
# Folder format

A database is a folder with `schema.json`, which describes it, and one Parquet file per table. Any
reader of JSON and Parquet can read them; none needs plurel.

`schema.json` is the one source of truth and is written last: if it is there, every file that it
lists is complete. `plurel validate` checks that the files contain what it says.

## Layouts

`output.layout` decides where the files are.

| | `flat` | `relbench` |
| --- | --- | --- |
| description | `schema.json` | `schema.json` |
| tables | `<table>.parquet` | `db/<table>.parquet` |
| manifest | none | `manifest.yaml`, from the `temporal` stage on |
| opened by | RelBench 1 and 2 | RelBench 3, the Relational Transformer |

With `output.part_rows`, in the flat layout, a table with more rows than that is a folder of files
in row order, `<table>/part-00000.parquet` and so on. Each except the last has that many rows,
rounded up to a multiple of 262,144. Readers take the folder, or `<table>/*.parquet`, for one table.

With `output.card: true`, a finished database also has a card, as dataset hubs show it: `README.md`,
whose head names a config for each table, and `schema.svg`, its tables and keys as a picture. A
corpus then has a `README.md`, too, and `STATS/databases.parquet`, a row for each database; where
they have tasks, `STATS/tasks.parquet` has a row for each. These are written with the whole index:
by the run that ends the corpus, by `plurel corpus --merge`, and whenever databases are removed or
get tasks.

A finished folder contains nothing else. A run in progress holds a lock, `.<folder>.plurel-lock`,
and writes to a hidden folder next to it, `.<folder>.plurel-new`, which takes the folder's place in
one step. Some folders cannot be replaced: a mount point, the current directory, or a folder whose
owner, mode or attributes a new one could not have. These are filled from a hidden folder inside
them, `.plurel-new`, and `schema.json` is removed first and written last. If a run is killed, the
next run to the same folder removes what is left, or finishes the job if files had begun to move.

In a bucket (`s3://bucket/prefix`, see [Object storage](scale/storage.md)) names and contents are
the same. There, a run in progress writes to the place itself, together with a mark,
`.plurel-unfinished`, and again `schema.json` comes last.
"""

STAGE_INTRO = """\
## Stages

Every stage reads a folder and writes a folder with more columns. From the first stage on,
`schema.json` lists all columns, each with the stage that fills it in, and `stages` says which
stages are done. A Parquet file has the columns of those stages, in the order of `schema.json`.
"""

VALUES = """\
## Values

- Primary keys are 0, 1, 2, … in row order, never null.
- A foreign key holds the primary key of the row that it refers to, so every reference is a row
  number in the parent's table.
- The rows of a table with a time column are in time order, and all its times lie in the window.
- A category is written as an integer from 0 to `categories` − 1, as a label `c0`, `c1`, …, or as a
  boolean that says whether its number is above 0, depending on `features.categorical_as`.
- Numbers are finite. Only columns with `nullable` contain nulls.
"""

FIELDS = f"""\
## schema.json

Version {FORMAT_VERSION}. A reader refuses later versions and unknown fields, and takes earlier
versions. Fields that would be null are left out, so every field without *always* below may be
missing. A column is one of several records, told apart by `role`, and a foreign key by `form`.

After the fields below come two that are of the files, not of the database:

- `digests` has `files`, the digest of each file by its path in the folder, and `columns`, the
  digest of each column's values by table and column. A column's digest depends on its values alone,
  not on compression, on the files that a table is cut into, or on the version of Polars, so it
  compares databases that were made on different machines.
- `seal` is the last line: the digest of all text before it.

All digests are BLAKE2b with 16 bytes, in hexadecimal. `plurel validate` checks them, so it finds
every flipped bit, and `plurel temporal`, `features` and `do` refuse a table that has changed.
Version 1 has none of them; its folders are read and checked as before, and `validate` says what it
cannot see.
A column is hashed in groups of 262,144 rows: the name of the type and the number of rows, a bit for
each row if any is null, and the values, little-endian, with zeros for nulls (labels: lengths as 32
bits, then UTF-8). The digest of the column is that of the groups' digests as text, one after
another.
"""

PARQUET = """\
## Parquet files

| `type` in `schema.json` | Polars | used for |
| --- | --- | --- |
"""

METADATA = f"""\
Row groups have up to {PARQUET_ROWS:,} rows. Each file has three key-value pairs, each with a JSON
value. They are in the Parquet footer, where the Relational Transformer's preprocessor looks for
them, and in the Arrow schema, where pyarrow and therefore RelBench 1 and 2 look:
"""

MANIFEST = """\
## manifest.yaml

Only with `output.layout: relbench`, once the window is drawn. It repeats what RelBench 3 needs from
`schema.json`; `name` is the folder's name at the time of writing.
"""

EXAMPLE = {
    "schema": {"layout": "explicit"},
    "tables": {
        "users": {"rows": 8, "columns": 1},
        "posts": {"rows": 12, "columns": 2, "parents": ["users"]},
    },
    "connectivity": {"levels": 1, "parent_clusters": 2, "child_clusters": 2},
    "features": {
        "scm": {"mode": "eager", "edge_weight": "uniform", "latent_ratio": 2, "latent_extra": 1}
    },
}


def _models(model: type[BaseModel], seen: dict[type[BaseModel], None]) -> None:
    """A model and those within it, outer before inner."""
    seen.setdefault(model)
    if model is Column:
        for kind in (PrimaryKey, TimeColumn, Feature, ForeignKey):
            _models(kind, seen)
    if model is ForeignKey:
        for entry in forms:
            _models(entry.function, seen)
    for field in model.model_fields.values():
        for annotation in (field.annotation, *_unions(None, field.metadata)):
            for inner in _inner(annotation):
                if inner not in seen:
                    _models(inner, seen)


def _unions(annotation: Any, metadata: typing.Iterable[Any] = ()) -> Iterator[OpenUnion[Any]]:
    """Open unions that an annotation names."""
    yield from (its for its in metadata if isinstance(its, OpenUnion))
    for argument in typing.get_args(annotation):
        if isinstance(argument, OpenUnion):
            yield argument
        else:
            yield from _unions(argument)


def _kinds(union: OpenUnion[Any], base: type[BaseModel]) -> str:
    """The kinds of an open union: what each is, and the fields that it has beside the base's."""

    def row(kind: str) -> tuple[str, str, str]:
        record = union.record(kind)
        fields = [
            f"`{name}` ({_type(field.annotation, field.metadata)}): {field.description}"
            for name, field in record.model_fields.items()
            if name not in base.model_fields
        ]
        return code(kind), (inspect.getdoc(record) or "").partition("\n")[0], " ".join(fields)

    return table(("kind", "what", "further fields"), map(row, union.names()))


def _open(models: typing.Iterable[type[BaseModel]]) -> dict[type[BaseModel], OpenUnion[Any]]:
    """Open unions by the record that all their kinds are."""
    fields = [field for model in models for field in model.model_fields.values()]
    several = [its for field in fields for its in _unions(field.annotation, field.metadata)]
    several += [
        its
        for union in several
        for record in union.records()
        for field in record.model_fields.values()
        for its in _unions(field.annotation, field.metadata)
    ]
    return {union.base: union for union in several}


def _inner(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, OpenUnion):
        for record in annotation.records():
            for field in record.model_fields.values():
                yield from _inner(field.annotation)
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in typing.get_args(annotation):
        yield from _inner(argument)


def _type(annotation: Any, metadata: list[Any]) -> str:
    plain = [a for a in typing.get_args(annotation) if a is not type(None)]
    if type(None) in typing.get_args(annotation) and len(plain) == 1:
        annotation = plain[0]
    if typing.get_origin(annotation) is typing.Annotated:
        annotation = typing.get_args(annotation)[0]
    if typing.get_origin(annotation) is tuple:
        inner = _type(typing.get_args(annotation)[0], [])
        return f"list of {inner}"
    if typing.get_origin(annotation) is typing.Annotated:
        return _type(typing.get_args(annotation)[0], [])
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return f"[{annotation.__name__}](#{annotation.__name__.lower()})"
    text = words(annotation, [m for m in metadata if not hasattr(m, "min_length")])
    return text.removeprefix("an ").removeprefix("a ")


def _fields(model: type[BaseModel]) -> str:
    def row(name: str) -> tuple[str, str, str]:
        field = model.model_fields[name]
        is_there = field.is_required() or field.default is not None
        kind = _type(field.annotation, field.metadata) + (", *always*" if is_there else "")
        return code(name), kind, field.description or ""

    known = {
        name: field.annotation
        for base in model.__bases__
        if base in (Column, ForeignKey)
        for name, field in base.model_fields.items()
    }
    fields = model.model_fields
    names = [name for name in fields if known.get(name) != fields[name].annotation]
    return table(("field", "type", "what"), map(row, names))


def _bases(model: type[BaseModel]) -> str:
    """What is said of the fields that a kind of column has from another."""
    bases = [base.__name__ for base in model.__bases__ if base in (Column, ForeignKey)]
    return "".join(f" It has the fields of [{name}](#{name.lower()}), and:" for name in bases)


def _example() -> Schema:
    return Plan.whole(parse_config(EXAMPLE), 20).schema


def _stages() -> str:
    filled: dict[str, dict[str, None]] = {stage: {} for stage in STAGES}
    schema = sample_schema(Config.model_validate({"schema": {"tables": 20}}), 0)
    for each in schema.tables:
        for column in each.columns:
            filled[column.stage].setdefault(column.role.replace("_", " ") + " columns")
    files = {"schema": "`schema.json` alone"}
    rows = ((code(s), ", ".join(filled[s]) or files.get(s, "no columns")) for s in STAGES)
    return table(("stage", "fills"), rows)


def _types() -> str:
    uses = {
        "int64": "keys",
        "int32": "categories as integers",
        "float32": "numerical features",
        "string": "categories as labels",
        "boolean": "categories as booleans",
        "datetime[ns]": "times: nanoseconds, no time zone",
        "datetime[us]": "times with `output.time_unit: us`",
        "datetime[ms]": "times with `output.time_unit: ms`",
    }
    return "".join(
        f"| `{name}` | `{polars_type(name)!r}` | {uses.get(name, '')} |\n"
        for name in typing.get_args(ColumnType)
    )


def _metadata(schema: Schema) -> str:
    posts = schema.by_name["posts"]
    what = {
        "pkey_col": "name of the primary key",
        "fkey_col_to_pkey_table": "table referred to, by foreign key",
        "time_col": "name of the time column; `null` before the stage that fills it, or for none",
    }
    rows = (
        (code(key), what.get(key, ""), code(json.dumps(value)))
        for key, value in key_metadata(posts, posts.columns).items()
    )
    return table(("key", "what", "example"), rows)


def _manifest(schema: Schema) -> str:
    lines = [f"{key}: {flow(value)}" for key, value in manifest(schema, "my-database").items()]
    return "```yaml\n" + "\n".join(lines) + "\n```\n"


def _schema_example(schema: Schema) -> str:
    data = json.loads(schema.to_json()) | {"config": "…"}
    return "```json\n" + _folded(data) + "\n```\n"


def _folded(value: Any, indent: int = 0) -> str:
    """JSON in which what fits in a line is on one."""
    line = json.dumps(value, ensure_ascii=False)
    if len(line) + indent <= 120 or not isinstance(value, dict | list):
        return line
    pad = " " * (indent + 1)
    if isinstance(value, list):
        body = ",\n".join(pad + _folded(item, indent + 1) for item in value)
        return f"[\n{body}\n{' ' * indent}]"
    body = ",\n".join(f'{pad}"{key}": {_folded(v, indent + 1)}' for key, v in value.items())
    return f"{{\n{body}\n{' ' * indent}}}"


def page() -> str:
    """The page."""
    schema = _example()
    models: dict[type[BaseModel], None] = {}
    _models(Schema, models)
    parts = [
        NOTICE.format(source="plurel_cli/schema/*.py and docs/reference/folder.py"),
        INTRO,
        STAGE_INTRO,
        _stages(),
        VALUES,
        FIELDS,
    ]
    unions = _open(models)
    for model in models:
        about = (inspect.getdoc(model) or "").partition("\n")[0]
        parts += [f"### {model.__name__}\n\n{about}{_bases(model)}\n", _fields(model)]
        if model in unions:
            parts.append(_kinds(unions[model], model))
    parts += [
        "An example, with two tables:\n",
        _schema_example(schema),
        PARQUET + _types(),
        METADATA,
        _metadata(schema),
        MANIFEST,
        _manifest(schema),
    ]
    return "\n".join(parts)
