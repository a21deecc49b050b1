"""What is in a corpus' folder when a run begins: what it may keep, and what it is to make.

The folder is compared with the journal or the index of an earlier run. Databases that are as they
were noted stay, and those that no run has noted, if they are whole and what would be made; others
are removed, unless something in them was not made by us.
"""

from __future__ import annotations

from pathlib import Path

from plurel_cli.config.mixture import Mixture
from plurel_cli.corpus.facts import facts_of
from plurel_cli.errors import FolderError
from plurel_cli.schema.sample import sample_schema
from plurel_cli.schema.stages import STAGES
from plurel_cli.storage.document import read_schema
from plurel_cli.storage.index import (
    INDEX_FILE,
    JOURNAL_FILE,
    Index,
    IndexEntry,
    index_file,
    journal_file,
    read_index,
)
from plurel_cli.storage.journal import read_journal
from plurel_cli.storage.layout import MANIFEST_FILE, files
from plurel_cli.storage.member_removal import (
    check_made_by_us,
    check_removable,
    remove_left_over,
    remove_member,
    settle_member,
)
from plurel_cli.storage.members import (
    is_database,
    is_unchanged,
    is_whole,
    made_by,
    stamp,
)
from plurel_cli.storage.place import Place, each, names_in
from plurel_cli.storage.turn import WHOLE, Turn


class Inventory:
    """The databases of a shard, as they are in its folder.

    Parameters
    ----------
    folder
        Folder of the corpus.
    mixture
        What its databases are drawn from.
    seeds
        Seeds of the shard.
    index
        The index of the shard, without databases.
    """

    def __init__(self, folder: Place, mixture: Mixture, seeds: range, index: Index) -> None:
        self._folder, self._mixture, self._seeds = folder, mixture, seeds
        self._index, self._plurel = index, index.plurel

    def begin(
        self, *, resume: bool, force: bool
    ) -> tuple[Index | None, list[IndexEntry], list[int]]:
        """What to go on with.

        Parameters
        ----------
        resume
            Whether to keep what is finished.
        force
            Whether to make a corpus that is there anew: its databases are removed.

        Returns
        -------
        former : Index or None
            What an earlier run has noted, if this one goes on with it.
        kept : list of IndexEntry
            Entries of databases to keep.
        left : list of int
            Seeds of those to make.

        Raises
        ------
        FolderError
            If there is a corpus that must not be replaced, or cannot be gone on with.
        StorageError
            If the disk or the store refuses.
        """
        there = set(names_in(self._folder))
        former = self._former(there)
        if force:
            self._clear(former, there)
            former, there = None, set()
        elif former is not None:
            if not resume:
                remedy = "--resume goes on with it, --force makes it anew"
                raise FolderError(self._folder, "there is a corpus already", remedy=remedy)
            self._check_same(former)
        elif not resume and (
            unlisted := [name for name in map(self._index.name_of, self._seeds) if name in there]
        ):
            rule = f"holds {unlisted[0]}, which no index lists"
            remedy = "--resume keeps it if it belongs there, --force makes it anew"
            raise FolderError(self._folder, rule, remedy=remedy)
        return former, *self._sorted_out(former, there)

    def _former(self, there: set[str]) -> Index | None:
        """What an earlier run of this shard has noted."""
        shard = Turn(*self._index.shard)
        expected = {index_file(shard), journal_file(shard)}
        for name in sorted(there - expected):
            if name in (INDEX_FILE, JOURNAL_FILE):
                rule = "holds a corpus that is not in shards"
                raise FolderError(self._folder, rule, remedy="leave out --shard")
            if name.startswith("corpus-") and name.endswith((".json", ".journal")):
                of = name.rpartition("-")[2].partition(".")[0]
                if shard == WHOLE or of != str(shard.of):
                    remedy = f"give --shard i/{of}, or join them with --merge"
                    raise FolderError(self._folder, f"holds {of} shards of a corpus", remedy=remedy)
        path = self._folder / journal_file(shard)
        return read_index(self._folder / index_file(shard)) or read_journal(path)

    def _check_same(self, former: Index) -> None:
        """Refuse to go on with what another run would not have begun."""
        again = "or give --force to make it anew"
        if former.plurel != self._plurel:
            rule = f"was begun with plurel {former.plurel}, and this is {self._plurel}"
            raise FolderError(self._folder, rule, remedy=f"go on with that release, {again}")
        if former.prefix != self._index.prefix:
            rule = f"was begun with --prefix {former.prefix}"
            remedy = f"go on with that one, {again}"
            raise FolderError(self._folder, rule, self._index.prefix, remedy)
        if former.fingerprint != self._index.fingerprint:
            theirs, ours = former.fingerprint[:8], self._index.fingerprint[:8]
            rule = f"was begun with another config (fingerprint {theirs}, not {ours})"
            raise FolderError(self._folder, rule, remedy=f"go on with that one, {again}")
        (first, end), (our_first, our_end) = former.seeds, self._index.seeds
        if our_first != first or our_end < end:
            rule = f"was begun with --seeds {first}:{end}, which must be kept or go further"
            raise FolderError(self._folder, rule, f"{our_first}:{our_end}")

    def _clear(self, former: Index | None, there: set[str]) -> None:
        """Remove the databases of a corpus that is to be made anew."""
        listed = {former.name_of(entry.seed) for entry in former.databases} if former else set()
        ours = set(map(self._index.name_of, self._seeds))
        gone = [self._folder / name for name in sorted((listed | ours) & there)]
        for step in (check_removable, remove_member):
            for _ in each(self._folder, step, gone):
                continue

    def _sorted_out(
        self, former: Index | None, there: set[str]
    ) -> tuple[list[IndexEntry], list[int]]:
        noted = {entry.seed: entry for entry in former.databases} if former else {}
        seeds = [seed for seed in self._seeds if self._index.name_of(seed) in there]
        entries = each(self._folder, lambda seed: self._kept(seed, noted.get(seed)), seeds)
        kept = [entry for entry in entries if entry is not None]
        whole = {entry.seed for entry in kept}
        left = [seed for seed in self._seeds if seed not in whole]
        # Of finished databases too: a kill may come between the commit and the lock's end.
        remove_left_over(self._folder, map(self._index.name_of, self._seeds))
        return kept, left

    def _kept(self, seed: int, noted: IndexEntry | None) -> IndexEntry | None:
        """The entry of a database that is there and can stay; makes room for it otherwise."""
        path = self._folder / self._index.name_of(seed)
        if noted is not None and noted.status == "done":
            if is_unchanged(path, noted):
                return noted
            check_made_by_us(path, self._files(seed))
            remove_member(path)
            return None
        component = self._mixture.of(seed)
        schema = made_by(path, seed, component.resolved, self._plurel)
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
                facts=facts_of(path, schema),
            )
        if schema is not None:
            check_made_by_us(path, files(schema))
            remove_member(path)
        return None  # what no run has noted stays, and is found to be in the way

    def _files(self, seed: int) -> set[Path]:
        """Files of the database of a seed, as it says or else as it is planned."""
        path = self._folder / self._index.name_of(seed)
        if is_database(path):
            return files(read_schema(path))
        schema = sample_schema(self._mixture.of(seed).config, seed)
        return {Path(MANIFEST_FILE)} | files(schema.but(stages=STAGES))
