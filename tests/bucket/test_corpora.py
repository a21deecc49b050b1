"""A corpus in a bucket is the one that a folder would hold, whatever befell the run."""

from __future__ import annotations

import json
import random
import signal
import time
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from plurel_cli import generate_corpus, generate_to, load, merge_corpus, parse_config
from plurel_cli.corpus import engines
from plurel_cli.corpus.check import validate_corpus
from plurel_cli.corpus.ray_cluster import _make
from plurel_cli.corpus.run import Progress
from plurel_cli.errors import FolderError, StorageError
from plurel_cli.storage.bucket import BucketPath
from plurel_cli.storage.claim import MARK_FILE
from plurel_cli.storage.index import Index, IndexEntry, SourceConfig, read_index
from plurel_cli.storage.journal import journal, read_journal
from plurel_cli.storage.member_removal import remove_member
from plurel_cli.storage.members import stamp
from plurel_cli.storage.place import place_of
from plurel_cli.storage.turn import WHOLE
from plurel_cli.storage.versions import made_here
from tests.bucket.store import Bucket
from tests.cli.runs import children, in_process, running
from tests.corpus.permits import permits
from tests.corpus.samples import N_TABLES, TINY_YAML, databases, same_corpus, tiny_config
from tests.storage.samples import LAYOUTS, contents, is_one_sentence, small_config

N = 6
_STATS = "STATS/databases.parquet"


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A corpus in a folder."""
    folder = tmp_path_factory.mktemp("corpora") / "undisturbed"
    generate_corpus(folder, tiny_config(), range(N), jobs=1)
    return folder


@pytest.fixture(autouse=True)
def one_core(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "usable_cores", lambda: 1)


@pytest.fixture
def same(bucket: Bucket, undisturbed: Path, tmp_path: Path) -> Callable[[], bool]:
    """Whether the corpus in the bucket is the one in the folder, and nothing else is there."""

    def compare() -> bool:
        place = bucket.download("c", tmp_path / "downloaded")
        index = json.loads((place / "corpus.json").read_text())
        for entry in index["databases"]:
            assert entry.pop("tags")
        (place / "corpus.json").write_text(json.dumps(index))
        return same_corpus(place, undisturbed)

    return compare


def _make_corpus(bucket: Bucket, n: int = N, **options: Any) -> Index:
    return generate_corpus(bucket.url("c"), tiny_config(), range(n), **options)


def _there(bucket: Bucket) -> set[str]:
    """Databases that are there."""
    return {name.split("/")[1] for name in bucket.tags("c") if name.endswith("schema.json")}


def test_cards_of_a_corpus_are_those_of_a_folder(bucket: Bucket, tmp_path: Path) -> None:
    """Its own, its statistics, and those of its databases; also once it is chosen from."""
    raw = tiny_config().resolved()
    config = parse_config({**raw, "output": {**raw["output"], "card": True}})
    generate_corpus(bucket.url("c"), config, range(3), jobs=1)
    generate_corpus(tmp_path / "c", config, range(3), jobs=1)
    there, here = bucket.contents("c"), contents(tmp_path / "c")
    assert there.keys() == here.keys()
    assert {"README.md", "STATS/databases.parquet", "db-000002/schema.svg"} <= there.keys()
    written = {name for name in here if name != "corpus.json"}
    assert {n: there[n] for n in written - {_STATS}} == {n: here[n] for n in written - {_STATS}}
    stats = [pl.read_parquet(BytesIO(each[_STATS])) for each in (there, here)]
    assert stats[0].drop("seconds", strict=False).equals(stats[1].drop("seconds", strict=False))
    assert stats[0].height == 3


def test_corpus_is_the_same(bucket: Bucket, same: Callable[[], bool]) -> None:
    since = bucket.begin_log()
    index = _make_corpus(bucket)
    assert same()
    assert list(validate_corpus(bucket.url("c"))) == []
    assert read_index(place_of(bucket.url("c/corpus.json"))) == index
    databases = [its for its in bucket.asked(since) if its.key.startswith("c/db-000003/")]
    n_tables = len(load(bucket.url("c/db-000003")).schema.tables)
    puts = [its.key.rpartition("/")[2] for its in databases if its.what == "PUT"]
    assert len(puts) == n_tables + 2
    assert (puts[0], puts[-1]) == (MARK_FILE, "schema.json")
    others = [its for its in bucket.asked(since) if its.what == "PUT" and "/db-" not in its.key]
    *notes, last = [its.key for its in others]
    assert last == "c/corpus.json"
    assert len(notes) >= 2  # a slow run notes what is done more often
    assert notes == [f"c/corpus.journal/{1 + number:09}" for number in range(len(notes))]


def test_shards_are_merged(bucket: Bucket, same: Callable[[], bool]) -> None:
    for number in (1, 0):
        _make_corpus(bucket, shard=(number, 2))
    with pytest.raises(FolderError, match="holds 2 shards of a corpus"):
        _make_corpus(bucket)
    bucket.delete("c/db-000003/table_0.parquet")
    with pytest.raises(FolderError, match=r"db-000003: is missing or has changed.*shard 1/2"):
        merge_corpus(bucket.url("c"))
    _make_corpus(bucket, shard=(1, 2), resume=True)
    assert merge_corpus(bucket.url("c")).warnings == ()
    assert same()


def test_what_is_finished_is_kept_for_a_request_each(
    bucket: Bucket, same: Callable[[], bool]
) -> None:
    _make_corpus(bucket, N - 1)
    before = bucket.tags("c/db-000001")
    since = bucket.begin_log()
    told: list[Progress] = []
    _make_corpus(bucket, resume=True, report=told.append)
    assert told[0] == Progress(N, kept=N - 1)
    assert bucket.tags("c/db-000001") == before
    asked = [its for its in bucket.asked(since) if its.key.startswith("c/db-000001")]
    assert [its.what for its in asked[:-1]] == ["LIST"]  # the last is ours, above
    assert same()


def test_copied_corpus_is_known_by_its_tails(bucket: Bucket, undisturbed: Path) -> None:
    """As one that was made in a folder, or has other tags."""
    bucket.upload(undisturbed, "c")
    before = bucket.tags("c/db-000000")
    _make_corpus(bucket, resume=True)
    assert bucket.tags("c/db-000000") == before
    index = json.loads(bucket.contents("c")["corpus.json"])
    for entry in index["databases"]:
        entry["tags"] = "other"
    bucket.put("c/corpus.json", json.dumps(index).encode())
    _make_corpus(bucket, resume=True)
    assert bucket.tags("c/db-000000") == before
    assert list(validate_corpus(bucket.url("c"))) == []


def test_spoilt_databases_are_made_anew(bucket: Bucket, same: Callable[[], bool]) -> None:
    _make_corpus(bucket)
    kept = bucket.tags("c/db-000005")
    table = bytearray(bucket.contents("c/db-000000")["table_0.parquet"])
    table[len(table) // 2] ^= 1
    bucket.put("c/db-000000/table_0.parquet", bytes(table))
    bucket.delete("c/db-000001/table_0.parquet")
    bucket.delete("c/db-000002/schema.json")
    bucket.put("c/db-000003/extra.parquet", b"")
    bucket.put("c/db-000003/schema.json", b"{")
    bucket.delete(*(f"c/db-000004/{name}" for name in bucket.contents("c/db-000004")))
    faults = [(str(place), fault.rule) for place, fault in validate_corpus(bucket.url("c"))]
    assert (bucket.url("c/db-000000"), "has changed since corpus.json was written") in faults
    assert (bucket.url("c/db-000004"), "is missing") in faults
    with pytest.raises(FolderError, match=r"db-000003: holds extra\.parquet, which no run has"):
        _make_corpus(bucket, resume=True)
    assert bucket.contents("c/db-000003")["extra.parquet"] == b""
    bucket.delete("c/db-000003/extra.parquet")
    assert _make_corpus(bucket, resume=True).failed == ()
    assert same()
    assert bucket.tags("c/db-000005") == kept


def test_databases_that_no_index_lists_are_kept(
    bucket: Bucket, undisturbed: Path, same: Callable[[], bool]
) -> None:
    """As after a kill between a database's commit and its note, also before its mark went."""
    bucket.upload(undisturbed, "c")
    bucket.delete("c/corpus.json")
    bucket.put(f"c/db-000002/{MARK_FILE}", b"{}")
    before = {n: tag for n, tag in bucket.tags("c").items() if not n.endswith(MARK_FILE)}
    with pytest.raises(FolderError, match="holds db-000000, which no index lists; --resume"):
        _make_corpus(bucket)
    _make_corpus(bucket, resume=True)
    assert before.items() <= bucket.tags("c").items()
    assert same()


def test_databases_of_others_are_not_replaced(bucket: Bucket) -> None:
    generate_to(bucket.url("c/db-000001"), tiny_config(features={"model": "series"}), 1)
    bucket.put("c/db-000002/notes.txt", b"mine")
    before = bucket.tags("c")
    index = _make_corpus(bucket, 3, resume=True)
    assert [entry.seed for entry in index.failed] == [1, 2]
    assert "there is a database already" in str(index.failed[0].error)
    assert "holds files but no database" in str(index.failed[1].error)
    assert before.items() <= bucket.tags("c").items()


def test_force_makes_a_corpus_anew(bucket: Bucket, same: Callable[[], bool]) -> None:
    other = tiny_config(time={"start": "2001-01-01", "end": "2002-01-01"})
    generate_corpus(bucket.url("c"), other, range(3))
    with pytest.raises(FolderError, match="there is a corpus already"):
        _make_corpus(bucket)
    bucket.put("c/db-000002/notes.txt", b"mine")
    before = bucket.tags("c")
    with pytest.raises(FolderError, match=r"notes\.txt, which is no part"):
        _make_corpus(bucket, force=True)
    assert bucket.tags("c") == before
    bucket.delete("c/db-000002/notes.txt")
    _make_corpus(bucket, force=True)
    assert same()


@pytest.mark.parametrize("layout", LAYOUTS)
def test_database_is_made_of_the_same_files(bucket: Bucket, tmp_path: Path, layout: str) -> None:
    """Its stamp takes all of them, and all of them go."""
    generate_to(tmp_path / "db", small_config(layout), 1)
    bucket.upload(tmp_path / "db", "c/db")
    for name in ("notes.txt", "tasks/notes.txt", "db/deep/er.parquet"):
        bucket.put(f"c/db/{name}", b"mine")
    place = place_of(bucket.url("c/db"))
    assert stamp(place)[:2] == stamp(tmp_path / "db")[:2]
    remove_member(place)
    assert set(bucket.contents("c/db")) == {"notes.txt", "tasks/notes.txt", "db/deep/er.parquet"}


def test_worker_of_another_machine_writes_to_the_bucket(bucket: Bucket, undisturbed: Path) -> None:
    """What a task of a Ray cluster runs."""
    setup = {
        "folder": bucket.url("c"),
        "prefix": "db",
        "configs": [{"resolved": tiny_config().resolved(), "sources": None}],
        "plurel": made_here().plurel,
    }
    answer = _make(json.dumps(setup), 4, 0)
    entry = json.loads((undisturbed / "corpus.json").read_text())["databases"][4]
    assert (answer["is"], answer["digest"], answer["bytes"]) == (
        "done",
        entry["digest"],
        entry["bytes"],
    )
    assert _make(json.dumps(setup), 4, 0)["tags"] == answer["tags"]


# Ended at any moment.

N_ENDED = 12
"""More than all runs that are ended have permits for."""


def test_ended_runs_and_a_last_one_give_the_same_corpus(bucket: Bucket, tmp_path: Path) -> None:
    """Each run is ended at a random moment after it has made another database."""
    draws, config = random.Random(7), tmp_path / "tiny.yaml"
    config.write_text(TINY_YAML)
    options = "corpus", "-c", config, "--seeds", f"0:{N_ENDED}", "-o", bucket.url("c")
    arguments = *options, "--resume", "--jobs", "2"
    for number, code in [(signal.SIGKILL, -9), (signal.SIGTERM, 143)]:
        goal = len(_there(bucket)) + 1
        with (
            permits(tmp_path / "permits") as given,
            running(*arguments, before=given.code, stdout=-1, stderr=-1) as process,
        ):
            # One of two workers makes a database, even if both first make what is there already.
            given.give(4 * N_TABLES - 1)
            while len(_there(bucket)) < goal:
                assert process.poll() is None, process.communicate()
                time.sleep(0.01)
            given.give(N_TABLES)
            time.sleep(0.2 * draws.random())
            workers = children(process.pid)
            process.send_signal(number)
            out, err = process.communicate(timeout=60)
            _wait_for_end(workers)
        assert process.returncode == code
        assert goal <= len(_there(bucket)) <= goal + 3
        assert (out, b"Traceback" in err) == (b"", False)
        for name in _there(bucket):
            assert load(bucket.url(f"c/{name}")).schema.seed == int(name[3:])
    assert "corpus.json" not in bucket.contents("c")
    assert in_process(*arguments) == (0, "", "")
    generate_corpus(tmp_path / "undisturbed", config, range(N_ENDED), jobs=1)
    place = bucket.download("c", tmp_path / "c")
    assert databases(place) == databases(tmp_path / "undisturbed")
    assert list(validate_corpus(bucket.url("c"))) == []


def _wait_for_end(processes: list[int]) -> None:
    deadline = time.monotonic() + 60
    while any(Path(f"/proc/{process}").exists() for process in processes):
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_interrupted_run_leaves_a_journal_and_nothing_unfinished(
    bucket: Bucket, same: Callable[[], bool]
) -> None:
    def report(progress: Progress) -> None:
        if progress.done == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        _make_corpus(bucket, report=report)
    noted = read_journal(place_of(bucket.url("c/corpus.journal")))
    assert noted is not None
    assert [entry.seed for entry in noted.databases] == [0, 1, 2]
    assert not [name for name in bucket.contents("c") if MARK_FILE in name]
    faults = [fault.place for place, fault in validate_corpus(bucket.url("c"))]
    assert faults == ["corpus.journal"]
    _make_corpus(bucket, resume=True)
    assert same()


def test_worker_that_is_killed_leaves_nothing(bucket: Bucket, monkeypatch: Any) -> None:
    from plurel_cli.corpus import pool

    patch = (
        "import os, signal; import plurel_cli.storage.claim as claim; claim.write_schema = "
        "lambda *its: os.kill(os.getpid(), signal.SIGKILL); main()"
    )
    monkeypatch.setattr(pool, "_PROGRAM", pool._PROGRAM.replace("main()", patch))
    (entry,) = _make_corpus(bucket, 1).failed
    assert str(entry.error).startswith("its worker died (SIGKILL")
    assert set(bucket.contents("c")) == {"corpus.json"}


def test_store_that_does_not_answer_costs_no_database(
    bucket: Bucket, monkeypatch: pytest.MonkeyPatch, same: Callable[[], bool]
) -> None:
    """A resumed run that cannot look at a database must not take it for a broken one."""
    _make_corpus(bucket)
    before = bucket.tags("c")
    for n_requests in range(9):
        bucket.deny_after(n_requests)
        try:
            with pytest.raises(StorageError) as caught:
                _make_corpus(bucket, resume=True)
        finally:
            bucket.deny_after(None)
        assert is_one_sentence(caught.value)
        assert {n: t for n, t in bucket.tags("c").items() if "/db-" in n} == {
            n: t for n, t in before.items() if "/db-" in n
        }
    _make_corpus(bucket, resume=True)
    assert same()


# The journal.

HEAD = Index(
    seeds=(0, 5), fingerprint="f", configs=(SourceConfig(name="ü", weight=1, fingerprint="f"),)
)
ENTRIES = [
    IndexEntry(seed=3, config="f", status="done", rows=7, bytes=9, digest="d", tags="t"),
    IndexEntry(seed=0, config="f", status="failed", error="no: “such”\u2028thing"),
    IndexEntry(seed=0, config="f", status="done", rows=1),
]


@pytest.fixture
def place(bucket: Bucket) -> BucketPath:
    return BucketPath(bucket.name, "c")


def test_notes_wait_for_each_other(
    bucket: Bucket, place: BucketPath, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = place / "corpus.journal"
    assert read_journal(path) is None
    with journal(place, WHOLE) as notes:
        assert bucket.contents() == {}
        notes.begin(HEAD)
        for entry in ENTRIES:
            notes.note(entry)
        assert read_journal(path) == HEAD
        monkeypatch.setattr("plurel_cli.storage.journal._EVERY_S", 0)
        notes.note_head(HEAD.but(fingerprint="g"))
        found = read_journal(path)
        assert found is not None
        assert found.fingerprint == "g"
        assert {e.seed: e for e in found.databases} == {e.seed: e for e in ENTRIES}
        assert len(bucket.contents()) == 2
        notes.finish(HEAD.but(databases=tuple(ENTRIES[:1])))
    assert list(bucket.contents()) == ["c/corpus.json"]
    assert read_index(place / "corpus.json") == HEAD.but(databases=tuple(ENTRIES[:1]))


def test_run_that_fails_notes_what_it_has(bucket: Bucket, place: BucketPath) -> None:
    with pytest.raises(MemoryError), journal(place, WHOLE) as notes:
        notes.begin(HEAD)
        notes.note(ENTRIES[0])
        raise MemoryError
    assert read_journal(place / "corpus.journal") == HEAD.but(databases=(ENTRIES[0],))
    bucket.delete(*bucket.contents())
    with pytest.raises(MemoryError), journal(place, WHOLE):
        raise MemoryError
    assert not [name for name in bucket.contents() if "journal" in name]


def test_later_run_has_the_journal(bucket: Bucket, place: BucketPath) -> None:
    with journal(place, WHOLE) as first:
        first.begin(HEAD)
        with journal(place, WHOLE) as second:
            second.begin(HEAD.but(databases=(ENTRIES[0],)))
        first.note(ENTRIES[1])
        with pytest.raises(FolderError, match="another run has gone on with it") as caught:
            first.finish(HEAD)
        assert is_one_sentence(caught.value)
    assert read_journal(place / "corpus.journal") == HEAD.but(databases=(ENTRIES[0],))
    assert "c/corpus.json" not in bucket.contents()
    with journal(place, WHOLE) as third:
        third.begin(HEAD)
        third.finish(HEAD)
    assert list(bucket.contents()) == ["c/corpus.json"]


def test_what_else_lies_in_a_journal_is_passed_over(bucket: Bucket, place: BucketPath) -> None:
    bucket.put("c/corpus.journal/notes.txt", b"mine")
    assert read_journal(place / "corpus.journal") is None
    with journal(place, WHOLE) as notes:
        notes.begin(HEAD)
        notes.finish(HEAD)
    assert list(bucket.contents()) == ["c/corpus.journal/notes.txt", "c/corpus.json"]
