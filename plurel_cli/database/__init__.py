"""Databases in memory: a schema and a frame a table, how they are checked and shown."""

from plurel_cli.database.model import Database, load

__all__ = ["Database", "load"]
