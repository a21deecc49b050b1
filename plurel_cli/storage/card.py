"""The card of a database: a text and a picture, for those who find its folder."""

from __future__ import annotations

from pathlib import Path

from plurel_cli.cards.card import read_me
from plurel_cli.cards.drawing import drawing
from plurel_cli.schema.model import Schema
from plurel_cli.storage.layout import CARD_FILE, PICTURE_FILE, has_card, parts
from plurel_cli.storage.ledger import Ledger, write_entered
from plurel_cli.storage.place import Place


def write_card(folder: Place, schema: Schema, ledger: Ledger) -> None:
    """Write the card of a database whose tables and tasks are there; nothing where it has none.

    Parameters
    ----------
    folder
        Where its tables are.
    schema
        The database.
    ledger
        Where the files are noted.
    """
    if not has_card(schema):
        return
    schema = ledger.finished(schema)
    texts = {CARD_FILE: read_me(schema, table_files(schema)), PICTURE_FILE: drawing(schema)}
    for name, text in texts.items():
        write_entered(folder, name, text.encode(), ledger)


def table_files(schema: Schema) -> dict[str, str]:
    """Where the rows of each table are, as a pattern."""
    files = {}
    for table in schema.tables:
        several = parts(schema, table)
        first = several[0].file
        pattern = first if len(several) == 1 else Path(first.parent, "*.parquet")
        files[table.name] = pattern.as_posix()
    return files
