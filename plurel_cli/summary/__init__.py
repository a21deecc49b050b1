"""A database as figures: what a person is shown of its columns, keys and times.

Figures are plain records that hold counts, never rows, so that they are as small for many rows as
for few. They are taken by lazy queries, whose memory does not grow with the rows of a table.
"""
