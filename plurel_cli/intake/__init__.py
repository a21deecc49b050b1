"""Schemas of others, read from wherever they are, and written as configs.

A source fills a picture: tables, columns, keys and conditions in no dialect. From the picture one
writer makes a config, with tables, keys and columns stated and commented, for a reader to edit.
"""
