"""Compiled functions, written with numba: the only modules that import it."""
