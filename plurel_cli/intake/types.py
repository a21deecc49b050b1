"""What a column of a type holds, whatever a dialect calls the type."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from plurel_cli.intake.picture import ColumnKind
from plurel_cli.intake.pieces import Pieces, elements, string_of

_BITS: dict[str, int] = {
    **dict.fromkeys(("tinyint", "int1", "utinyint", "byteint"), 8),
    **dict.fromkeys(("smallint", "int2", "smallserial", "serial2", "usmallint", "short"), 16),
    **dict.fromkeys(("mediumint", "middleint", "int3"), 24),
    **dict.fromkeys(("int", "integer", "int4", "serial", "serial4", "uinteger", "signed"), 32),
    **dict.fromkeys(("bigint", "int8", "bigserial", "serial8", "ubigint", "int64", "long"), 64),
    **dict.fromkeys(("hugeint", "uhugeint", "oid", "int128"), 64),
}
_KINDS: dict[str, ColumnKind] = {
    **dict.fromkeys(_BITS, "integer"),
    "year": "integer",
    **dict.fromkeys(("decimal", "numeric", "dec", "fixed", "number", "bignumeric"), "decimal"),
    **dict.fromkeys(("money", "smallmoney", "bigdecimal"), "decimal"),
    **dict.fromkeys(("float", "real", "double", "float4", "float8", "float64", "float32"), "float"),
    **dict.fromkeys(("binary_float", "binary_double"), "float"),
    **dict.fromkeys(("boolean", "bool", "bit", "logical"), "boolean"),
    **dict.fromkeys(("char", "character", "nchar", "bpchar", "varchar", "varchar2"), "text"),
    **dict.fromkeys(("nvarchar", "nvarchar2", "text", "tinytext", "mediumtext"), "text"),
    **dict.fromkeys(("longtext", "ntext", "clob", "nclob", "string", "citext", "name"), "text"),
    **dict.fromkeys(("sysname", "enum", "set", "varying", "long varchar", "str"), "text"),
    **dict.fromkeys(("uuid", "uniqueidentifier", "guid"), "uuid"),
    **dict.fromkeys(("date", "date32"), "date"),
    **dict.fromkeys(("timestamp", "timestamptz", "datetime", "datetime2"), "timestamp"),
    **dict.fromkeys(("smalldatetime", "datetimeoffset", "timestamp_ntz"), "timestamp"),
    **dict.fromkeys(("timestamp_ltz", "timestamp_tz", "timestamp_s", "timestamp_ms"), "timestamp"),
    **dict.fromkeys(("timestamp_ns", "timestamp_us", "datetime64"), "timestamp"),
    **dict.fromkeys(("time", "timetz"), "time"),
    **dict.fromkeys(("json", "jsonb", "variant", "object", "super"), "json"),
    **dict.fromkeys(("inet", "cidr", "inet6", "inet4"), "ip"),
    **dict.fromkeys(("macaddr", "macaddr8"), "mac"),
    "interval": "interval",
    **dict.fromkeys(("bytea", "blob", "tinyblob", "mediumblob", "longblob", "binary"), "binary"),
    **dict.fromkeys(("varbinary", "image", "raw", "bytes", "bfile", "rowversion"), "binary"),
    **dict.fromkeys(("array", "struct", "map", "list", "union"), "array"),
}
_FIXED = {"char", "character", "nchar", "bpchar"}
_LONGEST = {"tinytext": 255, "sysname": 128, "name": 63}
_PREFIXES = {"national", "long", "native"}


@dataclass(frozen=True)
class TypeFacts:
    """What a type says, by the names that `SourceColumn` has for it."""

    kind: ColumnKind
    length: int | None = None
    is_fixed: bool = False
    bits: int | None = None
    is_unsigned: bool = False
    precision: int | None = None
    scale: int | None = None
    labels: tuple[str, ...] = ()
    is_identity: bool = False

    @property
    def fields(self) -> dict[str, Any]:
        """As arguments of `SourceColumn`."""
        return dict(vars(self))


def facts_of(type_: str, dialect: str) -> TypeFacts:
    """What a type says.

    Parameters
    ----------
    type_
        As a column has it.
    dialect
        Of SQL.

    Returns
    -------
    TypeFacts
        Of kind `other`, where nobody knows the type.

    Examples
    --------
    >>> facts_of("character varying(40)", "postgres").length
    40
    >>> facts_of("tinyint(1)", "mysql").kind, facts_of("NUMBER(5)", "oracle").precision
    ('boolean', 5)
    """
    pieces = Pieces(type_)
    word = pieces.name().lower()
    if word in _PREFIXES and pieces.peek().isalpha():
        word = pieces.name().lower()
    if pieces.peek() == "<" or re.search(r"\[\d*\]\s*\Z|\bARRAY\s*\Z", type_, re.IGNORECASE):
        return TypeFacts("array")
    is_varying = pieces.takes("VARYING") or "var" in word
    inner = pieces.brackets()
    arguments = [element for _, element in elements(inner or "")]
    rest = pieces.rest.upper()
    kind = _KINDS.get(word, "other")
    if dialect == "tsql" and word == "timestamp":
        return TypeFacts("binary")
    if word in ("enum", "set"):
        return TypeFacts("text", labels=tuple(string_of(a) for a in arguments if "'" in a))
    numbers = [int(m[0]) for a in arguments if (m := re.match(r"\d+", a))]
    if word == "bit" and numbers and numbers[0] > 1:
        return TypeFacts("other")
    match kind:
        case "binary" if numbers:
            return TypeFacts(kind, length=numbers[0])
        case "integer":
            if word == "tinyint" and numbers == [1] and dialect != "tsql":
                return TypeFacts("boolean")
            is_unsigned = "UNSIGNED" in rest or word.startswith("u") or (
                word == "tinyint" and dialect == "tsql"
            )  # fmt: skip
            bits = 64 if dialect == "sqlite" and word in ("int", "integer") else _BITS.get(word)
            if dialect == "oracle" and word in ("int", "integer", "smallint"):
                bits = 64
            if word == "year":
                bits = 16
            return TypeFacts(kind, bits=bits, is_unsigned=is_unsigned, is_identity="serial" in word)
        case "decimal":
            return _decimal(word, numbers)
        case "float":
            return TypeFacts(kind, is_unsigned="UNSIGNED" in rest)
        case "text":
            length = numbers[0] if numbers else _LONGEST.get(word)
            is_fixed = word in _FIXED and not is_varying
            if is_fixed and length is None:
                length = 1
            return TypeFacts(kind, length=length, is_fixed=is_fixed)
    return TypeFacts(kind)


def _decimal(word: str, numbers: list[int]) -> TypeFacts:
    if word in ("money", "smallmoney"):
        return TypeFacts("decimal", precision=19 if word == "money" else 10, scale=2)
    precision = numbers[0] if numbers else None
    scale = numbers[1] if len(numbers) > 1 else 0 if numbers else None
    if scale == 0:
        return TypeFacts("integer", bits=64, precision=precision)
    return TypeFacts("decimal", precision=precision, scale=scale)


def by_affinity(type_: str) -> TypeFacts:
    """What SQLite takes a type for that it does not know."""
    if "INT" in type_:
        return TypeFacts("integer", bits=64)
    if any(word in type_ for word in ("CHAR", "CLOB", "TEXT")):
        return TypeFacts("text")
    if "BLOB" in type_:
        return TypeFacts("binary")
    if any(word in type_ for word in ("REAL", "FLOA", "DOUB")):
        return TypeFacts("float")
    return TypeFacts("decimal")
