"""Databases that go on: further rows for one that is finished, which keeps the rows that it has.

`sizes` says how many rows come to each table, and up to which day; the plan of the schema that has
them gives all rows, old and new, and `grow` writes these, once it has seen that the old ones are
those on the disk.
"""
