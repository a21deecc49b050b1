"""Where databases and corpora lie: in a folder of a disk, or under a prefix in a bucket.

A place is a `Path` or a `BucketPath`, which have the methods that both can have. What differs more
is here, in `commit` and in `journal`; nothing outside this room asks which of the two a place is.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import TypeAlias, TypeVar

from plurel_cli.errors import FolderError, UsageError, storage_error
from plurel_cli.storage.bucket import BucketPath

Place: TypeAlias = Path | BucketPath

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")

_AT_ONCE = 16
_BATCH = 1024


def place_of(where: str | Path | BucketPath) -> Place:
    """The place that a user means.

    Parameters
    ----------
    where
        A folder, or `s3://bucket/prefix`, also as a `Path`, which has dropped a slash.

    Raises
    ------
    UsageError
        If it is the URL of something else.

    Examples
    --------
    >>> place_of("s3://bucket/db")
    BucketPath(bucket='bucket', key='db')
    >>> place_of("db").name
    'db'
    """
    if isinstance(where, BucketPath):
        return where
    scheme, mark, rest = str(where).partition(":/")
    if not mark or re.fullmatch(r"[A-Za-z][A-Za-z0-9+.-]+", scheme) is None:
        return Path(where)
    if scheme != "s3":
        rule = "must be a folder or s3://bucket/prefix"
        raise UsageError(str(where), rule, remedy=f"write ./{where} for a folder of that name")
    return BucketPath.parse(f"s3://{rest.lstrip('/')}")


def names_in(place: Place) -> list[str]:
    """Names of what is in a folder, in order; none where there is no folder.

    Raises
    ------
    FolderError
        If it is a file.
    StorageError
        If it cannot be read.
    """
    if isinstance(place, BucketPath):
        return place.names()
    try:
        return sorted(os.listdir(place))  # noqa: PTH208 (a million names, of which none is a Path)
    except FileNotFoundError:
        return []
    except NotADirectoryError:
        raise FolderError(place, "is not a folder", remedy="choose another --out") from None
    except OSError as error:
        raise storage_error(place, error) from None


def make_folder(place: Place) -> None:
    """Make a folder, if it is not there; in a bucket there are none to make."""
    if isinstance(place, BucketPath):
        return
    try:
        place.mkdir(parents=True, exist_ok=True)
    except FileExistsError:
        raise FolderError(place, "is not a folder", remedy="choose another --out") from None
    except OSError as error:
        raise storage_error(place, error) from None


def write_new(place: Place, data: bytes) -> None:
    """Write a file of a database that is in the making, and the folders it lies in.

    Parameters
    ----------
    place
        The file.
    data
        What it is to hold.

    Raises
    ------
    OSError
        If it cannot be written, or, in a bucket, if another run has written it meanwhile.
    """
    if isinstance(place, BucketPath):
        place.create(data)
        return
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(data)


def read_most(place: Place, n_bytes: int) -> bytes | None:
    """What is in a file, unless it is larger.

    Parameters
    ----------
    place
        The file.
    n_bytes
        Largest size to read.

    Returns
    -------
    bytes or None
        None where it is larger.

    Raises
    ------
    OSError
        If it cannot be read.
    """
    if isinstance(place, BucketPath):
        return place.read_most(n_bytes)
    return place.read_bytes() if place.stat().st_size <= n_bytes else None


def tail(place: Place, n_bytes: int) -> tuple[int, bytes]:
    """Size of a file, and its last bytes.

    Parameters
    ----------
    place
        The file.
    n_bytes
        How many of its bytes; all where it has fewer.

    Returns
    -------
    tuple of int and bytes
        Size in bytes, and the last bytes.

    Raises
    ------
    OSError
        If it cannot be read.
    """
    if isinstance(place, BucketPath):
        return place.tail(n_bytes)
    with place.open("rb", buffering=0) as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - n_bytes))
        return size, file.read(n_bytes)


def each(
    place: Place, function: Callable[[_Item], _Result], items: Iterable[_Item]
) -> Iterator[_Result]:
    """What a function of things in a place gives, in order; several at a time in a bucket.

    A request to a bucket takes some 20 ms, nearly all of it waiting.

    Parameters
    ----------
    place
        The place.
    function
        What is asked of each thing.
    items
        The things.

    Yields
    ------
    _Result
        One answer for each thing.
    """
    if not isinstance(place, BucketPath):
        yield from map(function, items)
        return
    from concurrent.futures import ThreadPoolExecutor

    left = iter(items)
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        while batch := list(islice(left, _BATCH)):
            yield from pool.map(function, batch)
