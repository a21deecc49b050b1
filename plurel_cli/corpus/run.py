"""Make a corpus, or the shard of one, or go on with one that was interrupted.

Databases that are there and can stay are kept (`inventory`), others made. Each is noted when it is
finished with; one whose worker died or that ran out of memory is tried once more at the end, alone
on the machine.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from typing import Any

from plurel_cli.config.arguments import checked
from plurel_cli.config.given import ConfigLike, as_mixture
from plurel_cli.config.mixture import Mixture
from plurel_cli.corpus.arguments import check_jobs, check_memory, check_seeds
from plurel_cli.corpus.engines import Engine, Workers, check_engine, engine_of
from plurel_cli.corpus.inventory import Inventory
from plurel_cli.corpus.pool import Outcome, Request, Setup
from plurel_cli.errors import UsageError
from plurel_cli.schema.model import Made
from plurel_cli.storage.corpus_card import write_corpus_card
from plurel_cli.storage.index import (
    Index,
    IndexEntry,
    SourceConfig,
    one_after_another,
    remove_index,
)
from plurel_cli.storage.journal import Journal, journal
from plurel_cli.storage.member_removal import (
    remove_left_over,
)
from plurel_cli.storage.naming import USUAL_PREFIX, check_prefix
from plurel_cli.storage.place import Place, make_folder, place_of
from plurel_cli.storage.turn import WHOLE, Turn, check_turn
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
    prefix: str = USUAL_PREFIX,
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
    prefix
        What the names of the databases begin with. Corpora that the Relational Transformer is to
        read together need different ones.
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
        share the folder. With `ray`, `jobs` is the most databases to hand over at once, and
        `memory` is left to Ray.
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
    this_shard = check_turn(Turn(*shard))
    made = made_here()
    run = _Run(place, mixture, check_seeds(seeds), check_prefix(prefix), this_shard, made)
    with engine_of(engine, address, jobs, memory) as workers:
        make_folder(place)
        with journal(place, this_shard) as notes:
            run.notes = notes
            kept, left = run.begin(resume=resume, force=force)
            return run.make(kept, left, workers, report)


class _Run:
    """A run with the journal of its shard in hand."""

    notes: Journal

    def __init__(
        self,
        folder: Place,
        mixture: Mixture,
        seeds: range,
        prefix: str,
        shard: Turn,
        made: Made,
    ) -> None:
        self.folder, self.mixture, self.made = folder, mixture, made
        self.seeds = seeds[shard.number :: shard.of]
        self.index = Index(
            seeds=(seeds.start, seeds.stop),
            prefix=prefix,
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
        inventory = Inventory(self.folder, self.mixture, self.seeds, self.index)
        former, kept, left = inventory.begin(resume=resume, force=force)
        if former is not None:
            is_new = left and self.made not in former.made
            self.index = self.index.but(made=(*former.made, *((self.made,) if is_new else ())))
        return kept, left

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
        remove_index(self.folder, Turn(*self.index.shard))
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
        write_corpus_card(self.folder, whole)
        return whole

    def _made(self, left: Sequence[int], engine: Workers) -> Generator[IndexEntry]:
        """Entries of databases as they are made."""
        requests = [Request(seed, self.mixture.position(seed)) for seed in left]
        lost = []
        try:
            with closing(engine.outcomes(self._setup(engine, len(requests)), requests)) as outcomes:
                for outcome in outcomes:
                    if outcome.kind == "lost":
                        lost.append(outcome.request)
                    else:
                        yield self._entry(outcome)
            alone = self._setup(engine.alone(), len(lost))
            with closing(engine.outcomes(alone, sorted(lost))) as outcomes:
                for outcome in outcomes:
                    yield self._entry(outcome)
        finally:  # what workers of other machines left, as far as they are gone
            remove_left_over(self.folder, map(self.index.name_of, left))

    def _setup(self, engine: Workers, n_requests: int) -> Setup:
        configs = tuple(component.as_data() for component in self.mixture.components)
        return Setup(self.folder.resolve(), self.index.prefix, configs, *engine.shares(n_requests))

    def _entry(self, outcome: Outcome) -> IndexEntry:
        answer: dict[str, Any] = dict(outcome.answer)
        why = answer.pop("why", None)
        if outcome.kind == "lost":
            why = f"{why}, twice"
        if (made := answer.pop("made", None)) is not None:
            self._note_made(Made.model_validate(made))
        answer["seconds"] = round(answer.get("seconds", 0.0), 3)
        component = self.mixture.components[outcome.request.config]
        status = "done" if outcome.kind == "done" else "failed"
        return IndexEntry(
            seed=outcome.request.seed,
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
