"""Parquet files with `croissant.json`, by which MLCommons' tools find their way in a dataset."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from plurel_cli.cards.card import description
from plurel_cli.export.targets import FolderTarget, target
from plurel_cli.export.targets.parquet import write_table
from plurel_cli.schema.foreign_key import ForeignKey

if TYPE_CHECKING:
    from plurel_cli.export.source import ExportSource, Report
    from plurel_cli.schema.column import Column, ColumnType
    from plurel_cli.schema.model import Schema
    from plurel_cli.schema.table import Table

_TYPES: dict[ColumnType, str] = {
    "int64": "sc:Integer",
    "int32": "sc:Integer",
    "float32": "sc:Float",
    "float64": "sc:Float",
    "string": "sc:Text",
    "boolean": "sc:Boolean",
    "date": "sc:Date",
    "datetime[ns]": "sc:DateTime",
    "datetime[us]": "sc:DateTime",
    "datetime[ms]": "sc:DateTime",
}

_CONTEXT: dict[str, Any] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileProperty": "cr:fileProperty",
    "fileObject": "cr:fileObject",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}


@target
class Croissant(FolderTarget):
    """Parquet files with `croissant.json`, the metadata of MLCommons."""

    name: ClassVar[str] = "croissant"
    takes: ClassVar[frozenset[str]] = frozenset({"licence"})

    def write(self, source: ExportSource, folder: Path, report: Report, title: str) -> None:
        schema = source.made
        files = [
            _file(folder, write_table(source, table, folder / table.name, report), table)
            for table in schema.tables
        ]
        document: dict[str, Any] = {
            "@context": _CONTEXT,
            "@type": "sc:Dataset",
            "name": title,
            "description": description(schema),
            "conformsTo": "http://mlcommons.org/croissant/1.0",
            "version": "1.0.0",
            "distribution": files,
            "recordSet": [_records(schema, table) for table in schema.tables],
        }
        if self.options.licence is not None:
            document["license"] = self.options.licence
        text = json.dumps(document, indent=1, ensure_ascii=False)
        (folder / "croissant.json").write_text(f"{text}\n", encoding="utf-8")


def _file(folder: Path, file: Path, table: Table) -> dict[str, str]:
    with file.open("rb") as content:
        total = hashlib.file_digest(content, "sha256").hexdigest()
    return {
        "@type": "cr:FileObject",
        "@id": f"{table.name}.parquet",
        "name": f"{table.name}.parquet",
        "contentUrl": file.relative_to(folder).as_posix(),
        "encodingFormat": "application/x-parquet",
        "contentSize": f"{file.stat().st_size} B",
        "sha256": total,
    }


def _records(schema: Schema, table: Table) -> dict[str, Any]:
    return {
        "@type": "cr:RecordSet",
        "@id": table.name,
        "name": table.name,
        "description": f"{table.rows:,} rows",
        "key": {"@id": f"{table.name}/{table.primary_key}"},
        "field": [_field(schema, table, column) for column in table.columns],
    }


def _field(schema: Schema, table: Table, column: Column) -> dict[str, Any]:
    field: dict[str, Any] = {
        "@type": "cr:Field",
        "@id": f"{table.name}/{column.name}",
        "name": column.name,
        "dataType": _TYPES[column.type],
        "source": {
            "fileObject": {"@id": f"{table.name}.parquet"},
            "extract": {"column": column.name},
        },
    }
    if isinstance(column, ForeignKey):
        parent = schema.by_name[column.references]
        field["references"] = {"field": {"@id": f"{parent.name}/{parent.primary_key}"}}
    return field
