"""`schema.json` comes from strangers: whatever it holds, it is read or refused in one sentence."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plurel_cli import Schema, load, schema_to, validate
from plurel_cli.config.names import unprintable
from plurel_cli.errors import FolderError, PlurelError, StorageError
from plurel_cli.report.describe import describe
from plurel_cli.report.text import render
from plurel_cli.schema.model import FORMAT_VERSION
from plurel_cli.schema.sample import sample_schema
from plurel_cli.storage import document as document_module
from plurel_cli.storage.digests import Digests
from plurel_cli.storage.document import (
    document_text,
    parse_schema,
    read_document,
    read_schema,
    write_schema,
)
from tests.storage.samples import edit_schema, is_one_sentence, small_config, write_database

PLACE = Path("db") / "schema.json"


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_database(tmp_path_factory.mktemp("document") / "db", small_config())


@pytest.fixture(scope="module")
def document(database: Path) -> dict[str, Any]:
    data: dict[str, Any] = json.loads((database / "schema.json").read_text())
    return data


def _refused(text: str | bytes) -> str:
    with pytest.raises(FolderError) as caught:
        parse_schema(text if isinstance(text, bytes) else text.encode(), PLACE)
    assert is_one_sentence(caught.value)
    assert str(caught.value).startswith(str(PLACE))
    return str(caught.value)


@pytest.mark.parametrize("layout", ["flat", "relbench"])
@pytest.mark.parametrize("seed", [0, 1, 2**64 - 1])
def test_what_is_written_is_read(tmp_path: Path, layout: str, seed: int) -> None:
    schema = sample_schema(small_config(layout), seed)
    write_schema(tmp_path, schema, Digests(files={}, columns={}))
    found = read_document(tmp_path)
    assert found == (schema, FORMAT_VERSION, Digests(files={}, columns={}), True)
    assert document_text(*found[::2]) == (tmp_path / "schema.json").read_bytes()


def test_finished_database_is_read_as_it_was_made(database: Path) -> None:
    found = read_document(database)
    assert found.digests is not None
    assert document_text(found.schema, found.digests) == (database / "schema.json").read_bytes()


# Text that is no JSON, or another's.


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "{",
        "{'format': 'plurel'}",
        '{"format": "plurel", "version": 1,}',
        "\x00",
        b"\xff\xfe{}",
        b'{"format": "\xff"}',
        "[" * 100_000,
        '{"a":' * 100_000,
        '{"format": "plurel", "version": ' + "9" * 10_000 + "}",
    ],
)
def test_not_json(text: str | bytes) -> None:
    assert "is not JSON: " in _refused(text)


@pytest.mark.parametrize(
    "text", ["null", "1", '"plurel"', "[]", "{}", '{"format": "other"}', '{"version": 1}']
)
def test_not_ours(text: str) -> None:
    assert 'it lacks "format": "plurel"' in _refused(text)


def test_truncated_anywhere(document: dict[str, Any]) -> None:
    text = json.dumps(document)
    for end in range(0, len(text), 101):
        assert "is not JSON: " in _refused(text[:end])


@pytest.mark.parametrize("version", [3, 10**9, 10**30, 0, -1, "1", 1.0, True, None, [1]])
def test_other_versions(document: dict[str, Any], version: object) -> None:
    message = _refused(json.dumps(document | {"version": version}))
    assert f"must be of version 2 or earlier, got {version!r}" in message
    assert message.endswith("use a later release of plurel")


def test_no_version(document: dict[str, Any]) -> None:
    del (other := dict(document))["version"]
    assert "must be of version 2 or earlier" in _refused(json.dumps(other))


def test_huge_file_is_not_read(tmp_path: Path) -> None:
    with (tmp_path / "schema.json").open("wb") as file:
        file.truncate(1 << 40)  # a hole, which takes no space
    with pytest.raises(FolderError, match="too large"):
        read_schema(tmp_path)


def test_deep_config(document: dict[str, Any]) -> None:
    deep: Any = 0
    for _ in range(150):
        deep = {"a": deep}
    text = json.dumps(document | {"config": deep})
    assert parse_schema(text.encode(), PLACE).config == deep
    _refused(text.replace('{"a": ' * 150, '{"a": ' * 50_000).replace("}" * 150, "}" * 50_000))


# What is there instead of a file.


def test_folder_is_missing(tmp_path: Path) -> None:
    with pytest.raises(FolderError, match="no such folder"):
        read_schema(tmp_path / "db")


def test_file_is_missing(tmp_path: Path) -> None:
    with pytest.raises(FolderError, match=r"is no database: it holds no schema\.json; `plurel sch"):
        read_schema(tmp_path)


@pytest.mark.parametrize("index", ["corpus.json", "corpus.journal", "corpus-0-of-2.json"])
def test_a_corpus_is_no_database(tmp_path: Path, index: str) -> None:
    (tmp_path / index).write_text("{}")
    with pytest.raises(FolderError, match="is a corpus, where a database is meant; name one of"):
        read_schema(tmp_path)


def test_file_in_the_place_of_the_folder(tmp_path: Path) -> None:
    (tmp_path / "db").write_text("{}")
    with pytest.raises(FolderError, match="is no database"):
        read_schema(tmp_path / "db")


def test_folder_in_the_place_of_the_file(tmp_path: Path) -> None:
    (tmp_path / "schema.json").mkdir()
    with pytest.raises(StorageError, match="is a directory") as caught:
        read_schema(tmp_path)
    assert is_one_sentence(caught.value)


def test_link_to_itself(tmp_path: Path) -> None:
    (tmp_path / "schema.json").symlink_to("schema.json")
    with pytest.raises(StorageError, match="symbolic links") as caught:
        read_schema(tmp_path)
    assert is_one_sentence(caught.value)


# Contents that cannot be.


def _first_key(data: dict[str, Any]) -> dict[str, Any]:
    return next(c for c in data["tables"][2]["columns"] if c["role"] == "foreign_key")


def _first_feature(data: dict[str, Any], kind: str) -> dict[str, Any]:
    columns = (column for table in data["tables"] for column in table["columns"])
    return next(column for column in columns if column.get("kind") == kind)


Edit = Callable[[dict[str, Any]], object]


@pytest.mark.parametrize(
    ("edit", "rule"),
    [
        (lambda d: d.update(seed=-1), "seed: "),
        (lambda d: d.update(seed=2**64), "seed: "),
        (lambda d: d.update(seed="one"), "seed: "),
        (lambda d: d.update(stages=[]), "stages must be the first of schema, fk"),
        (lambda d: d.update(stages=["fk", "schema"]), "stages must be the first of"),
        (lambda d: d.update(stages=["schema", "temporal"]), "stages must be the first of"),
        (lambda d: d.update(stages=["schema", "magic"]), "stages.1: "),
        (lambda d: d.update(tables=[]), "tables: "),
        (lambda d: d.update(tables={}), "tables: "),
        (lambda d: d.update(surprise=1), "surprise: "),
        (lambda d: d.pop("window"), "window must be there from the temporal stage on"),
        (lambda d: d.update(stages=["schema", "fk"]), "window must be there from the temporal"),
        (lambda d: d["window"].update(start="yesterday"), "window.start: "),
        (lambda d: d["tables"][0].update(rows=0), "tables.0.rows: "),
        (lambda d: d["tables"][0].update(rows=1.5), "tables.0.rows: "),
        (lambda d: d["tables"][0].update(kind="fact"), "tables.0.kind: "),
        (lambda d: d["tables"][0].update(columns=[]), "table users: must have one primary key"),
        (lambda d: d["tables"][1].update(name="users"), "two tables have the same name"),
        (lambda d: d["tables"][1].update(name="USERS"), "two tables have the same name"),
        (lambda d: _first_key(d).update(name="row_idx"), "two columns have the same name"),
        (lambda d: _first_key(d).update(name="../x"), "a column cannot have this name"),
        (lambda d: _first_key(d).update(name="^.*$"), "a column cannot have this name"),
        (lambda d: _first_key(d).update(name="*"), "a column cannot have this name"),
        (lambda d: _first_key(d).update(references="nobody"), "references no table"),
        (lambda d: _first_key(d).pop("references"), "references: Field required"),
        (lambda d: _first_key(d).update(references="likes"), "must be thread or levels to its own"),
        (lambda d: _first_key(d).update(form="thread"), "block_model: Extra inputs are not"),
        (lambda d: _first_key(d).update(form="cousin"), "Input tag 'cousin' found using 'form'"),
        (lambda d: _first_key(d).pop("form"), "Unable to extract tag using discriminator 'form'"),
        (
            lambda d: d["tables"][0]["columns"][0].update(form="thread"),
            "form: Extra inputs are not permitted",
        ),
        (lambda d: _first_key(d).update(type="string"), "a foreign_key cannot be of type string"),
        (lambda d: _first_key(d).update(stage="temporal"), "a foreign_key cannot be filled by t"),
        (lambda d: _first_key(d).update(role="secret"), "must have the role primary_key"),
        (lambda d: _first_key(d).update(role="primary_key"), "references: Extra inputs"),
        (lambda d: _first_key(d).update(role="time"), "time.references: Extra inputs"),
        (lambda d: _first_feature(d, "numerical").update(type="int32"), "a numerical cannot be of"),
        (lambda d: _first_feature(d, "numerical").update(kind=None), "kind: Input should be"),
        (lambda d: _first_feature(d, "numerical").update(categories=3), "must have categories if"),
        (lambda d: _first_feature(d, "categorical").pop("categories"), "must have categories if"),
        (lambda d: _first_feature(d, "categorical").update(categories=0), "categories: "),
        (lambda d: _first_feature(d, "numerical").update(stage="fk"), "cannot be filled by fk"),
        (
            lambda d: _first_key(d)["block_model"].update(levels=[]),
            "block_model.levels: ",
        ),
        (
            lambda d: _first_key(d)["block_model"]["levels"][0].update(parent_clusters=9),
            "p must be a 9 × ",
        ),
        (
            lambda d: _first_key(d)["block_model"]["levels"][0].update(
                parent_clusters=1, child_clusters=1, p=[[1.5]]
            ),
            "p must lie between 0 and 1",
        ),
        (lambda d: d.update(config=[]), "config: "),
    ],
)
def test_what_cannot_be(document: dict[str, Any], edit: Edit, rule: str) -> None:
    data = copy.deepcopy(document)
    edit(data)
    assert rule in _refused(json.dumps(data))


def test_longer_cycle(document: dict[str, Any]) -> None:
    data = copy.deepcopy(document)
    key = next(c for c in data["tables"][1]["columns"] if c["role"] == "foreign_key")
    key["references"] = "likes"
    assert "must not form a cycle, but do: " in _refused(json.dumps(data))


@pytest.mark.parametrize(
    "name",
    [
        *("../x", "a/b", "/etc/passwd", "..", ".", "", "a\\b", "a\0", "a b", "C:", "é", "x" * 64),
        *("0a", "a.b", "-a", "a\n", "*", "con:"),
    ],
)
def test_names_of_tables_are_no_paths(document: dict[str, Any], name: str) -> None:
    data = copy.deepcopy(document)
    data["tables"][2]["name"] = name
    message = _refused(json.dumps(data))
    assert f"a table cannot be named {name!r}" in message


def test_nothing_is_read_or_written_outside_the_folder(tmp_path: Path) -> None:
    schema_to(tmp_path / "db", small_config(), 1)
    (tmp_path / "x.parquet").write_text("mine")
    edit_schema(tmp_path / "db", lambda data: data["tables"][2].update(name="../x"))
    with pytest.raises(FolderError, match="a table cannot be named"):
        schema_to(tmp_path / "db", small_config(), 2, force=True)
    assert (tmp_path / "x.parquet").read_text() == "mine"


# Documents changed at random.

_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=5,
)


def _places(data: Any, place: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Keys and indices that lead to every value below the root."""
    if place:
        yield place
    items: Iterable[tuple[Any, Any]] = ()
    if isinstance(data, dict | list):
        items = data.items() if isinstance(data, dict) else enumerate(data)
    for key, value in items:
        yield from _places(value, (*place, key))


def _parent(data: Any, place: tuple[Any, ...]) -> Any:
    for key in place[:-1]:
        data = data[key]
    return data


@settings(max_examples=200)
@given(data=st.data())
def test_any_change_is_read_or_refused(document: dict[str, Any], data: st.DataObject) -> None:
    changed = copy.deepcopy(document)
    place = data.draw(st.sampled_from(list(_places(document))))
    parent = _parent(changed, place)
    if data.draw(st.booleans()):
        parent[place[-1]] = data.draw(_JSON)
    else:
        del parent[place[-1]]
    text = json.dumps(changed)
    try:
        found = parse_schema(text.encode(), PLACE)
    except FolderError:
        _refused(text)
    else:
        assert parse_schema(found.to_json().encode(), PLACE) == found


@settings(max_examples=200)
@given(text=st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_any_text_is_refused(text: bytes) -> None:
    assert "is not " in _refused(text)


def _swapped(document: dict[str, Any], seed: int) -> dict[str, Any]:
    """One value of the document in another's place, both of the same key: mostly plausible."""
    chance = random.Random(seed)
    data = copy.deepcopy(document)
    places = [place for place in _places(document) if isinstance(place[-1], str)]
    to = chance.choice(places)
    other = chance.choice([place for place in places if place[-1] == to[-1]])
    _parent(data, to)[to[-1]] = copy.deepcopy(_parent(document, other)[other[-1]])
    return data


def test_whatever_is_read_can_be_looked_at(tmp_path: Path, document: dict[str, Any]) -> None:
    """A plausible but wrong schema gives faults or one sentence from every reader of folders."""
    folder = write_database(tmp_path / "db", small_config())
    n_read = n_faulty = 0
    messages: list[str] = []
    readers: list[Callable[[Path], object]] = [load, lambda at: render(describe(at))]
    for seed in range(60):
        data = _swapped(document, seed)
        (folder / "schema.json").write_text(json.dumps(data))
        try:
            assert isinstance(read_schema(folder), Schema)
        except FolderError as error:
            messages.append(str(error))
            continue
        n_read += 1
        n_faulty += bool(validate(folder))
        for reader in readers:
            try:
                reader(folder)
            except PlurelError as error:
                messages.append(str(error).replace(str(folder), ""))
    assert all(map(is_one_sentence, messages))
    assert n_read > 20
    assert n_faulty > 2


@given(
    st.recursive(
        st.text() | st.sampled_from(["a\\n", '"', "\\", "\u200b", "\udc80", "\x7f", "\xa0", "/"]),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=5,
    ),
    st.booleans(),
    st.sampled_from([None, 1]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
def test_a_plain_text_holds_nothing_that_must_not_be_shown(
    raw: Any, is_ascii: bool, indent: int | None, encoding: str
) -> None:
    text = json.dumps(raw, ensure_ascii=is_ascii, indent=indent)
    data = text.encode(encoding, errors="surrogatepass")
    if document_module._is_plain(data):
        assert list(unprintable(raw, "")) == []


def test_what_is_written_as_a_rule_is_plain(database: Path) -> None:
    assert document_module._is_plain((database / "schema.json").read_bytes())
