"""Functions that may have a compiled twin, which gives the same bits sooner.

Callers see neither: they call the function, and what is called lies in one place.
"""

from plurel_cli.kernel.twins import twin

__all__ = ["twin"]
