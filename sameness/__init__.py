"""Whether databases are the same on every machine that this one can play.

One environment is a Python, a release of numpy, a set of CPU features, a kernel of OpenBLAS and a
number of threads. Each makes the same databases, and tells a hash of every column; all must agree.
`python -m sameness` makes virtual environments for the releases and compares everything.
"""
