"""Whether a classifier can tell databases from others: a two-sample test.

Every column, foreign key and table of a database becomes a few dozen statistics (`columns`,
`keys`, `tables`), those of several databases are a population (`population`), and boosted trees
try to tell two of them apart, with databases kept whole in cross-validation (`judge`). An area
under the ROC curve (AUC) of 0.5 means that they cannot, 1 that they always can.
"""
