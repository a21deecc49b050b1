"""What the figures in the documentation were measured with; `make bench` runs them all.

Machines are noisy, so each figure that matters is a ratio of two things timed in turn in the same
run: the median of the ratios pair by pair.
"""
