"""DBML, the language of dbdiagram.io: tables, references and enumerations."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from plurel_cli.intake.building import Builder
from plurel_cli.intake.definitions import Definition
from plurel_cli.intake.open_tables import OpenTable
from plurel_cli.intake.pieces import Pieces, elements

if TYPE_CHECKING:
    from plurel_cli.intake.picture import Picture

_COMMENT = re.compile(
    r"(?P<text>'''.*?'''|'(?:[^'\\\n]|\\.)*'|\"[^\"\n]*\"|`[^`]*`)|//[^\n]*|/\*.*?\*/", re.DOTALL
)
_BLOCK = re.compile(
    r"\b(Table|TableGroup|TablePartial|Enum|Ref|Project|Note)\b((?:\[[^\]]*\]|[^{}:\[])*)([{:])",
    re.IGNORECASE,
)
_NAME = r"(?:\"[^\"]+\"|[\w$]+)"
_PATH = re.compile(rf"({_NAME}(?:\.{_NAME})*)\.\(?({_NAME}(?:\s*,\s*{_NAME})*)\)?")
_ALIAS = re.compile(rf"\bas\s+({_NAME})", re.IGNORECASE)
_ARROW = re.compile(r"\s*(<>|[<>-])\s*")


def read_dbml(text: str, source: str) -> Picture:
    """The schema of a DBML file.

    Parameters
    ----------
    text
        The file.
    source
        What it is called.

    Returns
    -------
    Picture
    """
    reader = _DbmlReader(_without_comments(text))
    reader.read()
    return reader.builder.picture(source)


def _without_comments(text: str) -> str:
    def kept(match: re.Match[str]) -> str:
        return match["text"] or "\n" * match[0].count("\n")

    return _COMMENT.sub(kept, text)


class _DbmlReader:
    def __init__(self, text: str) -> None:
        self._text = text
        self.builder = Builder("postgres")
        self._called: dict[str, tuple[str, str]] = {}

    def read(self) -> None:
        """Read enumerations, then tables, then references: each may name what comes later."""
        blocks = [*self._blocks()]
        for kind, _, head, body in blocks:
            if kind == "table" and (match := _ALIAS.search(head)):
                self._called[_plain(match[1])] = Pieces(head).full_name()
            if kind == "enum":
                labels = [Pieces(line).name() for line in body.splitlines() if line.strip()]
                self.builder.enums[Pieces(head).full_name()[1].lower()] = tuple(labels)
        for kind, line, head, body in blocks:
            if kind == "table":
                self._table(head, body, line)
        for kind, line, _, body in self._blocks():  # with those that tables have added
            if kind == "ref":
                for one in body.splitlines():
                    self._reference(one.strip(), line)

    def _blocks(self) -> list[tuple[str, int, str, str]]:
        """Kind, line, head and body of all blocks that are in no other."""
        blocks, at = [], 0
        while match := _BLOCK.search(self._text, at):
            line = self._text[: match.start()].count("\n") + 1
            if match[3] == ":":
                end = self._text.find("\n", match.end())
                end = len(self._text) if end < 0 else end
                body = self._text[match.end() : end]
            else:
                end = _closing(self._text, match.end())
                body = self._text[match.end() : end]
            blocks.append((match[1].lower(), line, match[2].strip(), body))
            at = end + 1
        return blocks

    def _table(self, head: str, body: str, line: int) -> None:
        table = self.builder.table(Pieces(head).full_name(), line)
        number = line
        at = 0
        while at < len(body):
            end = body.find("\n", at)
            end = len(body) if end < 0 else end
            text = body[at:end].strip()
            if re.match(r"indexes\s*\{", text, re.IGNORECASE):
                end = _closing(body, body.index("{", at) + 1)
                self._indexes(table, body[body.index("{", at) + 1 : end])
                end += 1
            elif match := re.match(r"note\s*:\s*'+(.*?)'+\s*\Z", text, re.IGNORECASE):
                table.comment = match[1]
            elif text and not re.match(r"(?:note|checks)\s*[{:]", text, re.IGNORECASE):
                self._column(table, text, number)
            number += body[at : end + 1].count("\n")
            at = end + 1

    def _column(self, table: OpenTable, text: str, line: int) -> None:
        settings = ""
        match = re.search(r"\[([^\[\]]*(?:'[^']*'[^\[\]]*)*)\]\s*\Z", text)
        if match is not None and match[1].strip():
            settings, text = match[1], text[: match.start()]
        pieces = Pieces(text)
        column = Definition(pieces.name(), pieces.rest.strip().strip('"'))
        for _, setting in elements(settings):
            self._setting(table, column, setting.strip(), line)
        table.add(column, line, self.builder)

    def _setting(self, table: OpenTable, column: Definition, text: str, line: int) -> None:
        word, _, value = text.partition(":")
        match word.strip().lower():
            case "pk" | "primary key":
                column.is_primary, column.nullable = True, False
            case "not null":
                column.nullable = False
            case "unique":
                column.is_unique = True
            case "increment":
                column.is_identity = True
            case "note":
                column.comment = value.strip().strip("'")
            case "default":
                column.default = value.strip().strip("`")
            case "check":
                column.checks.append(value.strip().strip("`"))
            case "ref":
                arrow = _ARROW.match(value)
                target = _PATH.search(value)
                if arrow is None or target is None:
                    self.builder.lose(line, f"a reference is not read: {text}")
                elif arrow[1] in (">", "-"):
                    column.references.append((self._place(target[1]), (_plain(target[2]),)))
                    column.is_unique = column.is_unique or arrow[1] == "-"
                else:
                    source = f'"{table.name}"."{column.name}"'
                    self._later(target[0], source, line)

    def _later(self, child: str, parent: str, line: int) -> None:
        """A reference that stands at the table referred to: it is read with the others."""
        self._text += f"\nRef: {child} > {parent}\n"

    def _indexes(self, table: OpenTable, body: str) -> None:
        for text in filter(None, map(str.strip, body.splitlines())):
            match = re.match(rf"\(?\s*({_NAME}(?:\s*,\s*{_NAME})*)\s*\)?\s*\[(.*)\]", text)
            if match is None:
                continue
            names = tuple(_plain(name) for name in match[1].split(","))
            settings = match[2].lower()
            if re.search(r"\bpk\b", settings):
                table.primary_key = names
            elif re.search(r"\bunique\b", settings):
                table.unique.append(names)

    def _reference(self, text: str, line: int) -> None:
        sides = [*_PATH.finditer(text)]
        if len(sides) != 2:
            return
        left, right = sides
        arrow = text[left.end() : right.start()].strip()
        if arrow == "<":
            left, right, arrow = right, left, ">"
        if arrow == "<>":
            self._junction(left, right, line)
            return
        table = self.builder.find(self._place(left[1]))
        if table is None or arrow not in (">", "-"):
            self.builder.lose(line, f"a reference is not read: {text}")
            return
        columns = tuple(_plain(name) for name in left[2].split(","))
        targets = tuple(_plain(name) for name in right[2].split(","))
        table.references.append((columns, self._place(right[1]), targets, line))
        if arrow == "-":
            table.unique.append(columns)

    def _place(self, path: str) -> tuple[str, str]:
        """The table that a path names, by whatever it is called."""
        name = Pieces(path).full_name()
        return self._called.get(name[1], name)

    def _junction(self, left: re.Match[str], right: re.Match[str], line: int) -> None:
        """The table that many rows of two others refer to one another by."""
        sides = [(self.builder.find(self._place(side[1])), side) for side in (left, right)]
        names = [table.name for table, _ in sides if table is not None]
        if len(names) < 2 or "," in left[2] + right[2]:
            self.builder.lose(line, f"a reference is not read: {left[0]} <> {right[0]}")
            return
        junction = self.builder.table(("", "_".join(names)), line)
        for k, (table, side) in enumerate(sides):
            target = _plain(side[2])
            column = f"{names[k]}_{target}" + ("_2" if k and names[0] == names[1] else "")
            of = {c.name: c.type for c in table.columns} if table is not None else {}
            definition = Definition(column, of.get(target, "int"), nullable=False)
            definition.references.append((("", names[k]), (target,)))
            junction.add(definition, line, self.builder)
        junction.primary_key = tuple(column.name for column in junction.columns)


def _closing(text: str, at: int) -> int:
    """Where the bracket closes that was opened before."""
    depth = 1
    while at < len(text):
        if text.startswith("'''", at):
            at = text.find("'''", at + 3) + 2
        elif text[at] in "'\"`":
            end = text.find(text[at], at + 1)
            at = len(text) if end < 0 else end
        depth += (text[at : at + 1] == "{") - (text[at : at + 1] == "}")
        if depth == 0:
            return at
        at += 1
    return len(text)


def _plain(name: str) -> str:
    return name.strip().strip('"')
