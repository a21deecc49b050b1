"""Readers of earlier versions of `schema.json`: what makes a document of the latest of an old one.

A lift changes a parsed document of one version, in place, as the next version has it; each concern
of the file gives its own. Documents come from strangers, so that a lift leaves alone whatever is
not of the shape it knows: what is wrong there is told when the document is checked.
"""

from __future__ import annotations

from plurel_cli.schema.lifts.causal import with_kinds
from plurel_cli.schema.lifts.document import Document, Lift
from plurel_cli.schema.lifts.foreign_keys import with_forms

LIFTS: tuple[tuple[Lift, ...], ...] = ((with_forms, with_kinds),)
"""At position v − 1 what makes a document of version v one of version v + 1, in order."""


def lift(document: Document, version: int) -> Document:
    """Make a document of an earlier version one of the latest.

    Parameters
    ----------
    document
        A parsed `schema.json`; it is changed.
    version
        Its version.

    Returns
    -------
    dict
        The document.
    """
    for lifts in LIFTS[version - 1 :]:
        for each in lifts:
            each(document)
    document["version"] = len(LIFTS) + 1
    return document
