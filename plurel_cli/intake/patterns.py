"""Regular expressions as patterns of codes, where these can say them."""

from __future__ import annotations

import re

_SIGNS = {
    "@": "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "*": "0123456789abcdef",
    "#": "0123456789",
}

_PIECE = re.compile(
    r"(?P<class>\[(?P<inner>[^\]]+)\])|(?P<escape>\\(?P<sign>.))|(?P<any>\.)|(?P<plain>[^\\\[\]().*+?{}|^$])"
)
_TIMES = re.compile(r"\{(\d+)(?:,(\d*))?\}|(?P<star>[*+?])")


def pattern_of(expression: str, length: int | None) -> str | None:
    """A pattern of codes all of which an expression takes; none where there is none.

    Parameters
    ----------
    expression
        The regular expression, which may be found anywhere in a text.
    length
        Most characters.

    Returns
    -------
    str or None

    Examples
    --------
    >>> pattern_of("^[A-Z]{2}-[0-9]{4}$", None), pattern_of("^AB.*$", 8), pattern_of("(a|b)", None)
    ('@@-####', 'AB######', None)
    """
    is_any_case = expression.startswith("(?i)")
    body = expression.removeprefix("(?i)").removeprefix("^").removesuffix("$")
    parts: list[tuple[str, int, bool]] = []
    at = 0
    while at < len(body):
        piece = _PIECE.match(body, at)
        if piece is None:
            return None
        at = piece.end()
        sign = _sign(piece, is_any_case=is_any_case)
        if sign is None:
            return None
        least, is_open = 1, False
        if times := _TIMES.match(body, at):
            at = times.end()
            is_open = times["star"] in ("*", "+") or times[2] == ""
            least = 0 if times["star"] in ("*", "?") else int(times[1] or 1)
        parts.append((sign, least, is_open))
    total = sum(least for _, least, _ in parts)
    room = max(0, min(length or 99, max(total, 8)) - total)
    text = ""
    for sign, least, is_open in parts:
        more = room if is_open else 0
        room -= more
        text += sign * (least + more)
    return text if text and (length is None or len(text.replace("\\", "")) <= length) else None


def _sign(piece: re.Match[str], *, is_any_case: bool) -> str | None:
    """What stands in a pattern for a piece of an expression."""
    if piece["inner"] is not None:
        return _of_class(piece[0], re.IGNORECASE if is_any_case else re.NOFLAG)
    if piece["escape"] is not None:
        if piece["sign"] in "dws":
            return " " if piece["sign"] == "s" else "#"
        return None if piece["sign"].isalnum() else f"\\{piece['sign']}"
    if piece["any"] is not None:
        return "#"
    return f"\\{piece['plain']}" if piece["plain"] in "#@*" else piece["plain"]


def _of_class(text: str, flag: re.RegexFlag) -> str | None:
    """The widest sign all of whose characters a class has, else one of its characters."""
    try:
        of_class = re.compile(text, flag)
    except re.error:
        return None
    for sign, characters in _SIGNS.items():
        if all(of_class.fullmatch(character) for character in characters):
            return sign
    printable = (chr(code) for code in range(32, 127))
    return next((c for c in printable if c not in "#@*\\" and of_class.fullmatch(c)), None)


def capacity(pattern: str) -> int:
    """How many codes a pattern has.

    Examples
    --------
    >>> capacity("@#"), capacity("A")
    (260, 1)
    """
    plain = re.sub(r"\\.", "", pattern)
    sizes = {"#": 10, "@": 26, "*": 16}
    n = 1
    for sign in plain:
        n = min(n * sizes.get(sign, 1), 10**18)
    return n


def example_of(pattern: str) -> str:
    """A code of a pattern.

    Examples
    --------
    >>> example_of("@@-##")
    'KK-77'
    """
    signs = {"#": "7", "@": "K", "*": "b"}
    return re.sub(r"\\(.)|[#@*]", lambda m: m[1] or signs[m[0]], pattern)


def matches(pattern: str, text: str) -> bool:
    """Whether a text has what a regular expression demands.

    Parameters
    ----------
    pattern
        The expression, which may be one that Python does not know.
    text
        The text.

    Returns
    -------
    bool
    """
    try:
        return re.search(pattern, text) is not None
    except re.error:
        return False
