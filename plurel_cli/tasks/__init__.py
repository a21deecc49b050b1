"""What a model is to learn from a database: forecasts, links, attributes and completions.

`asked` finds in a schema what may be asked, `forecast` draws of it and states it as `sql`, which
the `engine` runs; `splits` says at which cut-offs and what is enough. `completion` picks columns.
`scores` tells what is worth learning, and `make` writes all of it beside the tables.
"""
