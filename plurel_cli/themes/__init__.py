"""Themes: what the tables and columns of a trade are called, and what they hold.

A theme is a data file: the tables that there are in a trade, by role, each with what it refers to
and with its columns. A drawn schema is matched to one (`matching`): its tables are named by what
they are in the graph, its keys by what they refer to, and its columns are chosen from those that
the theme has (`columns`). Names are then written in a style of the database (`style`).
"""
