"""Statistics of databases, beside those of real ones.

A database becomes arrays (`view`), each statistic is a function of arrays (`time`, `fanout`,
`tail`, `connectivity`, `schema`, `columns`), and a family of statistics is a list (`realism`, and
`dependence`, which needs LightGBM). A corpus is summed up by its quartiles and compared with a
reference (`corpus`, `reference`).
"""
