"""Formulas of columns: parsed into a tree, never evaluated as code.

A formula computes numbers from columns of the same row, of the row that a foreign key refers to,
and from aggregates of the rows that refer to it. It works on what is written: a total is the sum
of its lines. A null among its numbers makes it null, but where `coalesce` or `if` catches it.
"""
