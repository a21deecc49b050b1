"""Names as they stand in addresses of mail and of the web: letters a to z alone."""

from __future__ import annotations

import unicodedata

_LETTERS = str.maketrans(
    {
        "ß": "ss",
        "æ": "ae",
        "ø": "o",
        "œ": "oe",
        "ł": "l",
        "đ": "d",
        "ð": "d",
        "þ": "th",
        "ı": "i",
        "&": "and",
    }
)


def folded(name: str) -> str:
    """A name in letters a to z and digits, without accents, spaces and signs.

    Examples
    --------
    >>> [folded(name) for name in ("José", "Müller", "O'Brien", "van der Berg", "Çiftçi", "Łódź")]
    ['jose', 'muller', 'obrien', 'vanderberg', 'ciftci', 'lodz']
    """
    # İ is i and a dot above once it is small.
    letters = unicodedata.normalize("NFKD", name.lower().translate(_LETTERS))
    return "".join(letter for letter in letters if letter.isascii() and letter.isalnum())
