"""Key-value metadata where pyarrow looks for it.

A Parquet file written by Polars holds an Arrow schema message, and pyarrow takes a table's
metadata from that message alone, where Polars puts none. Here the message, a flatbuffer, gets a
new root that adds the metadata and points into the old message for everything else.
"""

from __future__ import annotations

import base64
import io
import json
import struct
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

_KEY = "ARROW:schema"
_CONTINUATION = b"\xff\xff\xff\xff"
_SCHEMA_HEADER = 1  # the Message.header union's tag for a Schema


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

    def number(self, kind: str, table: int, slot: int) -> int:
        """A scalar field, 0 where it is left out."""
        position = self.field(table, slot)
        return 0 if position is None else self._unpack(kind, position)


class _Writer:
    """Flatbuffer tables, vectors and strings written front to back; offsets are set at the end."""

    def __init__(self) -> None:
        self.data = bytearray()
        self._targets: dict[str, int] = {}
        self._offsets: list[tuple[int, str]] = []

    def align(self, size: int) -> None:
        self.data.extend(b"\0" * (-len(self.data) % size))

    def name(self, label: str, position: int | None = None) -> None:
        """Let offsets to a label lead to a position, by default the next one."""
        self._targets[label] = len(self.data) if position is None else position

    def offset(self, label: str) -> None:
        self._offsets.append((len(self.data), label))
        self.data.extend(b"\0\0\0\0")

    def table(self, label: str, fields: Sequence[tuple[str, int | str] | None]) -> None:
        """A table whose slots hold (struct format, number) or ("I", label of an offset)."""
        order = sorted(
            (slot for slot, field in enumerate(fields) if field is not None),
            key=lambda slot: -struct.calcsize(fields[slot][0]),  # type: ignore[index]
        )
        places, size = [0] * len(fields), 4
        for slot in order:
            places[slot] = size
            size += struct.calcsize(fields[slot][0])  # type: ignore[index]
        self.align(4)
        start = len(self.data)
        self.data.extend(struct.pack("<HH", 4 + 2 * len(fields), size))
        self.data.extend(struct.pack(f"<{len(fields)}H", *places))
        self.align(4)
        self.name(label)
        self.data.extend(struct.pack("<i", len(self.data) - start))
        for slot in order:
            kind, value = fields[slot]  # type: ignore[misc]
            if isinstance(value, str):
                self.offset(value)
            else:
                self.data.extend(struct.pack("<" + kind, value))

    def string(self, label: str, text: str) -> None:
        self.align(4)
        self.name(label)
        encoded = text.encode()
        self.data.extend(struct.pack("<I", len(encoded)) + encoded + b"\0")

    def finish(self) -> bytes:
        self.align(8)
        for position, label in self._offsets:
            struct.pack_into("<I", self.data, position, self._targets[label] - position)
        return bytes(self.data)


def _rerooted(old: bytes, metadata: Mapping[str, str]) -> bytes:
    reader = _Reader(old)
    message = reader.follow(0)
    header = reader.field(message, 2)
    fields = None if header is None else reader.field(reader.follow(header), 1)
    if fields is None:
        raise ValueError("not an Arrow schema message")
    new = _Writer()
    new.offset("message")
    version = reader.number("h", message, 0)
    new.table("message", [("h", version), ("B", _SCHEMA_HEADER), ("I", "schema")])
    new.table("schema", [None, ("I", "fields"), ("I", "metadata")])
    new.align(4)
    new.name("metadata")
    new.data.extend(struct.pack("<I", len(metadata)))
    for index in range(len(metadata)):
        new.offset(f"pair {index}")
    for index, (key, value) in enumerate(metadata.items()):
        new.table(f"pair {index}", [("I", f"key {index}"), ("I", f"value {index}")])
        new.string(f"key {index}", key)
        new.string(f"value {index}", value)
    new.align(8)  # the old message keeps its alignment, and its own offsets are relative
    new.name("fields", len(new.data) + reader.follow(fields))
    new.data.extend(old)
    return new.finish()


@lru_cache(maxsize=256)
def _polars_message(columns: tuple[tuple[str, pl.DataType], ...]) -> bytes:
    import polars as pl

    buffer = io.BytesIO()
    pl.DataFrame(schema=dict(columns)).write_parquet(buffer)
    buffer.seek(0)
    return base64.b64decode(pl.read_parquet_metadata(buffer)[_KEY])[8:]


def parquet_metadata(
    columns: Mapping[str, pl.DataType], values: Mapping[str, object]
) -> dict[str, str]:
    """Metadata for Polars' Parquet writers that every reader sees.

    Parameters
    ----------
    columns
        Names and types of the columns.
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
    message = _rerooted(_polars_message(tuple(columns.items())), plain)
    framed = _CONTINUATION + struct.pack("<I", len(message)) + message
    return {**plain, _KEY: base64.b64encode(framed).decode()}
