"""Diagrams of a database's schema, which other programs draw."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from plurel_cli.export import export as text_of
from plurel_cli.export.targets import FileTarget, target

if TYPE_CHECKING:
    from plurel_cli.export.source import ExportSource, Report


class _Diagram(FileTarget):
    """A file that a format of schemas gives."""

    def write(self, source: ExportSource, file: Path, report: Report) -> None:
        file.write_text(text_of(source.schema, self.name), encoding="utf-8")


@target
class Dbml(_Diagram):
    """The schema in DBML, which dbdiagram.io and others read."""

    name: ClassVar[str] = "dbml"
    suffix: ClassVar[str] = ".dbml"


@target
class Mermaid(_Diagram):
    """The schema as a Mermaid diagram, which Markdown viewers draw."""

    name: ClassVar[str] = "mermaid"
    suffix: ClassVar[str] = ".mmd"


@target
class Svg(_Diagram):
    """A drawing of the schema."""

    name: ClassVar[str] = "svg"
    suffix: ClassVar[str] = ".svg"


@target
class Dot(_Diagram):
    """The schema as a graph, which Graphviz draws."""

    name: ClassVar[str] = "dot"
    suffix: ClassVar[str] = ".dot"
