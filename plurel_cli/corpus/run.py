"""Make a corpus, or the shard of one, or go on with one that was interrupted.

What is to be made is found by comparing the folder with its journal or index: databases that are
as they were noted are kept, others made. Each is noted when it is finished with; one whose worker
died or that ran out of memory is tried once more at the end, alone on the machine.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from plurel_cli.config.arguments import checked
from plurel_cli.config.given import ConfigLike, as_mixture
from plurel_cli.config.mixture import Mixture
from plurel_cli.corpus.arguments import check_jobs, check_memory, check_seeds
from plurel_cli.corpus.engines import Engine, Workers, check_engine, engine_of
from plurel_cli.corpus.pool import Outcome, Setup, Task
from plurel_cli.errors import FolderError, UsageError
from plurel_cli.schema.model import STAGES, Made
from plurel_cli.schema.sample import sample_schema
from plurel_cli.storage.document import read_schema
from plurel_cli.storage.index import (
    INDEX_FILE,
    JOURNAL_FILE,
    Index,
    IndexEntry,
    SourceConfig,
    index_file,
    journal_file,
    one_after_another,
    read_index,
    remove_index,
)
from plurel_cli.storage.journal import Journal, journal, read_journal
from plurel_cli.storage.layout import MANIFEST_FILE, files
from plurel_cli.storage.members import (
    check_made_by_us,
    check_removable,
    is_database,
    is_unchanged,
    is_whole,
    made_by,
    member_name,
    remove_left_over,
    remove_member,
    settle_member,
    stamp,
)
from plurel_cli.storage.place import Place, each, make_folder, names_in, place_of
from plurel_cli.storage.shard import WHOLE, Shard, check_shard
from plurel_cli.storage.versions import made_here


@dataclass(frozen=True)
class Progress:
    """How far a run is.

    Attributes
    ----------
    total
        Databases that the run is to give.
    kept
        Of these, those that an earlier run had made.
    done, failed
        Those that this run has made and those it could not make.
    rows, n_bytes
        Of what this run has made.
    """

    total: int
    kept: int = 0
    done: int = 0
    failed: int = 0
    rows: int = 0
    n_bytes: int = 0

    def after(self, entry: IndexEntry) -> Progress:
        """How far it is after one more database."""
        if entry.status == "failed":
            return replace(self, failed=self.failed + 1)
        rows, n_bytes = self.rows + entry.rows, self.n_bytes + entry.bytes
        return replace(self, done=self.done + 1, rows=rows, n_bytes=n_bytes)


CorpusReport = Callable[[Progress], None]
"""Called when the work begins and after each database."""


@checked
def generate_corpus(
    folder: str | Place,
    config: ConfigLike | Mixture = None,
    seeds: range = range(1),
    *,
    jobs: int | None = None,
    shard: tuple[int, int] = WHOLE,
    memory: int | None = None,
    resume: bool = False,
    force: bool = False,
    engine: Engine = "local",
    address: str | None = None,
    report: CorpusReport | None = None,
) -> Index:
    """Make many databases in a folder, `db-000042` and so on, with an index, `corpus.json`.

    Parameters
    ----------
    folder
        Folder of the corpus, or `s3://bucket/prefix`.
    config
        What to draw from, as in `generate`, or a mixture of configs or its file.
    seeds
        One for each database, consecutive.
    jobs
        Most processes to work at once; never more than there are cores, which is the default.
    shard
        (i, n): make every n-th database from the i-th on, i from 0; other runs make the others.
    memory
        Bytes that all workers together may use.
    resume
        Whether to go on with a corpus that is there: keep what is finished, make the rest.
    force
        Whether to make a corpus that is there anew.
    engine
        What makes the databases: processes of this machine, or a Ray cluster, whose machines must
        share the folder. With `ray`, `jobs` is the most tasks to hand over at once, and `memory`
        is left to Ray.
    address
        The cluster's; without one, `RAY_ADDRESS` or a cluster on this machine.
    report
        Called as databases are made.

    Returns
    -------
    Index
        What is in the corpus, or in this shard of it; `failed` lists what could not be made.

    Raises
    ------
    FolderError
        If the folder holds a corpus and neither `resume` nor `force` is given, or one that cannot
        be resumed with these arguments.
    UsageError
        If an argument cannot be used.
    StorageError
        If the disk refuses the index.

    Notes
    -----
    The database of a seed is the one that `generate_to` makes, whatever the workers and shards.
    """
    place = place_of(folder)
    mixture = as_mixture(config)
    if resume and force:
        remedy = "give one of them"
        raise UsageError("--resume", "keeps what --force would make anew", remedy=remedy)
    check_engine(engine, address, memory)
    if jobs is not None:
        check_jobs(jobs)
    if memory is not None:
        check_memory(memory)
    its_shard = check_shard(Shard(*shard))
    run = _Run(place, mixture, check_seeds(seeds), its_shard, made_here())
    with engine_of(engine, address, jobs, memory) as its_engine:
        make_folder(place)
        with journal(place, its_shard) as notes:
            run.notes = notes
            kept, left = run.begin(resume=resume, force=force)
            return run.make(kept, left, its_engine, report)


class _Run:
    """A run with the journal of its shard in hand."""

    notes: Journal

    def __init__(
        self, folder: Place, mixture: Mixture, seeds: range, shard: Shard, made: Made
    ) -> None:
        self.folder, self.mixture, self.made = folder, mixture, made
        self.seeds = seeds[shard.number :: shard.of]
        self.index = Index(
            seeds=(seeds.start, seeds.stop),
            shard=shard,
            fingerprint=mixture.fingerprint,
            configs=tuple(
                SourceConfig(name=one.name, weight=one.weight, fingerprint=one.fingerprint)
                for one in mixture.components
            ),
            made=(made,),
        )

    def begin(self, *, resume: bool, force: bool) -> tuple[list[IndexEntry], list[int]]:
        """Entries of databases to keep, and seeds of those to make."""
        there = set(names_in(self.folder))
        former = self._former(there)
        if force:
            self._clear(former, there)
            former, there = None, set()
        elif former is not None:
            if not resume:
                remedy = "--resume goes on with it, --force makes it anew"
                raise FolderError(self.folder, "there is a corpus already", remedy=remedy)
            self._check_same(former)
        elif not resume and (unlisted := [s for s in self.seeds if member_name(s) in there]):
            rule = f"holds {member_name(unlisted[0])}, which no index lists"
            remedy = "--resume keeps it if it belongs there, --force makes it anew"
            raise FolderError(self.folder, rule, remedy=remedy)
        kept, left = self._sorted_out(former, there)
        if former is not None:
            is_new = left and self.made not in former.made
            self.index = self.index.but(made=(*former.made, *((self.made,) if is_new else ())))
        return kept, left

    def _former(self, there: set[str]) -> Index | None:
        """What an earlier run of this shard has noted."""
        shard = Shard(*self.index.shard)
        expected = {index_file(shard), journal_file(shard)}
        for name in sorted(there - expected):
            if name in (INDEX_FILE, JOURNAL_FILE):
                rule = "holds a corpus that is not in shards"
                raise FolderError(self.folder, rule, remedy="leave out --shard")
            if name.startswith("corpus-") and name.endswith((".json", ".journal")):
                of = name.rpartition("-")[2].partition(".")[0]
                if shard == WHOLE or of != str(shard.of):
                    remedy = f"give --shard i/{of}, or join them with --merge"
                    raise FolderError(self.folder, f"holds {of} shards of a corpus", remedy=remedy)
        path = self.folder / journal_file(shard)
        return read_index(self.folder / index_file(shard)) or read_journal(path)

    def _check_same(self, former: Index) -> None:
        """Refuse to go on with what another run would not have begun."""
        again = "or give --force to make it anew"
        if former.plurel != self.made.plurel:
            rule = f"was begun with plurel {former.plurel}, and this is {self.made.plurel}"
            raise FolderError(self.folder, rule, remedy=f"go on with that release, {again}")
        if former.fingerprint != self.index.fingerprint:
            theirs, ours = former.fingerprint[:8], self.index.fingerprint[:8]
            rule = f"was begun with another config (fingerprint {theirs}, not {ours})"
            raise FolderError(self.folder, rule, remedy=f"go on with that one, {again}")
        (first, end), (our_first, our_end) = former.seeds, self.index.seeds
        if our_first != first or our_end < end:
            rule = f"was begun with --seeds {first}:{end}, which must be kept or go further"
            raise FolderError(self.folder, rule, f"{our_first}:{our_end}")

    def _clear(self, former: Index | None, there: set[str]) -> None:
        """Remove the databases of a corpus that is to be made anew."""
        listed = {member_name(entry.seed) for entry in former.databases} if former else set()
        ours = {member_name(seed) for seed in self.seeds}
        gone = [self.folder / name for name in sorted((listed | ours) & there)]
        for step in (check_removable, remove_member):
            for _ in each(self.folder, step, gone):
                continue

    def _sorted_out(
        self, former: Index | None, there: set[str]
    ) -> tuple[list[IndexEntry], list[int]]:
        noted = {entry.seed: entry for entry in former.databases} if former else {}
        seeds = [seed for seed in self.seeds if member_name(seed) in there]
        entries = each(self.folder, lambda seed: self._kept(seed, noted.get(seed)), seeds)
        kept = [entry for entry in entries if entry is not None]
        whole = {entry.seed for entry in kept}
        left = [seed for seed in self.seeds if seed not in whole]
        # Of finished databases too: a kill may come between the commit and the lock's end.
        remove_left_over(self.folder, map(member_name, self.seeds))
        return kept, left

    def _kept(self, seed: int, noted: IndexEntry | None) -> IndexEntry | None:
        """The entry of a database that is there and can stay; makes room for it otherwise."""
        path = self.folder / member_name(seed)
        if noted is not None and noted.status == "done":
            if is_unchanged(path, noted):
                return noted
            check_made_by_us(path, self._files(seed))
            remove_member(path)
            return None
        component = self.mixture.of(seed)
        schema = made_by(path, seed, component.resolved, self.made.plurel)
        if schema is not None and is_whole(path, schema):
            settle_member(path)
            stamped = stamp(path)
            rows = sum(table.rows for table in schema.tables)
            return IndexEntry(
                seed=seed,
                config=component.fingerprint,
                status="done",
                rows=rows,
                bytes=stamped.n_bytes,
                digest=stamped.digest,
                tags=stamped.tags,
            )
        if schema is not None:
            check_made_by_us(path, files(schema))
            remove_member(path)
        return None  # what no run has noted stays, and is found to be in the way

    def _files(self, seed: int) -> set[Path]:
        """Files of the database of a seed, as it says or else as it is planned."""
        path = self.folder / member_name(seed)
        if is_database(path):
            return files(read_schema(path))
        schema = sample_schema(self.mixture.of(seed).config, seed)
        return {Path(MANIFEST_FILE)} | files(schema.but(stages=STAGES))

    def make(
        self,
        kept: Sequence[IndexEntry],
        left: Sequence[int],
        engine: Workers,
        report: CorpusReport | None,
    ) -> Index:
        """Make what is left, and write the index."""
        entries = {entry.seed: entry for entry in kept}
        progress = Progress(len(self.seeds), kept=len(kept))
        self.notes.begin(self.index.but(databases=tuple(kept)))
        remove_index(self.folder, Shard(*self.index.shard))
        if report is not None:
            report(progress)
        with closing(self._made(left, engine)) as made:
            for entry in made:
                self.notes.note(entry)
                entries[entry.seed] = entry
                progress = progress.after(entry)
                if report is not None:
                    report(progress)
        whole = self.index.but(databases=one_after_another(list(entries.values())))
        self.notes.finish(whole)
        return whole

    def _made(self, left: Sequence[int], engine: Workers) -> Generator[IndexEntry]:
        """Entries of databases as they are made."""
        tasks = [Task(seed, self.mixture.position(seed)) for seed in left]
        lost = []
        try:
            with closing(engine.outcomes(self._setup(engine, len(tasks)), tasks)) as outcomes:
                for outcome in outcomes:
                    if outcome.kind == "lost":
                        lost.append(outcome.task)
                    else:
                        yield self._entry(outcome)
            alone = self._setup(engine.alone(), len(lost))
            with closing(engine.outcomes(alone, sorted(lost))) as outcomes:
                for outcome in outcomes:
                    yield self._entry(outcome)
        finally:  # what workers of other machines left, as far as they are gone
            remove_left_over(self.folder, map(member_name, left))

    def _setup(self, engine: Workers, n_tasks: int) -> Setup:
        configs = tuple(component.resolved for component in self.mixture.components)
        return Setup(self.folder.resolve(), configs, *engine.shares(n_tasks))

    def _entry(self, outcome: Outcome) -> IndexEntry:
        answer: dict[str, Any] = dict(outcome.answer)
        why = answer.pop("why", None)
        if outcome.kind == "lost":
            why = f"{why}, twice"
        if (made := answer.pop("made", None)) is not None:
            self._note_made(Made.model_validate(made))
        answer["seconds"] = round(answer.get("seconds", 0.0), 3)
        component = self.mixture.components[outcome.task.config]
        status = "done" if outcome.kind == "done" else "failed"
        return IndexEntry(
            seed=outcome.task.seed,
            config=component.fingerprint,
            status=status,
            error=why,
            **answer,
        )

    def _note_made(self, made: Made) -> None:
        """Remember an environment that a machine of a cluster has."""
        if made not in self.index.made:
            self.index = self.index.but(made=(*self.index.made, made))
            self.notes.note_head(self.index)
