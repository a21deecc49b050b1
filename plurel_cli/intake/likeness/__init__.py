"""What rows of a source are like, as parameters that a config can state.

Every figure is of ten rows or more and rounded, and none is a value of a row. A number is told by
the family of distributions that is nearest to it, a label by its share under a name made up, a
time by how long it comes after another, a key by how unequal the numbers of children are and how
rows follow one another, a dependence by its share of the variance.
"""
