"""Places in a bucket of an object store, with the methods of a `Path` that both kinds have.

An object appears whole or not at all, is replaced in one step, and can be neither appended to nor
renamed; a folder is no more than the beginning of names. Requests are made by the bucket's client
(`object_store`).
"""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import PurePath
from typing import IO, TYPE_CHECKING, Any, NamedTuple, cast

from plurel_cli.errors import UsageError
from plurel_cli.storage.object_store import attempts, settings, store_of

if TYPE_CHECKING:
    from obstore import ObjectMeta, PutResult

SCHEME = "s3://"

_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_PART_BYTES = 8 << 20
_PARTS_MOST = 10_000
_PARTS_AT_ONCE = 4


class Listed(NamedTuple):
    """Size of an object, and its ETag, which others of the same name would not have."""

    size: int
    tag: str


class Stat(NamedTuple):
    """What `Path.stat` says that is known of an object."""

    st_size: int


@dataclass(frozen=True)
class BucketPath:
    """An object in a bucket, or what all objects begin with that lie in a folder there.

    Examples
    --------
    >>> place = BucketPath.parse("s3://bucket/corpus/")
    >>> str(place / "db-000042" / "schema.json")
    's3://bucket/corpus/db-000042/schema.json'
    >>> (place / "db-000042").name
    'db-000042'
    """

    bucket: str
    key: str = ""

    @classmethod
    def parse(cls, text: str) -> BucketPath:
        """The place that a URL names.

        Raises
        ------
        UsageError
            If it names none.
        """
        bucket, _, key = text.removeprefix(SCHEME).partition("/")
        if _BUCKET.fullmatch(bucket) is None:
            rule = "must be s3://bucket/prefix, the bucket of 3 to 63 of a-z, 0-9, . and -"
            raise UsageError(text, rule)
        segments = [segment for segment in key.split("/") if segment]
        if {".", ".."} & set(segments):
            raise UsageError(text, "must not go by . or ..")
        return cls(bucket, "/".join(segments))

    def __str__(self) -> str:
        return f"{SCHEME}{self.bucket}/{self.key}".removesuffix("/")

    def __truediv__(self, name: str | PurePath) -> BucketPath:
        inner = PurePath(name).as_posix()
        return BucketPath(self.bucket, f"{self.key}/{inner}" if self.key else inner)

    @property
    def name(self) -> str:
        """Its last part."""
        return self.key.rpartition("/")[2] or self.bucket

    @property
    def parent(self) -> BucketPath:
        """What it lies in."""
        return BucketPath(self.bucket, self.key.rpartition("/")[0])

    def resolve(self) -> BucketPath:
        """Itself: there is one URL of it."""
        return self

    # Of an object.

    def read_bytes(self) -> bytes:
        """Its content.

        Raises
        ------
        FileNotFoundError
            If there is no such object.
        StorageError
            If the store refuses, as for all methods below.
        """
        with store_of(self.bucket, str(self)) as store:
            return bytes(store.get(self.key).bytes())

    def chunks(self, n_bytes: int) -> Iterator[bytes]:
        """Its content, so many bytes at a time, or somewhat more."""
        with store_of(self.bucket, str(self)) as store:
            for chunk in store.get(self.key).stream(min_chunk_size=n_bytes):
                yield bytes(chunk)

    def read_most(self, n_bytes: int) -> bytes | None:
        """Its content, unless it is larger."""
        with store_of(self.bucket, str(self)) as store:
            stored = store.get(self.key)
            return bytes(stored.bytes()) if stored.meta["size"] <= n_bytes else None

    def write_bytes(self, data: bytes) -> str:
        """Write it, whole or not at all; gives its ETag."""
        with store_of(self.bucket, str(self)) as store:
            return _tag(store.put(self.key, data, use_multipart=False))

    def create(self, data: bytes) -> None:
        """Write it if it is not there.

        Raises
        ------
        FileExistsError
            If it is there, and holds something else.
        """
        with store_of(self.bucket, str(self)) as store:
            from obstore.exceptions import AlreadyExistsError

            try:
                store.put(self.key, data, mode="create")
            except AlreadyExistsError:  # perhaps by this request, whose answer was lost
                if bytes(store.get(self.key).bytes()) != data:
                    raise self._exists() from None
            except NotImplementedError:  # AWS_CONDITIONAL_PUT=disabled
                store.put(self.key, data, use_multipart=False)

    @contextmanager
    def creating(self, n_bytes: int) -> Iterator[IO[bytes]]:
        """A file to write to, which appears when the block ends without an exception.

        Parameters
        ----------
        n_bytes
            Bytes that are expected, at most. Many are sent in parts, of which some are in memory.

        Raises
        ------
        FileExistsError
            If it is there meanwhile.
        """
        if n_bytes <= _PART_BYTES:
            buffer = BytesIO()
            yield buffer
            self.create(buffer.getvalue())
            return
        size = max(_PART_BYTES, -(-n_bytes // _PARTS_MOST))
        with store_of(self.bucket, str(self)) as store:
            from obstore import open_writer

            with open_writer(
                store, self.key, buffer_size=size, max_concurrency=_PARTS_AT_ONCE
            ) as file:
                yield cast("IO[bytes]", file)
                if self.is_file():
                    raise self._exists()

    def _exists(self) -> FileExistsError:
        return FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(self))

    def stat(self) -> Stat:
        """Its size."""
        with store_of(self.bucket, str(self)) as store:
            return Stat(store.head(self.key)["size"])

    def is_file(self) -> bool:
        """Whether there is such an object."""
        try:
            self.stat()
        except FileNotFoundError:
            return False
        return True

    def unlink(self, missing_ok: bool = False) -> None:
        """Remove it; one that is not there is no error."""
        with store_of(self.bucket, str(self)) as store:
            store.delete([self.key])

    def tail(self, n_bytes: int) -> tuple[int, bytes]:
        """Its size, and its last bytes."""
        with store_of(self.bucket, str(self)) as store:
            from obstore.exceptions import BaseError

            try:
                stored = store.get(self.key, options={"range": {"suffix": n_bytes}})
            except BaseError:  # as for an object that is empty
                if store.head(self.key)["size"]:
                    raise
                return 0, b""
            return stored.meta["size"], bytes(stored.bytes())

    # Of a folder.

    def exists(self) -> bool:
        """Whether anything lies in it."""
        with store_of(self.bucket, str(self)) as store:
            return any(chunk for chunk in store.list(self.key or None, chunk_size=1))

    def is_dir(self) -> bool:
        """Whether anything lies in it."""
        return self.exists()

    def names(self) -> list[str]:
        """Names of what lies in it, in order; of a folder in it just one."""
        with store_of(self.bucket, str(self)) as store:
            listing = store.list_with_delimiter(self.key or None)
        keys = [*listing["common_prefixes"], *(stored["path"] for stored in listing["objects"])]
        return sorted({key.rpartition("/")[2] for key in keys if key != self.key})

    def files(self) -> dict[str, Listed]:
        """All objects in it, also in folders in it, by their names relative to it."""
        with store_of(self.bucket, str(self)) as store:
            objects = store.list(self.key or None).collect()
        start = len(self.key) + 1 if self.key else 0
        return {
            stored["path"][start:]: Listed(stored["size"], _tag(stored))
            for stored in sorted(objects, key=lambda stored: stored["path"])
            if stored["path"] != self.key
        }

    def remove(self, names: Iterable[str]) -> None:
        """Remove objects by their names relative to it."""
        with store_of(self.bucket, str(self)) as store:
            if keys := [(self / name).key for name in names]:
                store.delete(keys)

    # For Polars.

    def options(self) -> dict[str, Any]:
        """What Polars' readers need to be told to read it."""
        options = {name.lower(): value for name, value in settings()}
        retries: dict[str, Any] = {"max_retries": attempts() - 1}
        return {"storage_options": options | retries, "credential_provider": None}


def _tag(about: ObjectMeta | PutResult) -> str:
    """The ETag of an object, which not all stores put in quotes everywhere."""
    return (about["e_tag"] or "").strip('"')
