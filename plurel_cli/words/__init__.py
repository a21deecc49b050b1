"""Words that columns are made of: names of people, places, streets, companies, colours.

A vocabulary is a small file of the package, with its source, and a module that reads it once, when
it is first asked for. Words of regions lie one region after another in one list; beside it a table
of slots says which word a uniform integer draws, so that rows are drawn by the block, with nothing
but integers and gathers. The most common words are first, and are drawn most often.
"""
