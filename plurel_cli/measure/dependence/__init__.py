"""The 28 statistics of what depends on what in a database.

Feature columns become variables (`variables`). What a model can tell is its skill out of fold
(`skill`) from the row itself, referenced rows, children (`children`) and history (`history`); the
rest are estimators over arrays: likeness of siblings (`likeness`), information of pairs
(`information`), memory and drift (`order`), fan-out (`degree`), nulls (`nulls`), textures
(`texture`). `family` takes them over a database.
"""
