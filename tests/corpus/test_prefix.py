"""Corpora whose databases are named otherwise: every verb follows the name."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from plurel_cli import generate_corpus, generate_to, merge_corpus
from plurel_cli.corpus.check import is_corpus, validate_corpus
from plurel_cli.corpus.select import select
from plurel_cli.errors import FolderError, UsageError
from plurel_cli.report.corpus import describe_corpus
from plurel_cli.storage.index import INDEX_FILE, read_index
from plurel_cli.storage.naming import PREFIX, member_name, parsed_name
from plurel_cli.tasks.add import add_to_corpus
from tests.cli.runs import at_once
from tests.corpus.conftest import N
from tests.corpus.samples import databases, tiny_config

PREFIX_OF_TWO = "left-2"


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A corpus of two shards, merged."""
    place = tmp_path_factory.mktemp("named") / "corpus"
    for number in (1, 0):
        shard = {"prefix": PREFIX_OF_TWO, "shard": (number, 2)}
        generate_corpus(place, tiny_config(), range(N), **shard)
    merge_corpus(place)
    return place


@given(st.from_regex(PREFIX, fullmatch=True), st.integers(0, 2**64 - 1))
def test_a_name_tells_prefix_and_seed(prefix: str, seed: int) -> None:
    assert parsed_name(member_name(prefix, seed)) == (prefix, seed)


@pytest.mark.parametrize("name", ["db-42", "db-0000042", "db000042", "-000042", "a--000042", "db-"])
def test_other_names_tell_nothing(name: str) -> None:
    assert parsed_name(name) is None


def test_databases_differ_by_name_alone(undisturbed: Path, corpus: Path) -> None:
    usual, named = databases(undisturbed), databases(corpus)
    assert {
        name.replace("db-", f"{PREFIX_OF_TWO}-", 1): data for name, data in usual.items()
    } == named


def test_resumed_runs_keep_them(corpus: Path, tmp_path: Path) -> None:
    before = databases(corpus)
    index = generate_corpus(corpus, tiny_config(), range(N), prefix=PREFIX_OF_TWO, resume=True)
    assert index == read_index(corpus / INDEX_FILE)
    assert databases(corpus) == before
    for options in ({}, {"prefix": "right"}):
        with pytest.raises(FolderError, match=f"was begun with --prefix {PREFIX_OF_TWO}"):
            generate_corpus(corpus, tiny_config(), range(N), resume=True, **options)


def test_force_removes_those_of_the_former_name(tmp_path: Path) -> None:
    generate_corpus(tmp_path, tiny_config(), range(2), prefix="former")
    generate_corpus(tmp_path, tiny_config(), range(1), prefix="later", force=True)
    assert [path.name for path in tmp_path.iterdir() if path.is_dir()] == ["later-000000"]


def test_shards_of_different_names_are_not_merged(tmp_path: Path) -> None:
    for number, prefix in enumerate(("left", "right")):
        shard = {"prefix": prefix, "shard": (number, 2)}
        generate_corpus(tmp_path, tiny_config(), range(2), **shard)
    with pytest.raises(FolderError, match="has another prefix of names than"):
        merge_corpus(tmp_path)


def test_all_that_lists_databases_lists_them(corpus: Path, tmp_path: Path) -> None:
    names = [f"{PREFIX_OF_TWO}-{seed:06d}" for seed in range(N)]
    assert is_corpus(corpus)
    assert list(validate_corpus(corpus)) == []
    assert [member.name for member in describe_corpus(corpus).databases] == names
    assert [member.status for member in describe_corpus(corpus).databases] == ["done"] * N
    for command in (["describe"], ["measure", "--quiet"], ["tasks", "--report"]):
        verb, *options = command
        assert at_once(verb, corpus, *options).code == 0
    select(corpus, "seed < 2").copy_to(tmp_path / "some")
    assert sorted(path.name for path in (tmp_path / "some").iterdir()) == names[:2]
    result = at_once("export", corpus, "--to", "csv", "--out", tmp_path / "csv", "--quiet")
    assert result.code == 0, result
    assert {path.name for path in (tmp_path / "csv").iterdir()} >= set(names)


def test_databases_of_two_corpora_lie_side_by_side(tmp_path: Path) -> None:
    """Also without an index: each is listed, by its name, though seeds are the same."""
    for prefix in ("left", "right"):
        generate_corpus(tmp_path / prefix, tiny_config(), range(2), prefix=prefix)
        select(tmp_path / prefix, "seed >= 0").copy_to(tmp_path / "both")
    listed = [member.name for member in describe_corpus(tmp_path / "both").databases]
    assert listed == ["left-000000", "left-000001", "right-000000", "right-000001"]


def test_manifests_have_the_name(tmp_path: Path) -> None:
    config = tiny_config(output={"layout": "relbench"}, features={"model": "scm"})
    generate_corpus(tmp_path / "c", config, range(1), prefix="named")
    for member, _ in add_to_corpus(tmp_path / "c", kinds=["completion"]):
        assert member.name == "named-000000"
        assert yaml.safe_load((member / "manifest.yaml").read_text())["name"] == "named-000000"
    generate_to(tmp_path / "named-000000", config, 0)
    one, other = tmp_path / "named-000000", tmp_path / "c" / "named-000000"
    assert (one / "manifest.yaml").read_bytes() == (other / "manifest.yaml").read_bytes()


@pytest.mark.parametrize("prefix", ["", "-a", "a-", "a b", "a/b", "1a", "ä", "a" * 65])
def test_names_that_readers_would_not_take_are_refused(tmp_path: Path, prefix: str) -> None:
    with pytest.raises(UsageError, match="--prefix: must be up to 64 letters"):
        generate_corpus(tmp_path / "c", tiny_config(), range(1), prefix=prefix)
    assert not (tmp_path / "c").exists()
