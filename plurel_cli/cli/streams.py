"""The one way by which text leaves: standard output and standard error, made fit for any text.

What a stream cannot encode is written in other characters, or as an escape; control characters that
could move a terminal's cursor or hide text are escaped; a stream that is closed refuses data, and
takes messages without a word. Nothing here imports more than Python's own modules.
"""

from __future__ import annotations

import io
import os
import sys
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TextIO, cast

_WORDS = {
    "→": "->",
    "←": "<-",
    "×": "x",
    "…": "...",
    "–": "-",
    "—": "-",
    "−": "-",
    "·": "*",
    "≤": "<=",
    "≥": ">=",
    "±": "+-",
    "√": "sqrt",
    "½": "1/2",
    "─": "-",
    "━": "-",
    "╶": "-",
    "╴": "-",
    "•": "*",
    "“": '"',
    "”": '"',
    "‘": "'",
    "’": "'",
}
"""What stands for a character where the stream lacks it."""

_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻ⁿᵏ", "0123456789-nk")


def _is_control(char: str) -> bool:
    """Whether a character acts on a terminal, or on the order or visibility of others."""
    if char in "\n\t":
        return False
    kind = unicodedata.category(char)
    return kind in ("Cc", "Cf", "Cs", "Zl", "Zp")


def escaped(char: str) -> str:
    r"""A character as an escape that JSON and YAML know too.

    Examples
    --------
    >>> escaped("\x1b"), escaped("😀")
    ('\\u001b', '\\ud83d\\ude00')
    """
    code = ord(char)
    if code < 0x10000:
        return f"\\u{code:04x}"
    code -= 0x10000
    return f"\\u{0xD800 + (code >> 10):04x}\\u{0xDC00 + (code & 0x3FF):04x}"


def _encodes(text: str, encoding: str) -> bool:
    try:
        text.encode(encoding)
    except UnicodeError:
        return False
    return True


def fit(text: str, encoding: str, *, is_data: bool = False) -> str:
    r"""Text that a stream can take and a terminal can show.

    Parameters
    ----------
    text
        Any text.
    encoding
        Of the stream.
    is_data
        Whether it is for programs, which understand escapes and nothing else.

    Returns
    -------
    str
        The same text, wherever it is harmless and can be encoded.

    Examples
    --------
    >>> fit("4 × 10⁶ → \x1b[31m", "ascii")
    '4 x 10^6 -> \\u001b[31m'
    """
    if text.isascii() and text.isprintable():
        return text
    if not text.isprintable():
        text = "".join(escaped(char) if _is_control(char) else char for char in text)
    return encodable(text, encoding, is_data=is_data)


def encodable(text: str, encoding: str, *, is_data: bool = False) -> str:
    """Text in which only what an encoding lacks is replaced; as for `fit`.

    Parameters
    ----------
    text
        The text.
    encoding
        What it is to be encoded in.
    is_data
        Whether a program is to read it, so that what is lacking is escaped, never put in words.

    Returns
    -------
    str
        As long as the text, or longer.
    """
    if _encodes(text, encoding):
        return text
    pieces = []
    was_raised = False
    for char in text:
        plain = char.translate(_SUPERSCRIPTS)
        is_raised = plain != char
        if _encodes(char, encoding):
            pieces.append(char)
        elif is_data:
            pieces.append(escaped(char))
        elif is_raised:
            pieces.append(plain if was_raised else f"^{plain}")
        else:
            pieces.append(_WORDS.get(char) or escaped(char))
        was_raised = is_raised
    return "".join(pieces)


class SafeStream(io.TextIOBase):
    """A stream to which any text may be written.

    Parameters
    ----------
    stream
        Where it goes; nowhere if there is none.
    name
        What to call it.
    is_needed
        Whether text that goes nowhere is an error.
    """

    def __init__(self, stream: TextIO | None, name: str, *, is_needed: bool) -> None:
        self._stream = stream
        self._name = name
        self._is_needed = is_needed

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return getattr(self._stream, "encoding", None) or "utf-8"

    def write(self, text: str) -> int:
        return self._write(text, is_data=False)

    def write_data(self, text: str) -> int:
        """Write text that is for programs."""
        return self._write(text, is_data=True)

    def _write(self, text: str, *, is_data: bool) -> int:
        if not isinstance(text, str):
            raise TypeError("text is wanted")
        if self._stream is not None:
            self._stream.write(self._fit(text, is_data=is_data))
        elif self._is_needed and text:
            raise OSError(None, "it is closed", self._name)
        return len(text)

    def _fit(self, text: str, *, is_data: bool) -> str:
        return fit(text, self.encoding, is_data=is_data)

    def for_progress(self) -> TextIO:
        """The same stream for bars, which move the cursor; names in them must be fit already."""
        return cast(TextIO, _Raw(self._stream, self._name, is_needed=False))

    def flush(self) -> None:
        if self._stream is not None:
            self._stream.flush()

    def close(self) -> None:
        """Leave the stream as it is: whoever opened it closes it, perhaps before this ends."""

    def isatty(self) -> bool:
        return self._stream is not None and self._stream.isatty()

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        if self._stream is None:
            raise io.UnsupportedOperation("fileno")
        return self._stream.fileno()

    def let_go(self) -> None:
        """Drop what a full disk does not take, so that Python does not try again at its end."""
        try:
            self.flush()
        except OSError:
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self.fileno())
            os.close(nowhere)


class _Raw(SafeStream):
    """A safe stream that lets control characters through."""

    def _fit(self, text: str, *, is_data: bool) -> str:
        return encodable(text, self.encoding, is_data=is_data)


@contextmanager
def safe_streams() -> Iterator[tuple[SafeStream, SafeStream]]:
    """Have all that is printed within the block go through safe streams."""
    _hold_closed_descriptors()
    former = sys.stdout, sys.stderr
    out = SafeStream(sys.stdout, "standard output", is_needed=True)
    err = SafeStream(sys.stderr, "standard error", is_needed=False)
    sys.stdout, sys.stderr = out, err
    try:
        yield out, err
    finally:
        sys.stdout, sys.stderr = former


def _hold_closed_descriptors() -> None:
    """Open what is closed of the first three descriptors, which no table's file should become."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            with suppress(OSError):
                os.open(os.devnull, os.O_RDWR)
