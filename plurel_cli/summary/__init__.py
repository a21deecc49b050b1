"""A database as figures: what a person is shown of its columns, keys and times.

Figures are plain records that hold counts, never rows, so that they are as small for many rows as
for few. They are taken block by block, so that the memory hardly grows with the rows of a table:
by a count for each row that others refer to.
"""
