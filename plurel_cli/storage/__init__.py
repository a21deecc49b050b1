"""The folder of a database: `schema.json`, Parquet files, and how both are read and committed.

Only this package and the command line touch a disk.
"""
