"""Columns that show the row itself, or other columns, once these are there.

Nothing here is a variable of the causal model: names and codes, times that follow other times,
totals and texts. Each is made of what is written elsewhere, block by block; of the rows that a
foreign key refers to, and of those that refer to a row, all values of a column are gathered once.
"""
