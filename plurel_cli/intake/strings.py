r"""Texts in quotes as the standard of SQL has them, whatever signs a dialect escapes by.

A dialect decides whether `\'` ends a text. So the texts of a statement are rewritten once, when it
is cut out of its file: from there on a quote is doubled, and a backslash is a backslash.
"""

from __future__ import annotations

import re

WITH_BACKSLASHES = frozenset({"mysql", "bigquery", "snowflake"})
"""Dialects in which a backslash escapes in any text."""

_NAMES = r"(?P<name>\"(?:[^\"]|\"\")*\"|`(?:[^`]|``)*`)"
_MARKED = rf"{_NAMES}|\b[Ee]'(?P<body>(?:[^'\\]|\\.|'')*)'|(?P<plain>'(?:[^']|'')*')"
_ANY = rf"{_NAMES}|(?:\b_[a-z]+\d*\s*)?(?<!\w)'(?P<body>(?:[^'\\]|\\.|'')*)'"
_TEXT = re.compile(_MARKED, re.DOTALL)
_TEXT_WITH_BACKSLASHES = re.compile(_ANY, re.DOTALL)
_SIGN = re.compile(
    r"\\(?:u(?P<u>[0-9A-Fa-f]{4})|U(?P<U>[0-9A-Fa-f]{8})|x(?P<x>[0-9A-Fa-f]{1,2})|(?P<sign>.))",
    re.DOTALL,
)
_SIGNS = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "Z": "\x1a"}
_KEPT = {"mysql": "%_"}
"""Signs before which a backslash stays."""

_STANDARD = re.compile(r"'(?:[^']|'')*'", re.DOTALL)


def standard(text: str, dialect: str) -> str:
    r"""A statement whose texts are as the standard has them.

    Parameters
    ----------
    text
        The statement, without comments.
    dialect
        Of SQL.

    Returns
    -------
    str

    Examples
    --------
    >>> standard(r"'it\'s'", "mysql"), standard(r"'it\' E'\\d'", "postgres")
    ("'it''s'", "'it\\' '\\d'")
    """
    is_escaped = dialect in WITH_BACKSLASHES
    if not is_escaped and re.search(r"\b[Ee]'", text) is None:
        return text

    def written(match: re.Match[str]) -> str:
        body: str | None = match["body"]
        if body is None:
            return match[0]
        return "'" + _unescaped(body.replace("''", "'"), dialect).replace("'", "''") + "'"

    return (_TEXT_WITH_BACKSLASHES if is_escaped else _TEXT).sub(written, text)


def _unescaped(body: str, dialect: str) -> str:
    def sign(match: re.Match[str]) -> str:
        code = match["u"] or match["U"] or match["x"]
        if code is not None and dialect != "mysql":
            return chr(min(int(code, 16), 0x10FFFF))
        if code is not None:
            return match[0][1:]
        kept = "\\" if match["sign"] in _KEPT.get(dialect, "") else ""
        return kept + _SIGNS.get(match["sign"], match["sign"])

    return _SIGN.sub(sign, body)


def with_backslashes(text: str, dialect: str) -> str:
    r"""A standard expression as a dialect writes it, which escapes by backslashes.

    Parameters
    ----------
    text
        The expression.
    dialect
        Of SQL.

    Returns
    -------
    str

    Examples
    --------
    >>> with_backslashes(r"a REGEXP '\d'", "mysql")
    "a REGEXP '\\\\d'"
    """
    if dialect not in WITH_BACKSLASHES:
        return text
    return _STANDARD.sub(lambda match: match[0].replace("\\", "\\\\"), text)
