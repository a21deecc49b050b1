"""Corpora: many databases from one config, made by several processes and, as shards, machines.

A corpus is a folder with one database per seed and an index, `corpus.json`. What a database holds
depends on its seed and config alone, so order, workers and interruptions leave no trace in it.
"""
