"""A database in a bucket is the one that a folder would hold, whole or not there."""

from __future__ import annotations

import signal
import subprocess
from pathlib import Path
from typing import Any

import pytest

from plurel_cli import (
    do,
    generate,
    generate_to,
    grow,
    load,
    parse_config,
    run_stage,
    schema_to,
    validate,
)
from plurel_cli.errors import FolderError, ShortOfMemoryError, StageError, StorageError
from plurel_cli.report.describe import describe
from plurel_cli.schema.stages import STAGES
from plurel_cli.storage import claim
from plurel_cli.storage.claim import MARK_FILE
from plurel_cli.storage.commit import claiming
from plurel_cli.storage.place import place_of
from tests.bucket.store import Asked, Bucket
from tests.cli.runs import warm
from tests.storage.samples import (
    LAYOUTS,
    contents,
    is_one_sentence,
    large_config,
    same_values,
    small_config,
)


@pytest.fixture
def db(bucket: Bucket) -> str:
    """Where a database is to be, beside something of somebody else."""
    bucket.put("data/db2/notes.txt", b"mine")
    return bucket.url("data/db")


@pytest.fixture(scope="module")
def local(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database in a folder."""
    folder = tmp_path_factory.mktemp("local") / "db"
    generate_to(folder, small_config(), 1)
    return folder


# The same as in a folder.


@pytest.mark.parametrize("layout", LAYOUTS)
def test_cards_are_those_of_a_folder(bucket: Bucket, db: str, tmp_path: Path, layout: str) -> None:
    """Also once the database has grown, with what the card says of it."""
    raw = small_config(layout).resolved()
    config = parse_config({**raw, "output": {**raw["output"], "card": True}})
    generate_to(db, config, 1)
    generate_to(tmp_path / "db", config, 1)
    grow(db, bucket.url("data/grown"), rows={"likes": 120})
    grow(tmp_path / "db", tmp_path / "grown", rows={"likes": 120})
    for name in ("db", "grown"):
        there = bucket.contents(f"data/{name}")
        assert there == contents(tmp_path / name)
        assert {"README.md", "schema.svg"} <= there.keys()
        assert list(validate(bucket.url(f"data/{name}"))) == []
    assert b"120" in there["README.md"]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_files_are_those_of_a_folder(bucket: Bucket, db: str, tmp_path: Path, layout: str) -> None:
    config = small_config(layout)
    told: list[tuple[str, int]] = []
    schema = generate_to(db, config, 1, report=lambda *its: told.append(its))
    assert schema == generate_to(tmp_path / "db", config, 1)
    assert told == [(table.name, table.rows) for table in schema.tables]
    assert bucket.contents("data/db") == contents(tmp_path / "db")
    assert set(bucket.contents()) - {f"data/db/{n}" for n in contents(tmp_path / "db")} == {
        "data/db2/notes.txt"
    }
    assert validate(db) == []
    assert same_values(load(db), load(tmp_path / "db"))


def test_table_of_several_row_groups(bucket: Bucket, db: str, tmp_path: Path) -> None:
    generate_to(db, large_config(), 1)
    generate_to(tmp_path / "db", large_config(), 1)
    assert bucket.contents("data/db") == contents(tmp_path / "db")
    assert validate(db) == []
    assert same_values(load(db), load(tmp_path / "db"))


def test_stages_from_place_to_place(bucket: Bucket, local: Path, tmp_path: Path) -> None:
    """Within a bucket, out of it and into it."""
    places = [bucket.url("a"), tmp_path / "b", bucket.url("c"), bucket.url("d")]
    schema_to(places[0], small_config(), 1)
    assert set(bucket.contents("a")) == {"schema.json"}
    for stage, source, out in zip(STAGES[1:], places, places[1:], strict=False):
        run_stage(stage, source, out)
        assert validate(out) == []
    assert bucket.contents("d") == contents(local)
    run_stage("temporal", bucket.url("d"), bucket.url("e"), force=True)
    assert bucket.contents("e") == bucket.contents("c")


def test_stage_needs_another_out(bucket: Bucket) -> None:
    place = bucket.url("a")
    schema_to(place, small_config(), 1)
    before = bucket.tags("a")
    for out in (None, place, f"{place}/", place_of(place)):
        for force in (False, True):
            with pytest.raises(StageError) as caught:
                run_stage("fk", place, out, force=force)
            assert is_one_sentence(caught.value)
            assert "give another --out" in str(caught.value)
    assert bucket.tags("a") == before


def test_saved_database(bucket: Bucket, db: str, tmp_path: Path) -> None:
    database = generate(small_config(), 1)
    database.save(db)
    database.save(tmp_path / "db")
    assert bucket.contents("data/db") == contents(tmp_path / "db")
    with pytest.raises(FolderError, match="there is a database already"):
        database.save(db)
    database.save(db, force=True)
    assert bucket.contents("data/db") == contents(tmp_path / "db")


def test_description_and_interventions(bucket: Bucket, tmp_path: Path) -> None:
    config = small_config(model="scm")
    generate_to(bucket.url("db"), config, 1)
    generate_to(tmp_path / "db", config, 1)
    ours, theirs = (describe(its).as_dict() for its in (bucket.url("db"), tmp_path / "db"))
    assert ours.pop("folder") == bucket.url("db")
    assert theirs.pop("folder")
    assert ours == theirs
    schema = load(tmp_path / "db").schema
    column = schema.by_name["posts"].features[0]
    ours, theirs = (do(its, "posts", column.name, 0) for its in (bucket.url("db"), tmp_path / "db"))
    assert same_values(ours, theirs)


def test_faults_are_found(bucket: Bucket, local: Path) -> None:
    bucket.upload(local, "db")
    assert validate(bucket.url("db")) == []
    bucket.delete("db/users.parquet")
    bucket.put("db/posts.parquet", b"no Parquet")
    bucket.put("db/likes.parquet", bucket.contents("db")["likes.parquet"][:-9])
    faults = {its.place: its.rule for its in validate(bucket.url("db"))}
    assert faults.keys() == {"users.parquet", "posts.parquet", "likes.parquet"}
    assert faults["users.parquet"] == "is missing"
    assert all("cannot be read as Parquet" in faults[n] for n in ("posts.parquet", "likes.parquet"))
    with pytest.raises(FolderError) as caught:
        load(bucket.url("db"))
    assert is_one_sentence(caught.value)


@pytest.mark.parametrize("text", [b"{", b"", b'{"format": "other"}'])
def test_broken_schema_is_refused(bucket: Bucket, db: str, text: bytes) -> None:
    bucket.put("data/db/schema.json", text)
    before = bucket.contents()
    for run in (load, validate, describe, lambda its: generate_to(its, small_config(), force=True)):
        with pytest.raises(FolderError) as caught:
            run(db)
        assert is_one_sentence(caught.value)
    assert bucket.contents() == before


# What may be replaced.


def test_database_is_not_replaced_unasked(bucket: Bucket, db: str) -> None:
    generate_to(db, small_config(), 1)
    before = bucket.tags("data")
    with pytest.raises(FolderError, match=r"there is a database already; give --force") as caught:
        generate_to(db, small_config(), 2)
    assert is_one_sentence(caught.value)
    assert bucket.tags("data") == before


def test_schema_goes_first_and_comes_last(bucket: Bucket, db: str, tmp_path: Path) -> None:
    generate_to(db, small_config("relbench"), 1)
    since = bucket.begin_log()
    generate_to(db, small_config(), 2, force=True)
    generate_to(tmp_path / "db", small_config(), 2)
    assert bucket.contents("data/db") == contents(tmp_path / "db")
    changes = [its for its in bucket.asked(since) if its.what in ("PUT", "DELETE")]
    keys = [its.key.removeprefix("data/db/") for its in changes if its.what == "PUT"]
    tables = [f"{name}.parquet" for name in ("users", "posts", "likes")]
    assert keys == [MARK_FILE, *tables, "schema.json"]
    kinds = [its.what for its in changes]  # what stood there goes in two steps, the mark at last
    assert kinds == ["PUT", "DELETE", "DELETE", "PUT", "PUT", "PUT", "PUT", "DELETE"]


@pytest.mark.parametrize("has_database", [True, False])
def test_foreign_objects_are_never_removed(bucket: Bucket, db: str, has_database: bool) -> None:
    if has_database:
        generate_to(db, small_config(), 1)
    bucket.put("data/db/other/table.parquet", b"mine")
    before = bucket.tags("data")
    for force in (False, True):
        with pytest.raises(FolderError) as caught:
            generate_to(db, small_config(), 2, force=force)
        assert is_one_sentence(caught.value)
    words = "other/table.parquet, which is no part" if has_database else "files but no database"
    assert words in str(caught.value)
    assert bucket.tags("data") == before


def test_object_of_the_same_name_is_no_hindrance(bucket: Bucket, db: str) -> None:
    bucket.put("data/db", b"mine")
    bucket.put_raw("data/db/")
    generate_to(db, small_config(), 1)
    assert validate(db) == []
    assert bucket.contents("data")["db"] == b"mine"


def test_whole_bucket_may_be_a_database(bucket: Bucket, local: Path) -> None:
    generate_to(f"s3://{bucket.name}", small_config(), 1)
    assert bucket.contents() == contents(local)
    assert validate(f"s3://{bucket.name}") == []


def test_requests_of_a_database(bucket: Bucket, db: str) -> None:
    """One for each file, and a few more however many there are."""
    since = bucket.begin_log()
    generate_to(db, small_config(), 1)
    assert bucket.count(since) == {"LIST": 3, "PUT": 3 + 2, "DELETE": 1}


# Half-way.


class _Interrupted(BaseException):
    """Not an `Exception`, as a `KeyboardInterrupt` is not."""


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (_Interrupted, _Interrupted),
        (MemoryError, ShortOfMemoryError),
        (FolderError("x", "y"), FolderError),
    ],
)
@pytest.mark.parametrize("has_old", [True, False])
def test_exception_leaves_nothing(
    bucket: Bucket, db: str, error: Any, expected: type[BaseException], has_old: bool
) -> None:
    if has_old:
        generate_to(db, small_config(), 1)
    before = bucket.contents("data/db2")

    def fail(table: str, rows: int) -> None:
        if table == "likes":
            raise error

    with pytest.raises(expected):
        generate_to(db, small_config(), 2, force=True, report=fail)
    assert bucket.contents("data/db") == {}
    assert bucket.contents("data/db2") == before


def test_exception_within_a_large_table_leaves_nothing(bucket: Bucket, db: str) -> None:
    def fail(table: str, rows: int) -> None:
        if table == "child":
            raise _Interrupted

    with pytest.raises(_Interrupted):
        generate_to(db, large_config(600_000), 2, report=fail)
    assert bucket.contents("data/db") == {}
    assert bucket.unfinished_uploads() == 0


_KILLED = """
import os, signal, sys
import plurel_cli.pipeline as pipeline
import plurel_cli.storage.database as database
import plurel_cli.storage.claim as claim
from plurel_cli.storage.bucket import BucketPath
from tests.storage.samples import large_config, small_config

moment, target = sys.argv[1:]

def die(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)

def around(module, name, *, after, nth=1):
    function, calls = getattr(module, name), []
    def wrapped(*arguments, **options):
        calls.append(0)
        if len(calls) == nth and not after:
            die()
        result = function(*arguments, **options)
        if len(calls) == nth and after:
            die()
        return result
    setattr(module, name, wrapped)

config, report = small_config(), None
match moment:
    case "before the mark":
        around(BucketPath, "write_bytes", after=False)
    case "after the mark":
        around(BucketPath, "write_bytes", after=True)
    case "within the removal":
        around(BucketPath, "remove", after=True)
    case "between tables":
        around(database, "write_part", after=True, nth=2)
    case "within a large table":
        config, report = large_config(700_000), lambda name, rows: name == "child" and die()
    case "before schema.json":
        around(claim, "write_schema", after=False)
    case "after schema.json":
        around(claim, "write_schema", after=True)
pipeline.generate_to(target, config, seed=2, force=True, report=report)
"""

_MOMENTS = {
    "before the mark": (True, 1),
    "after the mark": (True, 1),
    "within the removal": (False, None),
    "between tables": (False, None),
    "within a large table": (False, None),
    "before schema.json": (False, None),
    "after schema.json": (True, 2),
}
"""Whether there is a database afterwards where there was one, and of which seed."""


@pytest.mark.parametrize("moment", _MOMENTS)
def test_kill_leaves_nothing_that_passes_for_a_database(
    bucket: Bucket, db: str, local: Path, moment: str
) -> None:
    bucket.upload(local, "data/db")
    command = [warm() / "python", "-c", _KILLED, moment, db]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr
    is_there, seed = _MOMENTS[moment]
    if is_there:
        assert load(db).schema.seed == seed
        assert validate(db) == []
    else:
        with pytest.raises(FolderError, match=r"no database|no such folder"):
            load(db)
    generate_to(db, small_config(), 1, force=is_there)
    assert bucket.contents("data/db") == contents(local)
    assert bucket.contents("data/db2") == {"notes.txt": b"mine"}


def test_left_overs_are_told_from_foreign_objects(bucket: Bucket, db: str) -> None:
    """The mark names what is to go; whatever else lies beside it is somebody's."""
    bucket.put("data/db/users.parquet", b"half")
    bucket.put(f"data/db/{MARK_FILE}", claim._mark({"users.parquet", "posts.parquet"}))
    bucket.put("data/db/mine.parquet", b"mine")
    before = bucket.tags("data")
    with pytest.raises(FolderError, match=r"holds mine\.parquet, which is no part"):
        generate_to(db, small_config(), 1)
    assert bucket.tags("data") == before
    bucket.delete("data/db/mine.parquet")
    generate_to(db, small_config(), 1)
    assert validate(db) == []


@pytest.mark.parametrize("text", [b"", b"{", b"[]", b'{"format": "plurel-unfinished"}', b"\xff"])
def test_mark_of_a_stranger_lets_nothing_go(bucket: Bucket, db: str, text: bytes) -> None:
    bucket.put("data/db/users.parquet", b"mine")
    bucket.put(f"data/db/{MARK_FILE}", text)
    before = bucket.tags("data")
    with pytest.raises(FolderError, match=r"holds users\.parquet"):
        generate_to(db, small_config(), 1, force=True)
    assert bucket.tags("data") == before


def test_later_run_has_the_place(bucket: Bucket, db: str, tmp_path: Path) -> None:
    """An earlier one that is thought to be gone, but is not, finds out and leaves it alone."""

    def begin_another(table: str, rows: int) -> None:
        if table == "posts":
            generate_to(db, small_config(), 2)

    with pytest.raises(FolderError, match="another run has taken this place") as caught:
        generate_to(db, small_config(), 1, report=begin_another)
    assert is_one_sentence(caught.value)
    generate_to(tmp_path / "db", small_config(), 2)
    assert bucket.contents("data/db") == contents(tmp_path / "db")


def test_run_that_lost_its_place_ends_before_schema_json(bucket: Bucket, db: str) -> None:
    schema = generate(small_config(), 1).schema
    with (
        pytest.raises(FolderError, match="another run has taken this place"),
        claiming(place_of(db), replace=False) as hold,
        hold.writing(schema),
    ):
        for name in ("users", "posts", "likes"):
            bucket.put(f"data/db/{name}.parquet", b"")
        bucket.put(f"data/db/{MARK_FILE}", claim._mark(set()))
    assert set(bucket.contents("data/db")) == {
        MARK_FILE,
        *(f"{name}.parquet" for name in ("users", "posts", "likes")),
    }


def test_table_that_went_meanwhile_is_missed(bucket: Bucket, db: str) -> None:
    def take(table: str, rows: int) -> None:
        if table == "posts":
            bucket.delete("data/db/users.parquet")

    with pytest.raises(FolderError, match="another run has taken this place"):
        generate_to(db, small_config(), 1, report=take)
    assert bucket.contents("data/db") == {}


def test_store_that_refuses_half_way(bucket: Bucket, db: str) -> None:
    """At whatever request: one sentence, no database, and the next run clears up."""
    for n_requests in range(7):
        bucket.deny_after(n_requests)
        try:
            with pytest.raises(StorageError) as caught:
                generate_to(db, small_config(), 1)
        finally:
            bucket.deny_after(None)
        assert is_one_sentence(caught.value)
        assert "refuses the credentials" in str(caught.value)
        assert "schema.json" not in bucket.contents("data/db")
    generate_to(db, small_config(), 2)
    assert validate(db) == []
    assert MARK_FILE not in bucket.contents("data/db")


def test_log_is_seen(bucket: Bucket) -> None:
    """What tests of requests go by."""
    since = bucket.begin_log()
    bucket.put("a", b"")
    bucket.contents("x")
    bucket.delete("a")
    assert bucket.asked(since) == [Asked("PUT", "a"), Asked("LIST", "x/"), Asked("DELETE", "")]
