r"""A file of SQL cut into statements, each with its line, before any of them is parsed.

A file is more than SQL: it has rows of `COPY`, commands of `psql`, `GO` and `DELIMITER` lines, and
bodies of triggers with semicolons of their own. What ends a statement is decided here, by reading
strings, quoted names, comments and blocks, and nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from plurel_cli.intake.strings import WITH_BACKSLASHES

_SIGNS = r"""
    (?P<comment>--[^\n]*|/\*.*?(?:\*/|\Z))
  | (?P<dollar>\$(?P<tag>[A-Za-z_]*)\$.*?(?:\$(?P=tag)\$|\Z))
  | (?P<escaped>\b[Ee]'(?:[^'\\]|\\.|'')*(?:'|\Z))
  | (?P<string>'(?:[^']|'')*(?:'|\Z))
  | (?P<double>"(?:[^"]|"")*(?:"|\Z))
  | (?P<back>`(?:[^`]|``)*(?:`|\Z))
  | (?P<word>[^\W\d]\w*)
  | (?P<end>;)
  | (?P<line>\n)
  | (?P<other>.)
    """
_TOKEN = re.compile(_SIGNS, re.VERBOSE | re.DOTALL)
_TOKEN_WITH_BACKSLASHES = re.compile(
    _SIGNS.replace("(?P<string>'(?:[^']|'')*", r"(?P<string>'(?:[^'\\]|\\.|'')*"),
    re.VERBOSE | re.DOTALL,
)
_TOKEN_OF_MYSQL = re.compile(
    _TOKEN_WITH_BACKSLASHES.pattern.replace("(?P<comment>", r"(?P<comment>\#[^\n]*|"),
    re.VERBOSE | re.DOTALL,
)
_GO = re.compile(r"[ \t]*GO(?:[ \t]+\d+)?[ \t]*;?[ \t]*\r?(?=\n|\Z)", re.IGNORECASE)
_SLASH = re.compile(r"[ \t]*/[ \t]*\r?(?=\n|\Z)")
_SQLPLUS = re.compile(
    r"[ \t]*(?:@|(?:REM(?:ARK)?|PRO(?:MPT)?|SPO(?:OL)?|WHENEVER|DEF(?:INE)?|UNDEF(?:INE)?|EXIT|QUIT"
    r"|SHO(?:W)?|COL(?:UMN)?|TTI(?:TLE)?|ACC(?:EPT)?|CONN(?:ECT)?|HO(?:ST)?|CLEAR|STA(?:RT)?|PAUSE"
    r"|EXEC(?:UTE)?|SET(?!\s+(?:TRANSACTION|ROLE|CONSTRAINTS?)\b))\b)[^\n]*",
    re.IGNORECASE,
)
"""Commands of SQL*Plus, which end with their line."""

_PSQL = re.compile(r"[ \t]*\\[^\n]*")
_HASH = re.compile(r"[ \t]*#[^\n]*")
_NEXT = re.compile(
    r"[ \t]*(?:CREATE|ALTER\s+TABLE|DROP\s+TABLE|INSERT(?:\s+INTO)?|GRANT|EXEC(?:UTE)?)\b",
    re.IGNORECASE,
)
"""What begins a statement of T-SQL, which need not end the one before."""

_DELIMITER = re.compile(r"[ \t]*DELIMITER[ \t]+(\S+)[ \t]*\r?(?=\n|\Z)", re.IGNORECASE)
_COPY = re.compile(r"\s*COPY\b.*\bFROM\s+STDIN\b", re.IGNORECASE | re.DOTALL)
_BODY = re.compile(
    r"\s*(?:CREATE|ALTER)\s+(?:OR\s+(?:REPLACE|ALTER)\s+)?(?:DEFINER\s*=\s*\S+\s+)?"
    r"(?:TEMP(?:ORARY)?\s+|CONSTRAINT\s+|EDITIONABLE\s+|NONEDITIONABLE\s+)?"
    r"(?:TRIGGER|PROCEDURE|PROC|FUNCTION|PACKAGE|EVENT|TYPE\s+BODY)\b|\s*(?:DECLARE|BEGIN)\s+(?!"
    r"TRANSACTION|WORK|;)\w",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Statement:
    """A statement.

    Attributes
    ----------
    text
        What it says, comments and all, without what ends it.
    line
        That of its first word.
    rows
        Of a `COPY`: how many rows follow it.
    """

    text: str
    line: int
    rows: int = 0


def decoded(data: bytes) -> str:
    """Text of a file: UTF-8, UTF-16 or Latin-1, with or without a byte order mark.

    Examples
    --------
    >>> decoded("CREATE".encode("utf-16-le")), decoded(b"x" + bytes([233]))
    ('CREATE', 'xé')
    """
    for mark, name in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16")):
        if data.startswith(mark):
            return data.decode(name, "replace")
    if data.startswith(b"\xfe\xff"):
        return data.decode("utf-16", "replace")
    head = data[:4096]
    if head and head.count(0) > len(head) // 4:
        is_little = head[1::2].count(0) >= head[::2].count(0)
        return data.decode("utf-16-le" if is_little else "utf-16-be", "replace")
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data.decode("latin-1")


def cut(text: str, dialect: str) -> Iterator[Statement]:
    r"""The statements of a file.

    Parameters
    ----------
    text
        The file.
    dialect
        Of SQL: it decides whether a backslash escapes, and which lines end a statement.

    Yields
    ------
    Statement
        Those that say something.

    Examples
    --------
    >>> [(s.line, s.text) for s in cut("SELECT ';'; -- a\n\nSELECT 2", "postgres")]
    [(1, "SELECT ';'"), (3, '-- a\n\nSELECT 2')]
    """
    text = text.replace("\r\n", "\n")
    cutter = _Cutter(text, dialect)
    return cutter.statements()


class _Cutter:
    def __init__(self, text: str, dialect: str) -> None:
        self._text, self._dialect = text, dialect
        self._signs = _signs(dialect)
        self._at, self._line = 0, 1
        self._delimiter = ";"

    def statements(self) -> Iterator[Statement]:
        while self._at < len(self._text):
            statement = self._next()
            if statement is None:
                continue
            if _COPY.match(_without_comments(statement.text)):
                statement = Statement(statement.text, statement.line, self._skip_rows())
            yield statement

    def _next(self) -> Statement | None:
        """The statement that begins here, to its end."""
        begin, first_line, depth, word_line = self._at, self._line, 0, 0
        brackets = 0
        is_line_start = True
        is_body: bool | None = None
        while self._at < len(self._text):
            if is_line_start and (ended := self._line_ends(is_blank=word_line == 0)) is not None:
                return self._made(begin, ended, word_line or first_line)
            if self._text.startswith(self._delimiter, self._at) and (
                self._delimiter != ";" or depth == 0
            ):
                end = self._at
                self._at += len(self._delimiter)
                return self._made(begin, end, word_line or first_line)
            is_free = is_line_start and word_line and not brackets and not is_body
            if self._dialect == "tsql" and is_free and _NEXT.match(self._text, self._at):
                return self._made(begin, self._at, word_line)
            match = self._token()
            kind, piece = match.lastgroup, match[0]
            self._at = match.end()
            if kind not in ("comment", "line") and piece.strip() and word_line == 0:
                word_line = self._line
            self._line += piece.count("\n")
            brackets += (piece == "(") - (piece == ")")
            is_line_start = kind == "line"
            if kind == "word" and self._delimiter == ";":
                if is_body is None and piece.upper() in _STARTS_BLOCK:
                    head = _without_comments(self._text[begin : self._at + 80])
                    is_body = _BODY.match(head) is not None
                if is_body:
                    depth = max(0, depth + self._deeper(piece))
        return self._made(begin, len(self._text), word_line or first_line)

    def _token(self) -> re.Match[str]:
        is_bracket = self._text[self._at] == "[" and self._dialect == "tsql"
        match = _BRACKETS.match(self._text, self._at) if is_bracket else None
        match = match or self._signs.match(self._text, self._at)
        assert match is not None  # noqa: S101 (any character is a piece)
        return match

    def _deeper(self, word: str) -> int:
        """By how much a word goes into a block of statements, or out of one."""
        word = word.upper()
        if word in ("BEGIN", "CASE"):
            return 1
        if word != "END":
            return 0
        after = self._text[self._at : self._at + 20].lstrip().upper()
        return 0 if after.startswith(("IF", "LOOP", "WHILE", "REPEAT", "FOR")) else -1

    def _line_ends(self, *, is_blank: bool) -> int | None:
        """Where a statement ends that a line of its own ends, which is read past."""
        begin = self._at
        patterns = []
        if self._dialect == "tsql":
            patterns.append(_GO)
        if self._dialect == "oracle":
            patterns.append(_SLASH)
            if is_blank:
                patterns.append(_SQLPLUS)
        if is_blank:
            patterns.append(_PSQL)
        if self._dialect == "mysql" and (match := _HASH.match(self._text, self._at)):
            self._at = match.end()
            return begin if is_blank else None
        if match := _DELIMITER.match(self._text, self._at):
            self._delimiter = match[1]
            self._at = match.end()
            return begin
        for pattern in patterns:
            if match := pattern.match(self._text, self._at):
                self._at = match.end()
                return begin
        return None

    def _made(self, begin: int, end: int, line: int) -> Statement | None:
        text = self._text[begin:end].strip()
        return Statement(text, line) if _without_comments(text).strip() else None

    def _skip_rows(self) -> int:
        """Past the rows of a `COPY`, to the line that ends them."""
        rows = -1
        while self._at < len(self._text):
            end = self._text.find("\n", self._at)
            end = len(self._text) if end < 0 else end
            row = self._text[self._at : end].rstrip("\r")
            self._at = min(end + 1, len(self._text))
            self._line += 1
            if row == r"\.":
                break
            rows += 1
        return max(rows, 0)


_SAID = re.compile(r"/\*M?!\d*\s*(.*?)\*/", re.DOTALL)
"""A comment that MySQL executes."""

_STARTS_BLOCK = frozenset({"BEGIN", "CASE", "AS", "IS"})
_BRACKETS = re.compile(r"(?P<bracket>\[(?:[^\]]|\]\])*(?:\]|\Z))", re.DOTALL)


def _without_comments(text: str) -> str:
    """A statement without the comments before its first word."""
    while match := re.match(
        r"\s*(?:--[^\n]*(?:\n|\Z)|/\*(?!M?!).*?(?:\*/|\Z)|#[^\n]*(?:\n|\Z))", text, re.DOTALL
    ):
        text = text[match.end() :]
    return text


def _signs(dialect: str) -> re.Pattern[str]:
    """What a text of SQL is made of."""
    if dialect == "mysql":
        return _TOKEN_OF_MYSQL
    return _TOKEN_WITH_BACKSLASHES if dialect in WITH_BACKSLASHES else _TOKEN


def without_comments(text: str, dialect: str = "") -> str:
    r"""SQL with a space for each comment, and each line where it was.

    Parameters
    ----------
    text
        The SQL.
    dialect
        Of SQL; to MySQL some comments are statements.

    Returns
    -------
    str

    Examples
    --------
    >>> without_comments("a -- b\nc '--' /* d */ e")
    "a  \nc '--'   e"
    >>> without_comments("/*!50001 SET x = 1 */ # y", "mysql")
    ' SET x = 1   '
    """

    def blank(match: re.Match[str]) -> str:
        piece = match[0]
        if dialect == "mysql" and (said := _SAID.fullmatch(piece)):
            return f" {said[1]}"
        return " " + "\n" * piece.count("\n") if match.lastgroup == "comment" else piece

    return _signs(dialect).sub(blank, text)
