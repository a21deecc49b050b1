"""Make the columns of all tables from their causal graphs.

First the graphs are *fitted*, variable by variable in the order of work: a node's mechanisms are
drawn, computed on the reference rows of its table (all of them, where they are few), and drawn
anew while what comes out is degenerate; a column's cut and transform are taken from the same
rows. Then any block of any table can be computed. A table whose reference rows are all its rows
has been computed by then. An intervention keeps the fit and makes anew what it reaches.
"""
