"""Join the indexes of shards that lie in one folder, after checking that all is there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from plurel_cli.config.arguments import checked
from plurel_cli.errors import FolderError
from plurel_cli.storage.corpus_card import write_corpus_card
from plurel_cli.storage.index import (
    INDEX_FILE,
    Index,
    IndexEntry,
    index_file,
    indexes,
    one_after_another,
    read_index,
    remove_index,
    write_index,
)
from plurel_cli.storage.members import is_unchanged
from plurel_cli.storage.place import Place, each, place_of
from plurel_cli.storage.turn import WHOLE, Turn
from plurel_cli.storage.versions import differences


class Merged(NamedTuple):
    """A corpus of shards, and what its owner may want to know about it."""

    corpus: Index
    warnings: tuple[str, ...]


@checked
def merge_corpus(folder: str | Place) -> Merged:
    """Join the indexes of the shards in a folder to one, `corpus.json`.

    Parameters
    ----------
    folder
        Folder that holds the databases and indexes of all shards, or `s3://bucket/prefix`.

    Returns
    -------
    Merged
        The index, and a warning where shards were made by different versions or CPUs.

    Raises
    ------
    FolderError
        If a shard is missing or has not ended, if shards are of different corpora, or if a
        database is not as its shard noted it.
    """
    place = place_of(folder)
    shards, journals = indexes(place)
    if not shards and not journals:
        there = read_index(place / INDEX_FILE)
        if there is not None:  # merged before, or never in shards
            return Merged(there, tuple(differences(there.made)))
        rule = "holds no index of a shard" if place.exists() else "no such folder"
        raise FolderError(place, rule, remedy="`plurel corpus --shard i/n` makes them")
    if journals:
        remedy = "let its run end, or go on with it by --resume"
        raise FolderError(
            place, f"holds {journals[0]}, of a shard that has not ended", remedy=remedy
        )
    if (begun := _begun(place, shards)) is not None:
        return _ended(place, begun, shards)
    _check_together(place, shards)
    first = shards[0]
    made = tuple({made_by: None for shard in shards for made_by in shard.made})
    entries = one_after_another([entry for shard in shards for entry in shard.databases])
    index = first.but(shard=WHOLE, made=made, databases=entries)
    are_there = each(
        place, lambda entry: _is_there(place / index.name_of(entry.seed), entry), entries
    )
    for entry, is_there in zip(entries, are_there, strict=True):
        name = index.name_of(entry.seed)
        if not is_there:
            remedy = (
                f"bring it here, or make it by --resume of shard {_shard_of(first, entry.seed)}"
            )
            raise FolderError(place / name, "is missing or has changed", remedy=remedy)
    write_index(place, index)
    return _ended(place, index, shards)


def _begun(place: Place, shards: Sequence[Index]) -> Index | None:
    """The index of all shards, where a run was interrupted as it removed those of each."""
    whole = read_index(place / INDEX_FILE)
    if whole is None or len(shards) == shards[0].shard[1]:
        return None
    entries = {entry.seed: entry for entry in whole.databases}
    is_part = all(
        (shard.seeds, shard.prefix, shard.fingerprint, shard.plurel)
        == (whole.seeds, whole.prefix, whole.fingerprint, whole.plurel)
        and all(entries.get(entry.seed) == entry for entry in shard.databases)
        for shard in shards
    )
    return whole if is_part else None


def _ended(place: Place, index: Index, shards: Sequence[Index]) -> Merged:
    """Remove the indexes of shards, now that there is one of all."""
    for shard in shards:
        remove_index(place, Turn(*shard.shard))
    write_corpus_card(place, index)
    return Merged(index, tuple(differences(index.made)))


def _is_there(member: Place, entry: IndexEntry) -> bool:
    """Whether a database is as it was noted."""
    return entry.status == "failed" or is_unchanged(member, entry)


def _shard_of(index: Index, seed: int) -> Turn:
    of = index.shard[1]
    return Turn((seed - index.seeds[0]) % of, of)


def _check_together(place: Place, shards: Sequence[Index]) -> None:
    """Refuse shards that do not make one corpus together."""
    first = shards[0]
    for other in shards:
        name = index_file(Turn(*other.shard))
        for what, ours, theirs in (
            ("range of seeds", first.seeds, other.seeds),
            ("prefix of names", first.prefix, other.prefix),
            ("config", first.fingerprint, other.fingerprint),
            ("release of plurel", first.plurel, other.plurel),
            ("number of shards", first.shard[1], other.shard[1]),
        ):
            if ours != theirs:
                than = index_file(Turn(*first.shard))
                raise FolderError(place / name, f"has another {what} than {than}", theirs)
        if not other.is_complete:
            raise FolderError(place / name, "must list the databases of its seeds")
    there = {shard.shard[0] for shard in shards}
    of = first.shard[1]
    if missing := [index for index in range(of) if index not in there]:
        rule = f"lacks the index of shard {missing[0]}/{of}"
        if len(missing) > 1:
            rule += f" and {len(missing) - 1} others"
        raise FolderError(place, rule, remedy=f"`plurel corpus --shard {missing[0]}/{of}` makes it")
