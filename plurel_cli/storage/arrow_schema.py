"""Key-value metadata where pyarrow looks for it.

A Parquet file written by Polars holds an Arrow schema message, and pyarrow takes a table's metadata
from that message alone, where Polars puts none. Here the message, a flatbuffer, is written with the
metadata. What it says of a column's type is taken from Polars' own message for a column of that
type, which goes along as it is.
"""

from __future__ import annotations

import base64
import io
import json
import struct
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import polars as pl

_KEY = "ARROW:schema"
_CONTINUATION = b"\xff\xff\xff\xff"
_SCHEMA_HEADER = 1  # the Message.header union's tag for a Schema

_OF_MESSAGE = struct.pack("<5H2x", 10, 12, 8, 10, 4)
_OF_SCHEMA = struct.pack("<5H2x", 10, 12, 0, 4, 8)
_OF_PAIR = struct.pack("<4H", 8, 12, 4, 8)
_OF_FIELD = struct.pack("<8H", 16, 20, 4, 17, 16, 8, 0, 12)
"""Where the parts of a table are, after sizes of this and of the table: of a `Message` its version,
type and header; of a `Schema`, after the order of bytes, fields and metadata; of a `KeyValue` both;
of a `Field` name, nullability, kind and data of the type, no dictionary, and children. Each stands
behind all that points to its tables, as Polars' reader needs it."""

_MESSAGE = 4 + len(_OF_MESSAGE)
_SCHEMA = _MESSAGE + 12 + len(_OF_SCHEMA)
_PAIRS = _SCHEMA + 12
"""Positions of the message, the schema, and the list of pairs."""


class _Reader:
    """The few parts of a flatbuffer that are read."""

    def __init__(self, data: bytes) -> None:
        self.data = data

    def _unpack(self, kind: str, position: int) -> int:
        return int(struct.unpack_from("<" + kind, self.data, position)[0])

    def follow(self, position: int) -> int:
        """Target of the offset stored at a position."""
        return position + self._unpack("I", position)

    def field(self, table: int, slot: int) -> int | None:
        """Position of a table's field, if it has one."""
        vtable = table - self._unpack("i", table)
        entry = 4 + 2 * slot
        if entry >= self._unpack("H", vtable):
            return None
        offset = self._unpack("H", vtable + entry)
        return table + offset if offset else None

    def pointed(self, table: int, slot: int) -> int:
        """What a table's field points to, which must be there."""
        position = self.field(table, slot)
        if position is None:
            raise ValueError("not an Arrow schema message of one column")
        return self.follow(position)

    def number(self, kind: str, table: int, slot: int) -> int:
        """A scalar field, 0 where it is left out."""
        position = self.field(table, slot)
        return 0 if position is None else self._unpack(kind, position)


class _PolarsType(NamedTuple):
    """What Polars says of a column of some type: a message, and where its parts are in it."""

    message: bytes
    version: int
    nullable: int
    tag: int
    type: int
    children: int


@cache
def _polars_type(dtype: pl.DataType) -> _PolarsType:
    """What Polars says of a type, from an empty file."""
    import polars as pl

    buffer = io.BytesIO()
    pl.DataFrame(schema={"": dtype}).write_parquet(buffer)
    buffer.seek(0)
    message = base64.b64decode(pl.read_parquet_metadata(buffer)[_KEY])[8:]
    reader = _Reader(message)
    root = reader.follow(0)
    fields = reader.pointed(reader.pointed(root, 2), 1)
    field = reader.follow(fields + 4)
    if reader.field(field, 4) is not None:
        raise ValueError("dictionaries are not of types that columns have")
    return _PolarsType(
        message,
        reader.number("h", root, 0),
        reader.number("B", field, 1),
        reader.number("B", field, 2),
        reader.pointed(field, 3),
        reader.pointed(field, 5),
    )


class _Leaves:
    """What tables point to, one after another; each has a position in the message."""

    def __init__(self, first: int) -> None:
        self.data = bytearray()
        self._first = first
        self._types: dict[pl.DataType, int] = {}

    def _place(self, data: bytes, alignment: int) -> int:
        self.data.extend(bytes(-(self._first + len(self.data)) % alignment))
        position = self._first + len(self.data)
        self.data.extend(data)
        return position

    def string(self, text: str) -> int:
        """Position of a text."""
        encoded = text.encode()
        return self._place(struct.pack("<I", len(encoded)) + encoded + b"\0", 4)

    def type(self, dtype: pl.DataType) -> int:
        """Position of Polars' message of a type, which keeps its alignment."""
        if dtype not in self._types:
            self._types[dtype] = self._place(_polars_type(dtype).message, 8)
        return self._types[dtype]


def _list(position: int, first: int, size: int, n: int) -> bytes:
    """A list of tables that lie one after another, as offsets from where these stand."""
    offsets = (first + size * index - (position + 4 + 4 * index) for index in range(n))
    return struct.pack(f"<{n + 1}I", n, *offsets)


def _message(columns: Mapping[str, pl.DataType], metadata: Mapping[str, str]) -> bytes:
    """An Arrow schema message: a flatbuffer, in which offsets count from where they stand."""
    first_pair = _PAIRS + 4 + 4 * len(metadata) + len(_OF_PAIR)
    fields = first_pair + 12 * len(metadata)
    first_field = fields + 4 + 4 * len(columns) + len(_OF_FIELD)
    leaves = _Leaves(first_field + 20 * len(columns))
    pairs, described, version = bytearray(_OF_PAIR), bytearray(_OF_FIELD), 0
    for index, pair in enumerate(metadata.items()):
        at = first_pair + 12 * index
        key, value = map(leaves.string, pair)
        pairs += struct.pack("<iII", len(pairs), key - (at + 4), value - (at + 8))
    for index, (name, dtype) in enumerate(columns.items()):
        at = first_field + 20 * index
        kind, there = _polars_type(dtype), leaves.type(dtype)
        version = kind.version
        described += struct.pack(
            "<iIIIBBxx",
            len(described),
            leaves.string(name) - (at + 4),
            there + kind.type - (at + 8),
            there + kind.children - (at + 12),
            kind.tag,
            kind.nullable,
        )
    header, of_message = _SCHEMA - (_MESSAGE + 4), len(_OF_MESSAGE)
    lists = fields - (_SCHEMA + 4), _PAIRS - (_SCHEMA + 8)
    parts = (
        struct.pack("<I", _MESSAGE) + _OF_MESSAGE,
        struct.pack("<iIhBx", of_message, header, version, _SCHEMA_HEADER) + _OF_SCHEMA,
        struct.pack("<iII", len(_OF_SCHEMA), *lists),
        _list(_PAIRS, first_pair, 12, len(metadata)) + pairs,
        _list(fields, first_field, 20, len(columns)) + described,
        leaves.data,
    )
    message = b"".join(parts)
    return message + bytes(-len(message) % 8)


def parquet_metadata(
    columns: Mapping[str, pl.DataType], values: Mapping[str, object]
) -> dict[str, str]:
    """Metadata for Polars' Parquet writers that every reader sees.

    Parameters
    ----------
    columns
        Names and types of the columns, of which there is at least one.
    values
        The metadata; each value is written as JSON.

    Returns
    -------
    dict
        The values under their own keys, for readers of the Parquet footer, and an Arrow schema
        that holds them too, for pyarrow.

    References
    ----------
    Apache Arrow, `Schema.fbs` and `Message.fbs`; FlatBuffers, internals.
    """
    plain = {key: json.dumps(value) for key, value in values.items()}
    message = _message(columns, plain)
    framed = _CONTINUATION + struct.pack("<I", len(message)) + message
    return {**plain, _KEY: base64.b64encode(framed).decode()}
