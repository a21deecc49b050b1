"""Rows for tables that are there already, as an application made them.

Each column goes into the one of its name, or of the name that a user gives; what a table has
besides takes its default, and what the database computes stays out. Keys go on after those that are
there. All of it is one transaction, and what cannot fit is named before a row is written. Each
engine is a module, which says what is there and takes rows.
"""
