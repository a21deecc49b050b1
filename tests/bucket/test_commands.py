"""Commands on buckets, and what they say where one cannot be used."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from plurel_cli import generate_corpus, generate_to
from tests.bucket.store import Bucket
from tests.cli.conftest import Run, run
from tests.cli.runs import ROOT, in_process
from tests.corpus.samples import TINY_YAML, tiny_config
from tests.storage.samples import contents

__all__ = ["run"]

SMALL = ROOT / "configs" / "small.yaml"


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "tiny.yaml"
    path.write_text(TINY_YAML)
    return path


def test_commands_in_a_row(run: Run, bucket: Bucket, tmp_path: Path) -> None:
    place, other = bucket.url("db"), tmp_path / "db"
    assert run("generate", "-c", SMALL, "-s", 3, "-o", f"{place}/") == (0, "", "")
    assert run("generate", "-c", SMALL, "-s", 3, "-o", other) == (0, "", "")
    assert bucket.contents("db") == contents(other)
    assert run("validate", place) == (0, "", "")
    for command in (["describe"], ["describe", "--causal", "--json"], ["measure", "--json"]):
        found, expected = run(*command, place), run(*command, other)
        assert found.code == expected.code == 0
        assert found.out == expected.out.replace(str(other), place)
    assert run("measure", other, "--against", place).code == 0
    assert run("schema", "-c", SMALL, "-o", bucket.url("a")) == (0, "", "")
    assert run("fk", bucket.url("a")).is_refusal("is in a bucket", "give another --out")
    assert run("fk", bucket.url("a"), "-o", bucket.url("b")) == (0, "", "")
    assert run("temporal", bucket.url("b"), "-o", tmp_path / "c") == (0, "", "")
    assert run("features", tmp_path / "c", "-o", bucket.url("d")) == (0, "", "")
    assert run("validate", bucket.url("d")) == (0, "", "")
    bucket.delete("d/table_1.parquet")
    found = run("validate", bucket.url("d"))
    assert (found.code, found.out) == (1, f"{bucket.url('d')}: table_1.parquet: is missing\n")


def test_export(run: Run, bucket: Bucket, tmp_path: Path) -> None:
    place = bucket.url("db")
    assert run("generate", "-c", SMALL, "-s", 3, "-o", place) == (0, "", "")
    assert run("generate", "-c", SMALL, "-s", 3, "-o", tmp_path / "db") == (0, "", "")
    for to in ("csv", "sql"):
        for source, out in ((place, "theirs"), (tmp_path / "db", "ours")):
            assert run("export", source, "--to", to, "--out", tmp_path / to / out) == (0, "", "")
    assert contents(tmp_path / "csv" / "theirs") == contents(tmp_path / "csv" / "ours")
    assert (tmp_path / "sql" / "theirs").read_bytes() == (tmp_path / "sql" / "ours").read_bytes()
    file = tmp_path / "my.duckdb"
    assert run("export", place, "--to", "duckdb", "--out", file) == (0, "", "")
    assert file.is_file()
    assert run("export", place, "--to", "relbench", "--out", bucket.url("rel")) == (0, "", "")
    assert run("validate", bucket.url("rel")) == (0, "", "")
    refusal = run("export", place, "--to", "csv", "--out", bucket.url("csv"))
    assert refusal.is_refusal("must be on a disk of this machine")


def test_corpus(run: Run, bucket: Bucket, config: Path) -> None:
    place = bucket.url("c")
    arguments = "corpus", "-c", config, "--seeds", "0:2", "-o", place
    for number in range(2):
        assert run(*arguments, "--shard", f"{number}/2") == (0, "", "")
    assert run("corpus", "--merge", place) == (0, "", "")
    assert run(*arguments).is_refusal("there is a corpus already")
    assert run(*arguments, "--resume") == (0, "", "")
    assert run("validate", place) == (0, "", "")
    measured = json.loads(run("measure", place, "--json").out)
    assert [its["folder"] for its in measured["databases"]] == [
        f"{place}/db-00000{seed}" for seed in range(2)
    ]
    bucket.delete("c/db-000001/schema.json")
    assert f"{place}/db-000001: has changed" in run("validate", place).out


def _commands(place: str, config: Path) -> list[tuple[str | Path, ...]]:
    """All that read or write a place."""
    return [
        ("generate", "-c", config, "-o", place),
        ("schema", "-c", config, "-o", place),
        ("fk", place, "-o", config.parent / "db"),
        ("validate", place),
        ("describe", place),
        ("describe", "--causal", place),
        ("measure", place),
        ("corpus", "-c", config, "--seeds", "0:1", "-o", place),
        ("corpus", "--merge", place),
    ]


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"AWS_ENDPOINT_URL": "http://127.0.0.1:9"}, ["http://127.0.0.1:9 does not answer"]),
        ({"AWS_ENDPOINT_URL": "nonsense"}, ["AWS_ENDPOINT_URL: must be the URL of an object"]),
        ({"AWS_REGION": "the moon"}, ["AWS_REGION: must be a region", "'the moon'"]),
        ({"AWS_ACCESS_KEY_ID": None}, ["there are no credentials", "AWS_SECRET_ACCESS_KEY"]),
        ({"AWS_SECRET_ACCESS_KEY": None}, ["there are no credentials"]),
        (
            {"AWS_ACCESS_KEY_ID": None, "AWS_SECRET_ACCESS_KEY": None},
            ["there are no credentials"],
        ),
        (
            {
                "AWS_ACCESS_KEY_ID": None,
                "AWS_SECRET_ACCESS_KEY": None,
                "AWS_EC2_METADATA_DISABLED": "true",
            },
            ["there are no credentials"],
        ),
    ],
    ids=lambda its: " ".join(its) if isinstance(its, dict) else "",
)
def test_settings_that_lead_nowhere(
    run: Run,
    bucket: Bucket,
    config: Path,
    monkeypatch: pytest.MonkeyPatch,
    settings: dict[str, str | None],
    words: list[str],
) -> None:
    for name, value in settings.items():
        monkeypatch.delenv(name, raising=False)
        if value is not None:
            monkeypatch.setenv(name, value)
    for command in _commands(bucket.url("db"), config):
        result = run(*command)
        assert result.is_refusal(*words), result


def test_bucket_that_is_not_there(run: Run, config: Path) -> None:
    for command in _commands("s3://no-such-bucket/db", config):
        result = run(*command)
        assert result.is_refusal("there is no bucket no-such-bucket at http://127"), result


def test_place_that_is_empty(run: Run, bucket: Bucket, config: Path) -> None:
    for command in _commands(bucket.url("db"), config):
        if "-o" not in command:
            result = run(*command)
            assert result.is_refusal(f"{bucket.url('db')}: no such folder"), result


def test_access_that_is_denied(
    run: Run, bucket: Bucket, config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    generate_to(bucket.url("db"), tiny_config(), 1)
    for known in (False, True):
        if known:
            key, secret = bucket.user_without_rights()
            monkeypatch.setenv("AWS_ACCESS_KEY_ID", key)
            monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", secret)
        words = "denies access" if known else "refuses the credentials (InvalidAccessKeyId)"
        bucket.deny_after(0)
        try:
            for command in _commands(bucket.url("db"), config):
                result = run(*command)
                assert result.is_refusal(words), result
        finally:
            bucket.deny_after(None)


def test_public_bucket_is_read_without_credentials(
    run: Run, bucket: Bucket, config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    generate_to(bucket.url("db"), tiny_config(), 1)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_SKIP_SIGNATURE", "true")
    assert run("describe", bucket.url("db")).is_refusal("denies access")
    bucket.make_public("db")
    assert run("validate", bucket.url("db")) == (0, "", "")
    assert run("describe", bucket.url("db")).code == 0


def test_other_names_of_settings(run: Run, bucket: Bucket, monkeypatch: pytest.MonkeyPatch) -> None:
    """Polars is told the same as the client."""
    generate_to(bucket.url("db"), tiny_config(), 1)
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", bucket.endpoint)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    for name in ("AWS_ENDPOINT_URL", "AWS_REGION"):
        monkeypatch.delenv(name)
    assert run("validate", bucket.url("db")) == (0, "", "")


def test_tables_that_cannot_be_read(run: Run, bucket: Bucket, tmp_path: Path) -> None:
    """What Polars is told is told as everything else is."""
    generate_to(bucket.url("db"), tiny_config(), 1)
    for command, n_before in (
        (("describe", bucket.url("db")), 7),
        (("features", bucket.url("db"), "--force", "-o", tmp_path / "out"), 1),
    ):
        bucket.deny_after(n_before)
        try:
            result = run(*command)
        finally:
            bucket.deny_after(None)
        assert result.is_refusal(".parquet: http://127", "refuses the credentials"), result
    assert list(tmp_path.iterdir()) == []


def test_client_that_is_not_there(config: Path) -> None:
    before = "sys.modules['obstore'] = None"
    for command in _commands("s3://bucket/db", config)[::4]:
        result = in_process(*command, before=before)
        assert result.is_refusal("needs obstore, which is not there; pip install"), result


@pytest.mark.parametrize("place", ["gs://bucket/db", "s3://B/db", "s3://bucket/../db", "s3://"])
def test_addresses_that_name_no_bucket(run: Run, config: Path, place: str) -> None:
    for command in _commands(place, config):
        result = run(*command)
        assert result.is_refusal(f"error: {place}: must"), result
    assert sorted(path.name for path in config.parent.iterdir()) == ["tiny.yaml"]


def test_failed_databases_are_told(
    bucket: Bucket, config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A database that the store refuses is one that failed."""
    monkeypatch.setattr("plurel_cli.corpus.engines.usable_cores", lambda: 1)
    bucket.put("c/db-000001/notes.txt", b"mine")
    index = generate_corpus(bucket.url("c"), tiny_config(), range(2), resume=True)
    (entry,) = index.failed
    assert "holds files but no database" in str(entry.error)
