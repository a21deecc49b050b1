"""Places in a bucket, one method after another."""

from __future__ import annotations

from pathlib import Path

import pytest

from plurel_cli.errors import PlurelError, UsageError
from plurel_cli.storage.bucket import BucketPath
from plurel_cli.storage.place import each, names_in, place_of, tail
from tests.bucket.conftest import PAGE
from tests.bucket.store import Bucket
from tests.storage.samples import is_one_sentence

_LARGE = 20 << 20


@pytest.mark.parametrize(
    ("text", "bucket", "key"),
    [
        ("s3://some-bucket", "some-bucket", ""),
        ("s3://some-bucket/", "some-bucket", ""),
        ("s3://some.bucket/a/b", "some.bucket", "a/b"),
        ("s3://some-bucket//a//b/", "some-bucket", "a/b"),
        ("s3://some-bucket/with space/ü%20#?", "some-bucket", "with space/ü%20#?"),
    ],
)
def test_addresses(text: str, bucket: str, key: str) -> None:
    assert place_of(text) == BucketPath(bucket, key)
    assert place_of(Path(text)) == BucketPath(bucket, key)
    assert place_of(str(place_of(text))) == place_of(text)


@pytest.mark.parametrize("text", ["db", "/a/b", "./s3:/b", "a:/b", "x/y:/z", "gs:", "ünï"])
def test_folders(text: str) -> None:
    assert place_of(text) == Path(text)


@pytest.mark.parametrize(
    "text",
    [
        *("gs://bucket/x", "https://bucket/x", "s3a://bucket/x", "s3://", "s3://B/x", "s3://b/x"),
        *("s3://bu_cket/x", "s3://bucket/../x", "s3://bucket/./x", "s3://-bucket/x"),
    ],
)
def test_other_addresses_are_refused(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        place_of(text)
    assert is_one_sentence(caught.value)
    assert text in str(caught.value)


def test_objects(bucket: Bucket) -> None:
    place = BucketPath(bucket.name, "a")
    path = place / Path("b", "c.txt")
    assert (str(path), path.name, path.parent) == (bucket.url("a/b/c.txt"), "c.txt", place / "b")
    assert not path.is_file()
    for read in (path.read_bytes, path.stat, lambda: path.tail(3)):
        with pytest.raises(FileNotFoundError) as caught:
            read()
        assert str(path) in str(caught.value)
    path.unlink()
    first, again, other = (path.write_bytes(data) for data in (b"12345", b"12345", b"1234567"))
    assert first == again != other
    assert path.read_bytes() == b"1234567"
    assert (path.is_file(), path.stat().st_size) == (True, 7)
    assert [tail(path, n) for n in (3, 7, 99)] == [(7, b"567"), (7, b"1234567"), (7, b"1234567")]
    path.create(b"1234567")  # as if its answer had been lost
    with pytest.raises(FileExistsError) as refused:
        path.create(b"12")
    assert str(path) in str(refused.value)
    assert path.read_bytes() == b"1234567"
    path.unlink()
    path.create(b"")
    assert tail(path, 3) == (0, b"")
    assert bucket.contents() == {"a/b/c.txt": b""}


def test_folders_of_a_bucket(bucket: Bucket) -> None:
    for key in ("a/x", "a/b/y", "a/b/z", "ab/x", "c"):
        bucket.put(key, key.encode())
    root, place = BucketPath(bucket.name), BucketPath(bucket.name, "a")
    assert names_in(root) == ["a", "ab", "c"]
    assert names_in(place) == ["b", "x"]
    assert {name: its.size for name, its in place.files().items()} == {"b/y": 5, "b/z": 5, "x": 3}
    assert list(root.files()) == ["a/b/y", "a/b/z", "a/x", "ab/x", "c"]
    assert (place.exists(), place.is_dir(), (root / "c").is_dir()) == (True, True, False)
    assert (names_in(root / "none"), (root / "none").exists()) == ([], False)
    assert (root / "none").files() == {}
    place.remove([])
    place.remove(["x", "b/y", "not there"])
    assert set(bucket.contents()) == {"a/b/z", "ab/x", "c"}


def test_mark_of_a_folder_is_nothing_in_it(bucket: Bucket) -> None:
    """As some tools write, to show a folder that is empty."""
    bucket.put_raw("a/")
    place = BucketPath(bucket.name, "a")
    assert (names_in(place), place.files()) == ([], {})


@pytest.mark.parametrize("name", ["with space", "ü 数据", "100%41", "a+b=c&d", "we[i]rd*?#", "'\""])
def test_any_name_will_do(bucket: Bucket, name: str) -> None:
    place = BucketPath(bucket.name, name)
    (place / name).write_bytes(b"x")
    assert (place / name).read_bytes() == b"x"
    assert (names_in(place), list(place.files())) == ([name], [name])
    place.remove([name])
    assert bucket.contents() == {}


def test_many_objects(bucket: Bucket) -> None:
    """More than one answer lists, and one request removes."""
    place = BucketPath(bucket.name, "many")
    names = [f"{number:03d}" for number in range(PAGE + 1)]
    for tag in each(place, lambda name: (place / name).write_bytes(b""), names):
        assert tag
    assert list(place.files()) == names_in(place) == names
    place.remove(names)
    assert place.files() == {}


def test_each_keeps_the_order_and_tells_errors(tmp_path: Path) -> None:
    for place in (tmp_path, BucketPath("bucket")):
        assert list(each(place, lambda n: n * n, range(3000))) == [n * n for n in range(3000)]
        with pytest.raises(ZeroDivisionError):
            list(each(place, lambda n: 1 // (7 - n), range(3000)))


def test_large_object_is_sent_in_parts(bucket: Bucket) -> None:
    path = BucketPath(bucket.name, "large")
    since = bucket.begin_log()
    with path.creating(_LARGE) as file:
        for number in range(20):
            file.write(bytes([number]) * (1 << 20))
        assert not path.is_file()
    assert path.read_bytes() == b"".join(bytes([n]) * (1 << 20) for n in range(20))
    assert bucket.count(since)["PUT"] == 3
    path.unlink()
    with path.creating(_LARGE) as file:
        file.write(b"small after all")
    assert path.read_bytes() == b"small after all"


@pytest.mark.parametrize("n_bytes", [10, _LARGE])
def test_object_that_is_there_meanwhile_stays(bucket: Bucket, n_bytes: int) -> None:
    path = BucketPath(bucket.name, "x")
    with pytest.raises(FileExistsError), path.creating(n_bytes) as file:
        file.write(bytes(n_bytes))
        bucket.put("x", b"other")
    assert bucket.contents() == {"x": b"other"}
    assert bucket.unfinished_uploads() == 0


def test_store_that_knows_no_conditions(bucket: Bucket, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_CONDITIONAL_PUT", "disabled")
    bucket.put("x", b"other")
    BucketPath(bucket.name, "x").create(b"12")
    assert bucket.contents() == {"x": b"12"}


@pytest.mark.parametrize("n_bytes", [10, _LARGE])
def test_object_that_is_given_up_leaves_nothing(bucket: Bucket, n_bytes: int) -> None:
    path = BucketPath(bucket.name, "large")
    with pytest.raises(KeyboardInterrupt), path.creating(n_bytes) as file:
        file.write(bytes(n_bytes))
        raise KeyboardInterrupt
    assert bucket.contents() == {}
    assert bucket.unfinished_uploads() == 0


def test_parts_are_not_too_many(bucket: Bucket, monkeypatch: pytest.MonkeyPatch) -> None:
    sizes: list[int] = []

    def open_writer(*_: object, buffer_size: int, **options: object) -> object:
        sizes.append(buffer_size)
        raise PlurelError

    monkeypatch.setattr("obstore.open_writer", open_writer)
    expected = (_LARGE, 90 * 10**9, 5 * 10**12)
    for n_bytes in expected:
        with pytest.raises(PlurelError), BucketPath(bucket.name, "x").creating(n_bytes):
            pass
    assert sizes[0] == 8 << 20
    assert all(size * 10_000 >= n for size, n in zip(sizes, expected, strict=True))
