"""Places in a bucket of an object store, with the methods of a `Path` that both kinds have.

An object appears whole or not at all, is replaced in one step, and can be neither appended to nor
renamed; a folder is no more than the beginning of names. What the store is, and who asks, is said
by AWS' environment variables. The client is imported when a bucket is first used.
"""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from pathlib import PurePath
from typing import IO, TYPE_CHECKING, Any, NamedTuple, cast

from plurel_cli.errors import StorageError, UsageError

if TYPE_CHECKING:
    from obstore import ObjectMeta, PutResult
    from obstore.store import S3Store

SCHEME = "s3://"

_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_URL = "must be the URL of an object store, as in http://localhost:9000"
_FORMS = {
    "AWS_ENDPOINT_URL": (_URL, re.compile(r"https?://[^\s/?#]+(/[^\s?#]*)?")),
    "AWS_ENDPOINT_URL_S3": (_URL, re.compile(r"https?://[^\s/?#]+(/[^\s?#]*)?")),
    "AWS_REGION": ("must be a region, as in us-east-1", re.compile(r"[A-Za-z0-9-]+")),
}
"""What the client would not survive."""

_ATTEMPTS = 7
"""Of a request: failures are told after some 6 s."""

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
        """The place that an address names.

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
        """Itself: there is one address of it."""
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
        with _telling(self) as store:
            return bytes(store.get(self.key).bytes())

    def chunks(self, n_bytes: int) -> Iterator[bytes]:
        """Its content, so many bytes at a time, or somewhat more."""
        with _telling(self) as store:
            for chunk in store.get(self.key).stream(min_chunk_size=n_bytes):
                yield bytes(chunk)

    def read_most(self, n_bytes: int) -> bytes | None:
        """Its content, unless it is larger."""
        with _telling(self) as store:
            stored = store.get(self.key)
            return bytes(stored.bytes()) if stored.meta["size"] <= n_bytes else None

    def write_bytes(self, data: bytes) -> str:
        """Write it, whole or not at all; gives its ETag."""
        with _telling(self) as store:
            return _tag(store.put(self.key, data, use_multipart=False))

    def create(self, data: bytes) -> None:
        """Write it if it is not there.

        Raises
        ------
        FileExistsError
            If it is there, and holds something else.
        """
        with _telling(self) as store:
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
        with _telling(self) as store:
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
        with _telling(self) as store:
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
        with _telling(self) as store:
            store.delete([self.key])

    def tail(self, n_bytes: int) -> tuple[int, bytes]:
        """Its size, and its last bytes."""
        with _telling(self) as store:
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
        with _telling(self) as store:
            return any(chunk for chunk in store.list(self.key or None, chunk_size=1))

    def is_dir(self) -> bool:
        """Whether anything lies in it."""
        return self.exists()

    def names(self) -> list[str]:
        """Names of what lies in it, in order; of a folder in it just one."""
        with _telling(self) as store:
            listing = store.list_with_delimiter(self.key or None)
        keys = [*listing["common_prefixes"], *(stored["path"] for stored in listing["objects"])]
        return sorted({key.rpartition("/")[2] for key in keys if key != self.key})

    def files(self) -> dict[str, Listed]:
        """All objects in it, also in folders in it, by their names relative to it."""
        with _telling(self) as store:
            objects = store.list(self.key or None).collect()
        start = len(self.key) + 1 if self.key else 0
        return {
            stored["path"][start:]: Listed(stored["size"], _tag(stored))
            for stored in sorted(objects, key=lambda stored: stored["path"])
            if stored["path"] != self.key
        }

    def remove(self, names: Iterable[str]) -> None:
        """Remove objects by their names relative to it."""
        with _telling(self) as store:
            if keys := [(self / name).key for name in names]:
                store.delete(keys)

    # For Polars.

    def options(self) -> dict[str, Any]:
        """What Polars' readers need to be told to read it."""
        settings = {name.lower(): value for name, value in _settings()}
        retries: dict[str, Any] = {"max_retries": _attempts() - 1}
        return {"storage_options": settings | retries, "credential_provider": None}


def _tag(about: ObjectMeta | PutResult) -> str:
    """The ETag of an object, which not all stores put in quotes everywhere."""
    return (about["e_tag"] or "").strip('"')


def _settings() -> tuple[tuple[str, str], ...]:
    return tuple(sorted(pair for pair in os.environ.items() if pair[0].startswith("AWS_")))


def _attempts() -> int:
    text = os.environ.get("AWS_MAX_ATTEMPTS", "")
    return max(1, int(text)) if text.isascii() and text.isdigit() else _ATTEMPTS


@contextmanager
def _telling(place: BucketPath) -> Iterator[S3Store]:
    """The store of a place; its errors are told as ours."""
    store = _store(place.bucket, _settings())
    from obstore.exceptions import BaseError

    try:
        yield store
    except FileNotFoundError as error:
        if "NoSuchBucket" in str(error):
            raise told(place, error) from None
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(place)) from None
    except (BaseError, PermissionError) as error:
        raise told(place, error) from None


@lru_cache(maxsize=16)
def _store(bucket: str, settings: tuple[tuple[str, str], ...]) -> S3Store:
    place, known = f"{SCHEME}{bucket}", dict(settings)
    try:
        from obstore.exceptions import BaseError
        from obstore.store import S3Store
    except ImportError:
        remedy = "pip install 'plurel-cli[s3]'"
        raise StorageError(place, "needs obstore, which is not there", remedy=remedy) from None
    for name, (rule, form) in _FORMS.items():
        if (value := known.get(name)) and form.fullmatch(value) is None:
            raise UsageError(name, rule, value)
    if known.get("AWS_EC2_METADATA_DISABLED", "").lower() == "true" and not known.keys() & _WHO:
        raise _no_credentials(place)
    endpoint = known.get("AWS_ENDPOINT_URL_S3") or known.get("AWS_ENDPOINT_URL") or ""
    try:
        return S3Store(
            bucket,
            client_options={"allow_http": endpoint.startswith("http://")},
            retry_config={"max_retries": _attempts() - 1},
        )
    except BaseError as error:
        raise told(BucketPath(bucket), error) from None


_WHO = {
    "AWS_ACCESS_KEY_ID",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_SKIP_SIGNATURE",
}
"""Settings that say who asks; where there is none, it is asked for of the machine."""


# What goes wrong.

_CODE = re.compile(r"<Code>(\w+)</Code>|\(code: (\w+)\)")
_STATUS = re.compile(r"status code: (\d{3} [A-Z][\w ]*)")
_SERVER = re.compile(r"Error performing [A-Z]+ (https?://[^/\s?]+)")
_OF_WHO = re.compile(r"/latest/(api/token|meta-data)|Missing (SecretAccessKey|AccessKeyId)")
_WRONG_WHO = {
    *("InvalidAccessKeyId", "SignatureDoesNotMatch", "InvalidToken", "ExpiredToken"),
    *("InvalidClientTokenId", "TokenRefreshRequired", "RequestTimeTooSkewed"),
}
_ELSEWHERE = {"PermanentRedirect", "AuthorizationHeaderMalformed", "IllegalLocationConstraint"}
_UNANSWERED = ("error sending request", "operation timed out", "error decoding response body")


def _no_credentials(place: object) -> StorageError:
    remedy = "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_SKIP_SIGNATURE=true"
    return StorageError(place, "there are no credentials for it", remedy=remedy)


def told(place: BucketPath, error: Exception) -> StorageError:
    """The sentence for an error of the client, or of Polars reading or writing a bucket."""
    text = str(error)
    match = _CODE.search(text)
    code = (match[1] or match[2]) if match else ""
    status = _STATUS.search(text)
    server = _SERVER.search(text)
    where = server[1] if server else "the object store"
    if _OF_WHO.search(text):
        return _no_credentials(place)
    if code == "NoSuchBucket":
        remedy = "make it first, or see AWS_ENDPOINT_URL"
        return StorageError(place, f"there is no bucket {place.bucket} at {where}", remedy=remedy)
    if code in _WRONG_WHO:
        remedy = "see AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN"
        return StorageError(place, f"{where} refuses the credentials ({code})", remedy=remedy)
    if code in _ELSEWHERE or (status and status[1].startswith("301")):
        return StorageError(place, "is in another region", remedy="set AWS_REGION")
    if code == "AccessDenied" or (status and status[1].startswith("403")):
        remedy = "listing, reading, writing and deleting must be allowed"
        return StorageError(place, f"{where} denies access", remedy=remedy)
    if any(words in text for words in _UNANSWERED):
        remedy = "see the network and AWS_ENDPOINT_URL"
        return StorageError(place, f"{where} does not answer", remedy=remedy)
    if code == "NotImplemented" or (status and status[1].startswith("501")):
        remedy = "AWS_CONDITIONAL_PUT=disabled may help"
        return StorageError(place, f"{where} lacks what is asked of it", remedy=remedy)
    reason = code or (status and status[1]) or text.partition("\n")[0][:200]
    return StorageError(place, f"{where} refuses: {reason}")
