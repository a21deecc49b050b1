"""Stage 1: the tables of a database and how they refer to each other."""
