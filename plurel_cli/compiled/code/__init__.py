"""Compiled functions, written with numba: the only modules that import it."""

from plurel_cli.compiled.code.twins import TWINS

__all__ = ["TWINS"]
