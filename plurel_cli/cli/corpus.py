"""The command that makes corpora."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from plurel_cli.cli.beforehand import AnywayOption, before
from plurel_cli.cli.console import is_talkative, note, text
from plurel_cli.cli.corpus_progress import database_progress
from plurel_cli.cli.make import QuietOption
from plurel_cli.cli.settings import ConfigOption, SetOption
from plurel_cli.cli.signals import ended_by_signals

if TYPE_CHECKING:
    from plurel_cli.storage.index import Index
    from plurel_cli.storage.turn import Turn


def corpus(
    config: ConfigOption = None,
    sets: SetOption = None,
    seeds: Annotated[
        str | None,
        typer.Option(
            "--seeds",
            "-s",
            metavar="FIRST:END",
            help="Seeds of the databases, END not included.",
        ),
    ] = None,
    out: Annotated[
        str | None,
        typer.Option(
            "--out",
            "-o",
            metavar="DIR",
            help="Folder of the corpus, or s3://bucket/prefix.",
            path_type=str,
        ),
    ] = None,
    prefix: Annotated[
        str | None,
        typer.Option(
            "--prefix",
            metavar="NAME",
            help="What names of databases begin with, db by default; unique over the corpora that "
            "the Relational Transformer reads together.",
        ),
    ] = None,
    jobs: Annotated[
        int | None,
        typer.Option(
            "--jobs",
            "-j",
            metavar="N",
            help="Databases to make at once; by default, and at most, one per core.",
        ),
    ] = None,
    shard: Annotated[
        str | None,
        typer.Option(
            "--shard",
            metavar="I/N",
            help="Make every N-th database, starting with the I-th (from 0); others make the rest.",
        ),
    ] = None,
    memory: Annotated[
        str | None,
        typer.Option(
            "--memory", metavar="SIZE", help="Memory of all workers together, such as 4GB."
        ),
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Keep what is finished and sound, and make the rest.")
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Make an existing corpus again.")] = False,
    engine: Annotated[
        str,
        typer.Option(
            "--engine",
            metavar="NAME",
            help="What makes the databases: local processes, or a ray cluster.",
        ),
    ] = "local",
    address: Annotated[
        str | None,
        typer.Option(
            "--address",
            metavar="HOST:PORT",
            help="The Ray cluster; by default RAY_ADDRESS, or one on this machine.",
        ),
    ] = None,
    merge: Annotated[
        str | None,
        typer.Option(
            "--merge", metavar="DIR", help="Join the indexes of shards in a folder.", path_type=str
        ),
    ] = None,
    select: Annotated[
        str | None,
        typer.Option(
            "--select",
            metavar="EXPR",
            help="List the databases of the corpus at --out that an expression holds for.",
        ),
    ] = None,
    copy_to: Annotated[
        str | None,
        typer.Option(
            "--copy-to",
            metavar="DIR",
            help="With --select: copy these to another folder.",
            path_type=str,
        ),
    ] = None,
    remove: Annotated[bool, typer.Option("--remove", help="With --select: remove these.")] = False,
    anyway: AnywayOption = False,
    quiet: QuietOption = False,
) -> None:
    """Make many databases, one per seed, in parallel.

    The folder gets one database per seed and an index, corpus.json; db-000042 is what plurel
    generate --seed 42 makes, or NAME-000042 with --prefix NAME. A run that was interrupted in any
    way continues with --resume. If a database fails, the index says so, the others are made, and
    the exit code is 1.

    With --select, none is made: those are listed, copied or removed that an expression holds for,
    such as 'tables < 10 and rows > 1e4 and not degenerate'. It may speak of tables, foreign_keys,
    columns, features, rows, largest (rows of the largest table), timed (tables with times),
    nullable_keys, self_keys, depth, constant (features of one value), degenerate (over a tenth of
    them are), layout, theme, config, days (of the window), seed, bytes and seconds.

    If all will take over a minute, the command says so before it begins, and it refuses what the
    disk cannot hold; plurel estimate says more.

    Example: plurel corpus --config configs/small.yaml --seeds 0:4 --out corpus
    """
    from plurel_cli.errors import UsageError
    from plurel_cli.storage.naming import USUAL_PREFIX

    if select is None and (copy_to is not None or remove):
        option = "--copy-to" if copy_to is not None else "--remove"
        raise UsageError(option, "is of what --select chooses", remedy="add --select EXPR")
    making: dict[str, object] = {
        "--config": config, "--set": sets, "--seeds": seeds, "--prefix": prefix, "--jobs": jobs,
        "--shard": shard, "--memory": memory, "--resume": resume, "--force": force,
        "--address": address, "--anyway": anyway,
        "--engine": None if engine == "local" else engine,
    }  # fmt: skip
    if merge is not None:
        _refuse_others({**making, "--out": out, "--select": select}, "--merge")
        _merge(merge, quiet)
        return
    if select is not None:
        _refuse_others(making, "--select")
        if out is None:
            raise UsageError("--out", "is missing", remedy="it says which corpus is meant")
        _select(out, select, copy_to, remove)
        return
    for option, given in (("--seeds", seeds), ("--out", out)):
        if given is None:
            raise UsageError(option, "is missing")
    options = {
        "prefix": prefix or USUAL_PREFIX, "jobs": jobs, "resume": resume, "force": force,
        "engine": engine, "address": address,
    }  # fmt: skip
    _make(config, sets or [], str(seeds), str(out), shard, memory, options, anyway, quiet)


def _refuse_others(others: Mapping[str, object], beside: str) -> None:
    """Refuse options that are of no use beside another."""
    from plurel_cli.errors import UsageError

    for option, value in others.items():
        if value not in (None, False):
            raise UsageError(option, f"is of no use beside {beside}", remedy="leave it out")


def _select(folder: str, expression: str, copy_to: str | None, remove: bool) -> None:
    from plurel_cli.corpus.select import select
    from plurel_cli.errors import UsageError

    if copy_to is not None and remove:
        rule = "copies what --remove would remove"
        raise UsageError("--copy-to", rule, remedy="copy first, and then remove")
    chosen = select(folder, expression)
    if copy_to is not None:
        chosen.copy_to(copy_to)
    if remove:
        chosen.remove()
    for entry in chosen.entries:
        assert entry.facts is not None  # noqa: S101 (chosen by them)
        size = f"{entry.facts.tables:,} tables, {entry.rows:,} rows"
        text(f"{chosen.index.name_of(entry.seed)}: {size}, {entry.facts.layout}\n")


def _merge(folder: str, quiet: bool) -> None:
    from plurel_cli.corpus.merge import merge_corpus

    began = time.monotonic()
    with ended_by_signals("--merge goes on with it"):
        merged = merge_corpus(folder)
    _warn(merged.warnings, quiet)
    _end(merged.corpus, folder, time.monotonic() - began, quiet)


def _make(
    config: str | None,
    sets: list[str],
    seeds: str,
    out: str,
    shard: str | None,
    memory: str | None,
    options: dict[str, Any],
    anyway: bool,
    quiet: bool,
) -> None:
    from plurel_cli.config.mixture import load_mixture
    from plurel_cli.corpus.arguments import parse_memory, parse_seeds
    from plurel_cli.corpus.run import generate_corpus
    from plurel_cli.storage.turn import WHOLE, parse_turn
    from plurel_cli.storage.versions import differences

    its_seeds = parse_seeds(seeds)
    its_shard = WHOLE if shard is None else parse_turn(shard)
    its_memory = None if memory is None else parse_memory(memory)
    mixture = load_mixture(config, sets)
    _warn(mixture.warnings, quiet)
    if options["engine"] == "local":
        left = 1.0 / its_shard.of
        if options["resume"]:
            left = _left(out, options["prefix"], its_seeds, its_shard)
        before(
            out, mixture, its_seeds, anyway=anyway, quiet=quiet, jobs=options["jobs"], share=left
        )
    began = time.monotonic()
    with database_progress(quiet) as report:
        index = generate_corpus(
            out,
            mixture,
            its_seeds,
            shard=its_shard,
            memory=its_memory,
            report=report,
            **options,
        )
    _warn(differences(index.made), quiet)
    _end(index, out, time.monotonic() - began, quiet)


def _left(out: str, prefix: str, seeds: range, shard: Turn) -> float:
    """Share of a corpus that a shard of it has yet to make."""
    from plurel_cli.errors import PlurelError
    from plurel_cli.storage.naming import member_name
    from plurel_cli.storage.place import names_in, place_of

    ours = seeds[shard.number :: shard.of]
    try:
        there = set(names_in(place_of(out)))
    except PlurelError:  # as the run itself will say
        there = set()
    return sum(member_name(prefix, seed) not in there for seed in ours) / len(seeds)


def _warn(warnings: Iterator[str] | tuple[str, ...], quiet: bool) -> None:
    for warning in () if quiet else warnings:
        note(f"warning: {warning}")


_TOLD = 10


def _end(index: Index, place: str, seconds: float, quiet: bool) -> None:
    """Say what was made, and what failed."""
    failed = index.failed
    if is_talkative(quiet):
        rows = sum(entry.rows for entry in index.databases)
        n_bytes = sum(entry.bytes for entry in index.databases)
        n_done = len(index.databases) - len(failed)
        size = f"{n_done:,} databases, {rows:,} rows, {n_bytes / 1e6:,.1f} MB"
        note(f"{place}: {size} ({seconds:.2f} s)")
    for entry in failed[:_TOLD]:
        note(f"error: seed {entry.seed}: {entry.error}")
    if len(failed) > _TOLD:
        note(f"error: {len(failed) - _TOLD} more failed; the index names them")
    if failed:
        raise typer.Exit(1)


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command()(corpus)
