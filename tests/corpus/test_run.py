"""A corpus is the same whatever made it: order, workers, interruptions, shards."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from plurel_cli import generate_corpus, generate_to, load, merge_corpus, validate
from plurel_cli.config.mixture import Component, Mixture
from plurel_cli.corpus import engines, nursery, pool, process
from plurel_cli.corpus.check import validate_corpus
from plurel_cli.corpus.pool import WorkerError
from plurel_cli.corpus.run import Progress
from plurel_cli.errors import FolderError, PlurelError, UsageError
from plurel_cli.storage.index import read_index
from plurel_cli.storage.journal import journal, read_journal
from plurel_cli.storage.turn import WHOLE, Turn
from tests.corpus.conftest import N
from tests.corpus.samples import databases, index_of, same_corpus, tiny_config
from tests.storage.samples import contents, is_one_sentence

LATER = """
import plurel_cli.pipeline as pipeline
_made = pipeline.written_to
def written_to(folder, config, seed):
    import os, signal
    from pathlib import Path
    {body}
    return _made(folder, config, seed)
pipeline.written_to = written_to
"""


@pytest.fixture
def in_workers(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Lets some code run in workers before each database."""

    def begin(body: str) -> None:
        for module in (pool, nursery):
            program = module._PROGRAM.replace(
                "from plurel_cli.corpus", "exec(sys.argv[2]); from plurel_cli.corpus"
            )
            monkeypatch.setattr(module, "_PROGRAM", program)
        start = process.subprocess.Popen

        def popen(command: list[str], **options: Any) -> Any:
            return start([*command, LATER.format(body=body)], **options)

        monkeypatch.setattr(process.subprocess, "Popen", popen)

    return begin


def test_databases_are_those_of_generate(undisturbed: Path, tmp_path: Path) -> None:
    for seed in (0, 5):
        generate_to(tmp_path / f"db-00000{seed}", tiny_config(), seed)
        ours = contents(undisturbed / f"db-00000{seed}")
        assert ours == contents(tmp_path / f"db-00000{seed}")
    entry = index_of(undisturbed)["databases"][5]
    tables = load(undisturbed / "db-000005").tables.values()
    assert entry["seed"] == 5
    assert entry["rows"] == sum(table.height for table in tables)
    assert entry["bytes"] == sum(map(len, contents(undisturbed / "db-000005").values()))
    assert sorted(path.name for path in undisturbed.iterdir()) == [
        "corpus.json",
        *(f"db-00000{seed}" for seed in range(N)),
    ]


@pytest.mark.usefixtures("four_cores")
def test_any_number_of_workers_in_any_order(
    undisturbed: Path, tmp_path: Path, in_workers: Any
) -> None:
    in_workers("import time; time.sleep(0.2 * (seed % 3 == 0))")
    generate_corpus(tmp_path / "c", tiny_config(), range(N), jobs=3)
    assert same_corpus(tmp_path / "c", undisturbed)


def test_shards_make_the_same_corpus_in_one_folder(undisturbed: Path, tmp_path: Path) -> None:
    place = tmp_path / "c"
    for number in (1, 0):
        index = generate_corpus(place, tiny_config(), range(N), shard=(number, 2))
        assert [entry.seed for entry in index.databases] == list(range(number, N, 2))
    assert merge_corpus(place) == (read_index(place / "corpus.json"), ())
    assert same_corpus(place, undisturbed)
    assert generate_corpus(place, tiny_config(), range(N), resume=True).failed == ()
    assert same_corpus(place, undisturbed)


def test_shard_without_a_seed(tmp_path: Path) -> None:
    assert generate_corpus(tmp_path, tiny_config(), range(1), shard=(1, 2)).databases == ()


def test_corpus_may_grow_and_progress_is_told(undisturbed: Path, tmp_path: Path) -> None:
    told: list[Progress] = []
    place = tmp_path / "c"
    generate_corpus(place, tiny_config(), range(2), resume=True)
    index = generate_corpus(place, tiny_config(), range(N), resume=True, report=told.append)
    assert told[0] == Progress(N, kept=2)
    assert [its.done for its in told] == list(range(N - 1))
    assert told[-1].rows == sum(entry.rows for entry in index.databases[2:])
    assert told[-1].n_bytes == sum(entry.bytes for entry in index.databases[2:])
    assert same_corpus(place, undisturbed)


def test_each_seed_draws_its_config(tmp_path: Path) -> None:
    configs = [tiny_config(), tiny_config(schema={"tables": 1, "rows": {"activity": 7}})]
    mixture = Mixture(tuple(Component(str(n), config) for n, config in enumerate(configs)))
    index = generate_corpus(tmp_path / "c", mixture, range(6))
    assert len({entry.config for entry in index.databases}) == 2
    for entry in index.databases:
        component = mixture.of(entry.seed)
        assert entry.config == component.fingerprint
        schema = load(tmp_path / "c" / f"db-00000{entry.seed}").schema
        assert schema.config == component.config.resolved()


# What fails.


def test_database_that_fails_is_noted_and_made_by_a_resumed_run(
    undisturbed: Path, tmp_path: Path, in_workers: Any
) -> None:
    place, mark = tmp_path / "c", tmp_path / "mark"
    in_workers(f"assert seed != 2 or Path({str(mark)!r}).exists(), 'no two' + chr(10) + 'please'")
    index = generate_corpus(place, tiny_config(), range(N))
    (entry,) = index.failed
    assert (entry.seed, entry.error) == (2, "AssertionError: no two; please")
    assert not (place / "db-000002").exists()
    assert len([e for e in index.databases if e.status == "done"]) == N - 1
    assert read_index(place / "corpus.json") == index
    mark.touch()
    assert generate_corpus(place, tiny_config(), range(N), resume=True).failed == ()
    assert same_corpus(place, undisturbed)


@pytest.mark.usefixtures("four_cores")
def test_dead_worker_costs_one_database_at_most(
    undisturbed: Path, tmp_path: Path, in_workers: Any
) -> None:
    """One database kills its workers always, another only the first."""
    place, mark = tmp_path / "c", tmp_path / "mark"
    in_workers(
        f"mark = Path({str(mark)!r})\n"
        "    if seed == 2 or seed == 5 and not mark.exists():\n"
        "        if seed == 5: mark.touch()\n"
        "        name = f'.{folder.name}.plurel-{os.uname().nodename}-{os.getpid()}'\n"
        "        (folder.parent / name).mkdir()\n"
        "        os.kill(os.getpid(), signal.SIGKILL)"
    )
    index = generate_corpus(place, tiny_config(), range(N), jobs=2)
    (entry,) = index.failed
    assert entry.seed == 2
    assert entry.error is not None
    assert entry.error.startswith("its worker died (SIGKILL, as when the system lacks memory)")
    assert is_one_sentence(entry.error)
    expected = databases(undisturbed)
    assert databases(place) == {n: d for n, d in expected.items() if "db-000002" not in n}


def test_database_of_a_worker_that_died_before_it_said_so_is_kept(
    undisturbed: Path, tmp_path: Path, in_workers: Any
) -> None:
    place = tmp_path / "c"
    in_workers(
        "if seed == 1 and not folder.exists():\n"
        "        _made(folder, config, seed)\n"
        "        os.kill(os.getpid(), signal.SIGKILL)"
    )
    assert generate_corpus(place, tiny_config(), range(N)).failed == ()
    assert same_corpus(place, undisturbed)


def test_last_words_of_a_dead_worker_are_kept(tmp_path: Path, in_workers: Any) -> None:
    in_workers("os.write(2, b'memory allocation failed' + bytes([10])); os.abort()")
    (entry,) = generate_corpus(tmp_path, tiny_config(), range(1)).failed
    assert entry.error == "its worker died (SIGABRT): memory allocation failed, twice"


@pytest.mark.usefixtures("four_cores")
def test_workers_that_cannot_start_end_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (pool, nursery):
        monkeypatch.setattr(module, "_PROGRAM", "raise SystemExit('not today')")
    with pytest.raises(WorkerError, match=r"cannot start: .*exit code 1.*not today"):
        generate_corpus(tmp_path, tiny_config(), range(N))


@pytest.mark.usefixtures("four_cores")
def test_memory_is_limited(tmp_path: Path, in_workers: Any) -> None:
    """What is too much for a share is tried with the whole, and fails where that is too little."""
    in_workers("import numpy; numpy.ones({0: 0, 1: 110_000_000, 2: 1_000_000_000}[seed])")
    index = generate_corpus(tmp_path, tiny_config(), range(3), memory=3 * engines.WORKER_MEMORY)
    (entry,) = index.failed
    assert entry.seed == 2
    assert entry.error is not None
    assert entry.error.startswith("ran out of memory: ")
    assert entry.error.endswith(", twice")


@pytest.mark.parametrize(
    ("jobs", "memory", "n_tasks", "expected"),
    [
        (4, None, 100, (4, 2, None)),
        (4, None, 3, (3, 2, None)),
        (2, None, 100, (2, 4, None)),
        (4, 3 << 30, 2, (2, 4, 3 << 29)),
        (4, 1 << 30, 100, (2, 4, 1 << 29)),
        (4, 300 << 20, 100, (1, 8, 300 << 20)),
    ],
)
def test_cores_and_memory_are_shared_out(
    monkeypatch: pytest.MonkeyPatch,
    jobs: int,
    memory: int | None,
    n_tasks: int,
    expected: tuple[int, int, int | None],
) -> None:
    monkeypatch.setattr(engines, "usable_cores", lambda: 8)
    shares = engines.LocalWorkers(jobs, memory).shares(n_tasks)
    assert shares == expected
    assert shares.workers * shares.threads <= 8


@pytest.mark.usefixtures("four_cores")
def test_workers_are_told_of_their_threads(tmp_path: Path, in_workers: Any) -> None:
    in_workers(
        "import polars; raise RuntimeError(f'{polars.thread_pool_size()} '"
        " + os.environ['OPENBLAS_NUM_THREADS'])"
    )
    failed = generate_corpus(tmp_path, tiny_config(), range(2), jobs=2).failed
    assert {entry.error for entry in failed} == {"RuntimeError: 2 1"}


# Going on.


@pytest.fixture
def copy(undisturbed: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(undisturbed, tmp_path / "copy"))


def _break(folder: Path) -> None:
    """Spoil databases in all ways that a resumed run mends."""
    table = next((folder / "db-000000").glob("*.parquet"))
    table.write_bytes(table.read_bytes()[:-9])
    table = next((folder / "db-000001").glob("*.parquet"))
    data = bytearray(table.read_bytes())
    data[len(data) // 2] ^= 1
    table.write_bytes(data)
    next((folder / "db-000002").glob("*.parquet")).unlink()
    (folder / "db-000003" / "schema.json").unlink()
    (folder / "db-000004" / "schema.json").write_text("{")
    shutil.rmtree(folder / "db-000005")
    shutil.rmtree(folder / "db-000006" / "db", ignore_errors=True)
    next((folder / "db-000006").glob("*.parquet")).write_text("")
    (folder / ".db-000005.plurel-new").mkdir()
    (folder / ".db-000005.plurel-new" / "half.parquet").write_text("half")


def test_spoilt_databases_are_made_anew(undisturbed: Path, copy: Path) -> None:
    _break(copy)
    kept = (copy / "db-000007" / "schema.json").stat()
    assert generate_corpus(copy, tiny_config(), range(N), resume=True).failed == ()
    assert same_corpus(copy, undisturbed)
    now = (copy / "db-000007" / "schema.json").stat()
    assert (now.st_ino, now.st_mtime_ns) == (kept.st_ino, kept.st_mtime_ns)


def test_locks_that_a_kill_left_of_finished_databases_go(undisturbed: Path, copy: Path) -> None:
    (copy / ".db-000001.plurel-lock").write_text("")
    (copy / "corpus.json").unlink()
    (copy / ".db-000002.plurel-lock").write_text("")
    generate_corpus(copy, tiny_config(), range(N), resume=True)
    assert same_corpus(copy, undisturbed)


def test_files_that_no_run_has_made_stay(copy: Path) -> None:
    mine = copy / "db-000000" / "mine.parquet"
    mine.write_text("mine")
    before = contents(copy)
    with pytest.raises(FolderError, match=r"db-000000: holds mine\.parquet, which no run"):
        generate_corpus(copy, tiny_config(), range(N), resume=True)
    with pytest.raises(FolderError, match=r"mine\.parquet, which is no part"):
        generate_corpus(copy, tiny_config(), range(N), force=True)
    assert contents(copy) == before


@pytest.mark.parametrize("name", ["mine.parquet", "schema.json", "db/users.parquet"])
def test_a_folder_that_never_was_a_corpus_loses_nothing(tmp_path: Path, name: str) -> None:
    mine = tmp_path / "db-000001" / name
    mine.parent.mkdir(parents=True)
    mine.write_text("mine")
    index = generate_corpus(tmp_path, tiny_config(), range(3), resume=True)
    assert [entry.seed for entry in index.failed] == [1]
    assert mine.read_text() == "mine"
    with pytest.raises(FolderError, match="db-000001"):
        generate_corpus(tmp_path, tiny_config(), range(3), force=True)
    assert mine.read_text() == "mine"


def test_spoilt_tasks_and_scores_are_made_anew(tmp_path: Path) -> None:
    config = tiny_config(output={"layout": "relbench"}, features={"model": "series"})
    generate_corpus(tmp_path / "sound", config, range(4))
    place = Path(shutil.copytree(tmp_path / "sound", tmp_path / "spoilt"))
    tasks = sorted((place / "db-000000").glob("tasks/*/manifest.yaml"))
    tasks[0].unlink()
    tasks = sorted((place / "db-000001").glob("tasks/*/manifest.yaml"))
    tasks[-1].write_text(tasks[-1].read_text().replace("autocomplete", "forecast"))
    (place / "db-000002" / "scores.json").unlink()
    scores = place / "db-000003" / "scores.json"
    scores.write_text(scores.read_text().replace("true", "false", 1))
    assert len({path.name for path, _ in validate_corpus(place)}) == 4
    assert generate_corpus(place, config, range(4), resume=True).failed == ()
    assert same_corpus(place, tmp_path / "sound")
    assert list(validate_corpus(place)) == []


def test_databases_that_no_index_lists_are_kept_if_they_belong_there(
    undisturbed: Path, copy: Path
) -> None:
    """As after a kill between a database's commit and its note."""
    (copy / "corpus.json").unlink()
    next((copy / "db-000001").glob("*.parquet")).write_bytes(b"PAR1")
    before = (copy / "db-000000" / "schema.json").stat().st_ino
    with pytest.raises(FolderError, match="holds db-000000, which no index lists; --resume"):
        generate_corpus(copy, tiny_config(), range(N))
    generate_corpus(copy, tiny_config(), range(N), resume=True)
    assert same_corpus(copy, undisturbed)
    assert (copy / "db-000000" / "schema.json").stat().st_ino == before


def test_databases_of_others_are_not_replaced(tmp_path: Path) -> None:
    generate_to(tmp_path / "db-000001", tiny_config(features={"model": "series"}), 1)
    (tmp_path / "db-000002").mkdir()
    (tmp_path / "db-000002" / "notes.txt").write_text("mine")
    before = contents(tmp_path)
    index = generate_corpus(tmp_path, tiny_config(), range(3), resume=True)
    assert [entry.seed for entry in index.failed] == [1, 2]
    assert "there is a database already" in str(index.failed[0].error)
    assert "holds files but no database" in str(index.failed[1].error)
    assert before.items() <= contents(tmp_path).items()


def test_force_makes_a_corpus_anew(undisturbed: Path, tmp_path: Path) -> None:
    other = tiny_config(time={"start": "2001-01-01", "end": "2002-01-01"})
    place = tmp_path / "c"
    generate_corpus(place, other, range(N + 2))
    with pytest.raises(FolderError, match="there is a corpus already"):
        generate_corpus(place, tiny_config(), range(N))
    generate_corpus(place, tiny_config(), range(N), force=True)
    assert same_corpus(place, undisturbed)


def test_force_keeps_what_is_no_database(copy: Path) -> None:
    (copy / "db-000003" / "notes.txt").write_text("mine")
    before = contents(copy)
    with pytest.raises(FolderError, match=r"notes\.txt, which is no part"):
        generate_corpus(copy, tiny_config(), range(N), force=True)
    assert contents(copy) == before


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({}, "there is a corpus already; --resume goes on with it, --force makes it anew"),
        ({"config": tiny_config(features={"model": "series"}), "resume": True}, "another config"),
        ({"seeds": range(N - 1), "resume": True}, "was begun with --seeds 0:8"),
        ({"seeds": range(1, N + 1), "resume": True}, "was begun with --seeds 0:8"),
        ({"shard": (0, 2)}, "holds a corpus that is not in shards; leave out --shard"),
        ({"resume": True, "force": True}, "--resume: keeps what --force would make anew"),
        ({"jobs": 0}, "--jobs: must be at least 1, got 0"),
        ({"memory": 1 << 20}, "--memory: must be at least 256MiB"),
        ({"shard": (2, 2)}, "--shard: must be from 0 to 1 of 2, got '2/2'"),
        ({"seeds": range(3, 3)}, "--seeds: must end above the first"),
        ({"seeds": range(0, 9, 2)}, "--seeds: must be consecutive"),
    ],
)
def test_refused_runs_change_nothing(copy: Path, options: dict[str, Any], words: str) -> None:
    before = contents(copy)
    arguments: dict[str, Any] = {"config": tiny_config(), "seeds": range(N)} | options
    with pytest.raises((FolderError, UsageError)) as caught:
        generate_corpus(copy, **arguments)
    assert words in str(caught.value)
    assert is_one_sentence(caught.value)
    assert contents(copy) == before


def test_other_release_is_refused(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("plurel_cli.storage.versions.__version__", "9.0")
    with pytest.raises(FolderError, match=r"begun with plurel \S+, and this is 9\.0") as caught:
        generate_corpus(copy, tiny_config(), range(N), resume=True)
    assert is_one_sentence(caught.value)


def test_two_runs_at_once_are_refused(tmp_path: Path) -> None:
    with (
        journal(tmp_path, WHOLE),
        pytest.raises(FolderError, match="another run is at work"),
    ):
        generate_corpus(tmp_path, tiny_config(), range(1))
    with journal(tmp_path, Turn(0, 2)):
        generate_corpus(tmp_path, tiny_config(), range(2), shard=(1, 2))


@pytest.mark.usefixtures("four_cores")
def test_interrupted_run_leaves_a_journal_and_nothing_unfinished(
    undisturbed: Path, tmp_path: Path, in_workers: Any
) -> None:
    mark = tmp_path / "mark"
    in_workers(f"import time; time.sleep(99 * (seed > 2 and not Path({str(mark)!r}).exists()))")

    def report(progress: Progress) -> None:
        if progress.done == 3:
            raise KeyboardInterrupt

    place = tmp_path / "c"
    with pytest.raises(KeyboardInterrupt):
        generate_corpus(place, tiny_config(), range(N), jobs=2, report=report)
    noted = read_journal(place / "corpus.journal")
    assert noted is not None
    assert sorted(entry.seed for entry in noted.databases) == [0, 1, 2]
    there = ["corpus.journal", "db-000000", "db-000001", "db-000002"]
    assert sorted(path.name for path in place.iterdir()) == there
    mark.touch()
    generate_corpus(place, tiny_config(), range(N), jobs=1, resume=True)
    assert same_corpus(place, undisturbed)


def test_disk_that_takes_no_note_ends_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise FolderError(tmp_path, "is full")

    monkeypatch.setattr("plurel_cli.storage.journal.Journal.note", full)
    with pytest.raises(PlurelError, match="is full"):
        generate_corpus(tmp_path, tiny_config(), range(N))
    assert validate(tmp_path / "db-000000") == []
