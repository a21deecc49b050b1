"""Read and write `schema.json`, which comes from a stranger as often as from us."""

from __future__ import annotations

import json

from pydantic import ValidationError

from plurel_cli.errors import FolderError, storage_error
from plurel_cli.schema.lifts import lift
from plurel_cli.schema.model import FORMAT_VERSION, Schema
from plurel_cli.storage.layout import INNER_FOLDER, SCHEMA_FILE
from plurel_cli.storage.place import Place, read_most, write_new

_MOST_BYTES = 1 << 28


def read_schema(folder: Place) -> Schema:
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
        remedy = "`plurel schema` or `plurel generate` makes one"
        rule = f"is no database: it holds no {SCHEMA_FILE}"
        raise FolderError(folder, rule, remedy=remedy) from None
    except OSError as error:
        raise storage_error(path, error) from None
    if text is None:
        raise FolderError(path, "is too large to be a database's schema")
    return parse_schema(text, path)


def parse_schema(text: bytes, place: Place) -> Schema:
    """Check the text of a `schema.json` and make a `Schema` of it."""
    try:
        raw = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise FolderError(place, f"is not JSON: {error}") from None
    version = check_format(raw, place, "plurel", FORMAT_VERSION)
    try:
        if version < FORMAT_VERSION:
            return Schema.model_validate(lift(raw, version))
        return Schema.model_validate_json(text)
    except ValidationError as error:
        raise refused(error, place) from None


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
    """The sentence for the first thing that is wrong with a file of ours."""
    detail = error.errors()[0]
    where = ".".join(map(str, detail["loc"]))
    what = detail["msg"].removeprefix("Value error, ")
    return FolderError(place, f"{where}: {what}" if where else what)


def write_schema(folder: Place, schema: Schema) -> None:
    """Write `schema.json`, which declares all else in the folder to be whole: do it last."""
    write_new(folder / SCHEMA_FILE, schema.to_json().encode())
