"""Databases in memory: a schema and one frame per table, how they are checked and shown."""

from plurel_cli.database.model import Database, load

__all__ = ["Database", "load"]
