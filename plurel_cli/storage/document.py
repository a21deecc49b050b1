"""Read and write `schema.json`, which comes from a stranger as often as from us."""

from __future__ import annotations

import json
import re
from typing import NamedTuple

from pydantic import ValidationError

from plurel_cli.config.names import unprintable
from plurel_cli.errors import FolderError, storage_error
from plurel_cli.schema.lifts import lift
from plurel_cli.schema.model import FORMAT_VERSION, Schema
from plurel_cli.storage.digests import Digests, digest
from plurel_cli.storage.layout import INNER_FOLDER, SCHEMA_FILE
from plurel_cli.storage.place import Place, names_in, read_most, write_new

_MOST_BYTES = 1 << 28


_FREE = ("config", "sources")
"""What holds texts as they were written, which are escaped wherever they are shown."""

_ESCAPED = re.compile(r'\\[^"\\/]')
"""In JSON, a letter that may be any."""

_SEAL = b',\n "seal": "'


class SchemaFile(NamedTuple):
    """What a `schema.json` holds.

    Attributes
    ----------
    schema
        The database.
    version
        Version of the format that it was written in.
    digests
        Of its files and columns; none of version 1.
    is_sealed
        Whether its text is what was written; nothing where it does not say.
    """

    schema: Schema
    version: int
    digests: Digests | None
    is_sealed: bool | None


def read_schema(folder: Place) -> Schema:
    """The schema of a database; otherwise as `read_document`."""
    return read_document(folder).schema


def read_document(folder: Place) -> SchemaFile:
    """Read the `schema.json` of a database.

    Raises
    ------
    FolderError
        If the folder is no database, or its `schema.json` is broken or of a later version.
    StorageError
        If it cannot be read.
    """
    path = folder / SCHEMA_FILE
    try:
        text = read_most(path, _MOST_BYTES)
    except (FileNotFoundError, NotADirectoryError):
        if not folder.exists():
            raise FolderError(folder, "no such folder") from None
        if (folder / INNER_FOLDER).exists():
            rule = "is unfinished: a run ended while its files were moving in"
            raise FolderError(folder, rule, remedy="the same command finishes it") from None
        if folder.is_dir() and any(map(is_index_name, names_in(folder))):
            rule, remedy = "is a corpus, where a database is meant", "name one of its databases"
            raise FolderError(folder, rule, remedy=remedy) from None
        remedy = "`plurel schema` or `plurel generate` makes one"
        rule = f"is no database: it holds no {SCHEMA_FILE}"
        raise FolderError(folder, rule, remedy=remedy) from None
    except OSError as error:
        raise storage_error(path, error) from None
    if text is None:
        raise FolderError(path, "is too large to be a database's schema")
    return parse_document(text, path)


def parse_schema(text: bytes, place: Place) -> Schema:
    """The schema in the text of a `schema.json`; otherwise as `parse_document`.

    Parameters
    ----------
    text
        The text.
    place
        Where it was read, for messages.

    Returns
    -------
    Schema

    Raises
    ------
    FolderError
        If it is no `schema.json`, or one that cannot be right.
    """
    return parse_document(text, place).schema


def parse_document(text: bytes, place: Place) -> SchemaFile:
    """Check the text of a `schema.json` and make a `SchemaFile` of it.

    Parameters
    ----------
    text
        The text.
    place
        Where it was read, for messages.

    Returns
    -------
    SchemaFile

    Raises
    ------
    FolderError
        If it is no `schema.json`, or one that cannot be right.
    """
    try:
        raw = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise FolderError(place, f"is not JSON: {error}") from None
    version = check_format(raw, place, "plurel", FORMAT_VERSION)
    digests, seal = raw.pop("digests", None), raw.pop("seal", None)
    try:
        schema = Schema.model_validate(lift(raw, version) if version < FORMAT_VERSION else raw)
        document = SchemaFile(
            schema,
            version,
            None if digests is None else Digests.model_validate(digests),
            None if seal is None else seal == digest(text.rpartition(_SEAL)[0]),
        )
    except ValidationError as error:
        raise refused(error, place) from None
    if _is_plain(text):
        return document
    for where, value in unprintable({key: raw[key] for key in raw if key not in _FREE}, ""):
        raise FolderError(place, f"{where}: must hold no control characters", value)
    return document


def _is_plain(text: bytes) -> bool:
    """Whether a file is sure to hold no letters that must not be shown: neither as they are nor
    escaped.
    """
    letters = text.decode(errors="surrogateescape").replace("\n", "")
    return letters.isprintable() and _ESCAPED.search(letters) is None


def check_format(raw: object, place: Place, name: str, latest: int) -> int:
    """Refuse a file of ours that is of another format, or of a later version.

    Parameters
    ----------
    raw
        What it holds.
    place
        The file.
    name, latest
        Format that it must say it is of, and the last version that can be read.

    Returns
    -------
    int
        Its version.

    Raises
    ------
    FolderError
        Naming the file.
    """
    if not isinstance(raw, dict) or raw.get("format") != name:
        raise FolderError(place, f'is not ours: it lacks "format": "{name}"')
    version = raw.get("version")
    if type(version) is not int or not 1 <= version <= latest:
        rule = f"must be of version {latest} or earlier"
        raise FolderError(place, rule, version, "use a later release of plurel")
    return version


def refused(error: ValidationError, place: Place) -> FolderError:
    """The sentence for the first thing that is wrong with a file of ours.

    Parameters
    ----------
    error
        All that is wrong.
    place
        The file.

    Returns
    -------
    FolderError
    """
    detail = error.errors()[0]
    where = ".".join(map(str, detail["loc"]))
    what = detail["msg"].removeprefix("Value error, ")
    return FolderError(place, f"{where}: {what}" if where else what)


def document_text(schema: Schema, digests: Digests) -> bytes:
    """The text of a `schema.json`, at whose end is a digest of all before.

    Parameters
    ----------
    schema
        The database.
    digests
        Of its files and columns.

    Returns
    -------
    bytes
    """
    text = schema.to_json().removesuffix("\n}\n").encode()
    text += b',\n "digests": ' + _indented(digests.model_dump()).encode()
    return text + _SEAL + digest(text).encode() + b'"\n}\n'


def _indented(data: object) -> str:
    return json.dumps(data, indent=1).replace("\n", "\n ")


def write_schema(folder: Place, schema: Schema, digests: Digests) -> None:
    """Write `schema.json`, which declares all else in the folder to be whole: do it last.

    Parameters
    ----------
    folder
        The database's folder.
    schema
        The database.
    digests
        Of its files and columns.
    """
    write_new(folder / SCHEMA_FILE, document_text(schema, digests))


def is_index_name(name: str) -> bool:
    """Whether a file is the index of a corpus, or the journal of a run of one, by its name.

    Examples
    --------
    >>> is_index_name("corpus.json"), is_index_name("corpus-0-of-4.journal")
    (True, True)
    """
    return name.startswith("corpus") and name.endswith((".json", ".journal"))
