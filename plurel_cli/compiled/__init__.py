"""Compiled twins of functions of numpy: when they are loaded, and where they are kept.

A definition is a function of numpy; its twin gives the same bits sooner, and takes its place once
the work is large enough to pay for loading it. Only what lies in `code` imports numba, which is an
optional requirement, and only `start` imports that.
"""

from plurel_cli.compiled.start import expect, is_compiled, is_expected, use

__all__ = ["expect", "is_compiled", "is_expected", "use"]
