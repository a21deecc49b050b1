"""The story of one database in plain words: what was drawn, and why it came out so.

Each record of the schema tells of itself, by the phrases of its class; here they are put in order:
the database, its time, its tables one by one with their keys, columns and hidden variables, and
its tasks. Nothing is read but the schema.
"""

from plurel_cli.report.explain.story import Chapter, explained, only, render

__all__ = ["Chapter", "explained", "only", "render"]
