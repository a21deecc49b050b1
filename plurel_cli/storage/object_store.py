"""The client of an object store: what it is told of the store, and what it tells of failures.

What the store is, and who asks, is said by AWS' environment variables. The client is imported when
a bucket is first used, and there is one for each bucket and state of these variables.
"""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import TYPE_CHECKING

from plurel_cli.errors import StorageError, UsageError
from plurel_cli.storage.store_errors import no_credentials, store_error

if TYPE_CHECKING:
    from obstore.store import S3Store

_URL = "must be the URL of an object store, as in http://localhost:9000"
_FORMS = {
    "AWS_ENDPOINT_URL": (_URL, re.compile(r"https?://[^\s/?#]+(/[^\s?#]*)?")),
    "AWS_ENDPOINT_URL_S3": (_URL, re.compile(r"https?://[^\s/?#]+(/[^\s?#]*)?")),
    "AWS_REGION": ("must be a region, as in us-east-1", re.compile(r"[A-Za-z0-9-]+")),
}
"""What the client would not survive."""

_ATTEMPTS = 7
"""Of a request: failures are told after some 6 s."""

_WHO = {
    "AWS_ACCESS_KEY_ID",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_SKIP_SIGNATURE",
}
"""Settings that say who asks; where there is none, it is asked for of the machine."""


def settings() -> tuple[tuple[str, str], ...]:
    """What the environment says of stores, sorted by name."""
    return tuple(sorted(pair for pair in os.environ.items() if pair[0].startswith("AWS_")))


def attempts() -> int:
    """How often a request is made before a failure is told."""
    text = os.environ.get("AWS_MAX_ATTEMPTS", "")
    return max(1, int(text)) if text.isascii() and text.isdigit() else _ATTEMPTS


@contextmanager
def store_of(bucket: str, place: str) -> Iterator[S3Store]:
    """The store of a bucket; its errors are told as ours while the block runs.

    Parameters
    ----------
    bucket
        The bucket.
    place
        What is asked for, for messages.

    Yields
    ------
    S3Store

    Raises
    ------
    FileNotFoundError
        If there is no such object.
    StorageError
        If the store refuses.
    UsageError
        If the environment says what no store can be.
    """
    store = _store(bucket, settings())
    from obstore.exceptions import BaseError

    try:
        yield store
    except FileNotFoundError as error:
        if "NoSuchBucket" in str(error):
            raise store_error(bucket, place, error) from None
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), place) from None
    except (BaseError, PermissionError) as error:
        raise store_error(bucket, place, error) from None


@lru_cache(maxsize=16)
def _store(bucket: str, pairs: tuple[tuple[str, str], ...]) -> S3Store:
    place, known = f"s3://{bucket}", dict(pairs)
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
        raise no_credentials(place)
    endpoint = known.get("AWS_ENDPOINT_URL_S3") or known.get("AWS_ENDPOINT_URL") or ""
    try:
        return S3Store(
            bucket,
            client_options={"allow_http": endpoint.startswith("http://")},
            retry_config={"max_retries": attempts() - 1},
        )
    except BaseError as error:
        raise store_error(bucket, place, error) from None
