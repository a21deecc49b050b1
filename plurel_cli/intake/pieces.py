r"""Pieces of a statement: words, names and what stands in brackets, whatever the dialect.

A statement is read from left to right by a reader of tokens. What brackets hold is text until
somebody asks, so that one element that nobody understands spoils no other.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

TOKEN = re.compile(
    r"""
    (?P<string>[Nn]?'(?:[^']|'')*')
  | (?P<quoted>"(?:[^"]|"")*" | `(?:[^`]|``)*` | \[[^\]\n]*\])
  | (?P<word>[^\W\d][\w$\#]*)
  | (?P<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)
  | (?P<space>\s+)
  | (?P<sign>::|<=|>=|<>|!=|\|\||.)
    """,
    re.VERBOSE | re.DOTALL,
)


def unquoted(name: str) -> str:
    """A name without its quotes.

    Examples
    --------
    >>> unquoted('"a ""b"" c"'), unquoted("[Order Details]"), unquoted("x")
    ('a "b" c', 'Order Details', 'x')
    """
    if len(name) > 1 and name[0] in "\"`'" and name[-1] == name[0]:
        return name[1:-1].replace(name[0] * 2, name[0])
    return name[1:-1] if name.startswith("[") and name.endswith("]") else name


def string_of(piece: str) -> str:
    r"""The text of a string.

    Examples
    --------
    >>> string_of("'it''s'"), string_of(r"N'a\b'")
    ("it's", 'a\\b')
    """
    if "'" not in piece:
        return unquoted(piece)
    return piece[piece.index("'") + 1 : -1].replace("''", "'")


class Pieces:
    """A reader of the tokens of some SQL without comments.

    Parameters
    ----------
    text
        The SQL.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def peek(self) -> str:
        """The next piece that is no space; empty at the end."""
        self._space()
        match = TOKEN.match(self.text, self.at)
        return match[0] if match else ""

    def next(self) -> str:
        """The next piece, which is read past."""
        piece = self.peek()
        self.at += len(piece)
        return piece

    def _space(self) -> None:
        while self.at < len(self.text) and self.text[self.at].isspace():
            self.at += 1

    def takes(self, *words: str) -> bool:
        """Whether these words come next, which are then read past.

        Parameters
        ----------
        *words
            Words in capitals.
        """
        before = self.at
        for word in words:
            if self.next().upper() != word:
                self.at = before
                return False
        return True

    def takes_any(self, *words: str) -> bool:
        """Whether one of these words comes next, which is then read past."""
        return any(self.takes(word) for word in words)

    def name(self) -> str:
        """A name, without quotes."""
        return unquoted(self.next())

    def full_name(self) -> tuple[str, str]:
        """A name that may be qualified: that of its schema, and its own."""
        whole = self.peek()
        names = [self.name()]
        if whole.startswith("`") and "." in names[0] and self.peek() != ".":
            names = names[0].split(".")  # BigQuery has one pair of quotes about all parts
        while self.takes("."):
            if self.peek() == ".":
                continue
            names.append(self.name())
        return (names[-2] if len(names) > 1 else ""), names[-1]

    @property
    def rest(self) -> str:
        """What has not been read."""
        return self.text[self.at :]

    def brackets(self) -> str | None:
        """What the brackets that come next hold; none where there are none."""
        if self.peek() != "(":
            return None
        self.next()
        begin, depth = self.at, 1
        while depth and self.at < len(self.text):
            piece = self.next()
            depth += (piece == "(") - (piece == ")")
        return self.text[begin : self.at - 1] if depth == 0 else self.text[begin:]


def elements(text: str) -> Iterator[tuple[int, str]]:
    """What commas outside of brackets divide.

    Parameters
    ----------
    text
        SQL without comments.

    Yields
    ------
    tuple
        How many lines come before an element, and the element.

    Examples
    --------
    >>> list(elements("a INT, CHECK (b IN (1, 2))"))
    [(0, 'a INT'), (0, 'CHECK (b IN (1, 2))')]
    """
    begin, depth = 0, 0
    for match in TOKEN.finditer(text):
        piece = match[0]
        if piece in ("(", "<") and (piece == "(" or _is_generic(text, match.start())):
            depth += 1
        elif piece == ")" or (piece == ">" and depth and _is_generic_end(text, match.start())):
            depth -= 1
        elif piece == "," and depth == 0:
            yield from _element(text, begin, match.start())
            begin = match.end()
    yield from _element(text, begin, len(text))


def _is_generic(text: str, at: int) -> bool:
    """Whether a bracket is that of a type, as in `STRUCT<a INT64>`."""
    return (
        re.search(r"(?:STRUCT|ARRAY|MAP)\s*\Z", text[max(0, at - 10) : at], re.IGNORECASE)
        is not None
    )


def _is_generic_end(text: str, at: int) -> bool:
    opened = [m.start() for m in re.finditer(r"(?:STRUCT|ARRAY|MAP)\s*<", text[:at], re.IGNORECASE)]
    return len(opened) > text[:at].count(">") - text[:at].count("->")


def _element(text: str, begin: int, end: int) -> Iterator[tuple[int, str]]:
    element = text[begin:end]
    if element.strip():
        lead = len(element) - len(element.lstrip())
        yield text[: begin + lead].count("\n"), element.strip()


def names_in(text: str) -> tuple[str, ...]:
    """Names that a list of columns has, without lengths, orders and the like.

    Examples
    --------
    >>> names_in('"a" ASC, b(10) DESC, c')
    ('a', 'b', 'c')
    """
    return tuple(Pieces(element).name() for _, element in elements(text))


def head_of(text: str) -> str:
    """The first words of some SQL, in one line."""
    words = " ".join(text.split())
    return words if len(words) <= 60 else words[:57] + "..."
