"""Prisma schemas: models, enumerations, relations, and the join tables that Prisma makes itself.

A field is a line: its name, its type, and attributes. Fields whose type is a model are relations;
those with `fields` are foreign keys, the others only name the other side. Lists on both sides make
a table `_AToB` with the columns `A` and `B`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from plurel_cli.intake.building import Builder
from plurel_cli.intake.definitions import Definition

if TYPE_CHECKING:
    from plurel_cli.intake.picture import Picture

_COMMENT = re.compile(r'(?P<text>"(?:[^"\\\n]|\\.)*")|//[^\n]*|/\*.*?\*/', re.DOTALL)
_BLOCK = re.compile(r"^[ \t]*(\w+)[ \t]+(\w+)[ \t]*\{[ \t]*$(.*?)^[ \t]*\}", re.M | re.DOTALL)
_FIELD = re.compile(r"(\w+)\s+(\w+)(\(\"[^\"]*\"\))?(\[\])?(\?)?\s*(.*)", re.DOTALL)
_ATTRIBUTE = re.compile(r"@(@?[\w.]+)")

_DIALECTS = {
    "postgresql": "postgres",
    "postgres": "postgres",
    "cockroachdb": "postgres",
    "mysql": "mysql",
    "sqlite": "sqlite",
    "sqlserver": "tsql",
}
_TYPES = {
    "String": "text",
    "Int": "integer",
    "BigInt": "bigint",
    "Float": "double precision",
    "Decimal": "decimal(65,30)",
    "Boolean": "boolean",
    "DateTime": "timestamp",
    "Json": "json",
    "Bytes": "blob",
}
_WORDS = {"DoublePrecision": "double precision", "ByteA": "bytea", "ObjectId": "varchar(24)"}


@dataclass
class _Model:
    """A model: what its table is called, and its fields by name."""

    name: str
    table: str
    line: int
    schema: str = ""
    fields: dict[str, _Field] = field(default_factory=dict)
    attributes: list[tuple[str, str]] = field(default_factory=list)

    def columns(self, names: str) -> tuple[str, ...]:
        """Columns of fields, as `[a, b(sort: Desc)]` names them."""
        inside = names[names.find("[") + 1 :].partition("]")[0]
        several = re.findall(r"(?:^|,)\s*(\w+)", re.sub(r"\([^()]*\)", "", inside))
        return tuple(self.fields[n].column if n in self.fields else n for n in several)


@dataclass
class _Field:
    name: str
    type: str
    is_list: bool
    is_optional: bool
    line: int
    attributes: list[tuple[str, str]]

    def argument(self, attribute: str) -> str | None:
        """What stands in the brackets of an attribute; None where there is none."""
        return next((inner for name, inner in self.attributes if name == attribute), None)

    @property
    def column(self) -> str:
        return _text(self.argument("map") or "") or self.name


def read_prisma(text: str, source: str) -> Picture:
    """The schema of a Prisma file.

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
    text = _COMMENT.sub(lambda m: m["text"] or "\n" * m[0].count("\n"), text)
    blocks = [(m[1], m[2], m[3], text[: m.start(3)].count("\n") + 1) for m in _BLOCK.finditer(text)]
    provider = next(
        (re.search(r'provider\s*=\s*"(\w+)"', b) for k, _, b, _ in blocks if k == "datasource"),
        None,
    )
    reader = _PrismaReader(_DIALECTS.get(provider[1] if provider else "", "postgres"))
    for kind, name, body, line in blocks:
        reader.block(kind, name, body, line)
    reader.close()
    return reader.builder.picture(source)


class _PrismaReader:
    def __init__(self, dialect: str) -> None:
        self.builder = Builder(dialect)
        self._models: dict[str, _Model] = {}

    def block(self, kind: str, name: str, body: str, line: int) -> None:
        """Read a block: a model or an enumeration; its lines are counted from that of its head."""
        match kind:
            case "enum":
                lines = [text for _, text in _lines(body, line) if not text.startswith("@@")]
                labels = [
                    _text(dict(_attributes(text)).get("map", "")) or text.split()[0]
                    for text in lines
                ]
                self.builder.enums[name.lower()] = tuple(labels)
            case "model":
                self._models[name] = self._model(name, body, line)
            case "view" | "type":
                self.builder.note(line, f"not read: {kind} {name}")

    def _model(self, name: str, body: str, line: int) -> _Model:
        model = _Model(name, name, line)
        for number, text in _lines(body, line):
            if text.startswith("@@"):
                model.attributes += [(key[1:], inner) for key, inner in _attributes(text)]
                continue
            match = _FIELD.fullmatch(text)
            if match is None:
                self.builder.lose(number, f"a field is not read: {text}")
                continue
            type_ = match[2] + (match[3] or "")
            attributes = [*_attributes(match[6])]
            one = _Field(match[1], type_, bool(match[4]), bool(match[5]), number, attributes)
            model.fields[one.name] = one
        for key, inner in model.attributes:
            if key == "map":
                model.table = _text(inner)
            elif key == "schema":
                model.schema = _text(inner)
        return model

    def close(self) -> None:
        """Make tables of all models, and of lists on both sides of a relation."""
        for model in self._models.values():
            if any(key == "ignore" for key, _ in model.attributes):
                self.builder.note(model.line, f"not read: model {model.name}, which is ignored")
                continue
            self._table(model)
        joined: dict[str, list[_Model]] = {}
        for model in self._models.values():
            for one in model.fields.values():
                if one.is_list and one.type in self._models and self._is_of_many(model, one):
                    other = self._models[one.type]
                    name = _relation(one) or "To".join(sorted((model.name, other.name)))
                    joined[name] = sorted((model, other), key=lambda m: m.name)
        for name, (first, second) in joined.items():
            self._join(name, first, second)

    def _is_of_many(self, model: _Model, one: _Field) -> bool:
        """Whether the other side of a list is a list as well."""
        other = self._models[one.type]
        back = [f for f in other.fields.values() if f.type == model.name and f is not one]
        name = _relation(one)
        back = [f for f in back if _relation(f) == name] if name else back
        return bool(back) and all(f.is_list for f in back)

    def _table(self, model: _Model) -> None:
        table = self.builder.table((model.schema, model.table), model.line)
        for one in model.fields.values():
            if one.argument("ignore") is not None:
                self.builder.note(one.line, f"not read: {one.name}, which is ignored")
            elif one.type not in self._models:
                table.add(self._column(one), one.line, self.builder)
        for one in model.fields.values():
            inner = one.argument("relation")
            names = re.search(r"\bfields\s*:\s*(\[[^\]]*\])", inner or "")
            if one.type not in self._models or names is None:
                continue
            other = self._models[one.type]
            targets = re.search(r"\breferences\s*:\s*(\[[^\]]*\])", inner or "")
            table.references.append(
                (
                    model.columns(names[1]),
                    (other.schema, other.table),
                    other.columns(targets[1]) if targets else (),
                    one.line,
                )
            )
        for key, inner in model.attributes:
            if key == "id":
                table.primary_key = model.columns(inner)
            elif key == "unique":
                table.unique.append(model.columns(inner))

    def _column(self, one: _Field) -> Definition:
        default = one.argument("default")
        column = Definition(one.column, self._type(one), nullable=one.is_optional or one.is_list)
        column.is_primary = one.argument("id") is not None
        column.is_unique = one.argument("unique") is not None
        column.is_identity = default is not None and default.startswith("autoincrement(")
        if default is not None and "(" not in default:
            column.default = re.sub(r'^"(.*)"$', r"'\1'", default)
        return column

    def _type(self, one: _Field) -> str:
        native = next(((k, i) for k, i in one.attributes if k.startswith("db.")), None)
        if native is not None:
            type_ = _native(*native)
        elif one.type.startswith("Unsupported("):
            type_ = _text(one.type[len("Unsupported(") : -1])
        elif one.type == "String" and (one.argument("default") or "").startswith("uuid("):
            type_ = "uuid"
        else:
            type_ = _TYPES.get(one.type, one.type)
        return f"{type_}[]" if one.is_list else type_

    def _join(self, name: str, first: _Model, second: _Model) -> None:
        table = self.builder.table((first.schema, f"_{name}"), first.line)
        for letter, model in (("A", first), ("B", second)):
            key = next((f for f in model.fields.values() if f.argument("id") is not None), None)
            if key is None:
                self.builder.lose(model.line, f"{model.name} has no single key to be joined by")
                return
            table.add(Definition(letter, self._type(key), nullable=False), model.line, self.builder)
            target = (model.schema, model.table)
            table.references.append(((letter,), target, (key.column,), model.line))
        table.primary_key = ("A", "B")


def _lines(body: str, line: int) -> Iterator[tuple[int, str]]:
    """Lines that say something, each with those that its brackets go on over, and its number."""
    begun, depth, start = "", 0, line
    for number, text in enumerate(body.split("\n"), line):
        if not begun:
            start = number
        begun = f"{begun} {text.strip()}".strip()
        bare = re.sub(r'"(?:[^"\\]|\\.)*"', "", text)
        depth += sum(map(bare.count, "([")) - sum(map(bare.count, ")]"))
        if depth <= 0 and begun:
            yield start, begun
            begun, depth = "", 0
    if begun:
        yield start, begun


def _attributes(text: str) -> Iterator[tuple[str, str]]:
    """Attributes, each with what stands in the brackets behind it."""
    at = 0
    while match := _ATTRIBUTE.search(text, at):
        at = match.end()
        inner = ""
        if text[at : at + 1] == "(":
            end = _closing(text, at + 1)
            inner, at = text[at + 1 : end].strip(), end + 1
        yield match[1], inner


def _closing(text: str, at: int) -> int:
    depth = 1
    while at < len(text):
        if text[at] == '"':
            end = re.compile(r'"(?:[^"\\]|\\.)*"').match(text, at)
            at = end.end() if end else len(text)
            continue
        depth += (text[at] == "(") - (text[at] == ")")
        if depth == 0:
            return at
        at += 1
    return len(text)


def _relation(one: _Field) -> str:
    """The name of a relation, which is the first text in its brackets."""
    inner = one.argument("relation") or ""
    match = re.match(r'(?:name\s*:\s*)?"([^"]*)"', inner) or re.search(
        r'name\s*:\s*"([^"]*)"', inner
    )
    return match[1] if match else ""


def _text(inner: str) -> str:
    """A text in quotes, maybe behind `name:`."""
    match = re.search(r'"((?:[^"\\]|\\.)*)"', inner)
    return match[1] if match else ""


def _native(key: str, inner: str) -> str:
    """A type of the database, as SQL has it."""
    word = key.removeprefix("db.")
    if word in _WORDS:
        return _WORDS[word]
    is_unsigned, word = word.startswith("Unsigned"), word.removeprefix("Unsigned").lower()
    brackets = f"({inner})" if inner else ""
    return f"{word}{brackets}" + (" unsigned" if is_unsigned else "")
