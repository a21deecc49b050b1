"""Numbers, lists and sentences as people write them.

What is told of a database is put together of phrases, each of which the record that it is about
gives. This module has what all of them share: how a share, a span of time or a list reads, and
how phrases become a sentence.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

_UNITS = (("days", 24.0), ("hours", 1.0), ("minutes", 1 / 60), ("seconds", 1 / 3600))
_MOST_DAYS = 730.0
_FEW = 12
_PEOPLE = ("poisson", "weibull", "pareto", "fourier")


def quoted(name: object) -> str:
    """A name as it stands in a sentence."""
    return f"`{name}`"


def number(value: float) -> str:
    """A number of three digits, or a whole one; commas begin where years cannot be meant.

    Examples
    --------
    >>> number(1234567), number(0.012345), number(2022.0), number(1.5e-7), number(999.7)
    ('1,234,567', '0.0123', '2022', '1.5e-07', '1000')
    """
    if (math.isfinite(value) and 999.5 <= abs(value) < 1e15) or value in range(1000):
        return f"{value:,.0f}" if abs(value) >= 10_000 else f"{value or 0:.0f}"
    return f"{value:.3g}"


def exact(value: float) -> str:
    """A number with all its digits, as a bound has to be told.

    Examples
    --------
    >>> exact(32767), exact(999.99), exact(0.01), exact(-5.0)
    ('32,767', '999.99', '0.01', '-5')
    """
    if math.isfinite(value) and value == int(value):
        return number(value) if abs(value) < 1e15 else str(int(value))
    return repr(float(value))


def percent(share: float) -> str:
    """A share as a percentage, which is 0 or 100 only where it is so exactly.

    Examples
    --------
    >>> percent(0.5), percent(0.123), percent(0.0042), percent(0.9999), percent(1), percent(2e-6)
    ('50%', '12%', '0.4%', 'over 99.9%', '100%', 'under 0.1%')
    """
    if share in (0, 1):
        return f"{share:.0%}"
    if share < 0.001:
        return "under 0.1%"
    if share > 0.999:
        return "over 99.9%"
    return f"{share:.0%}" if 0.0995 <= share < 0.995 else f"{share:.1%}".replace(".0%", "%")


def part(share: float, noun: str) -> str:
    """Some of many things, or all of them.

    Parameters
    ----------
    share
        Their share.
    noun
        What they are, in the plural.

    Returns
    -------
    str

    Examples
    --------
    >>> part(1.0, "rows"), part(0.3, "rows")
    ('all rows', '30% of rows')
    """
    return f"all {noun}" if share == 1 else f"{percent(share)} of {noun}"


def span(hours: float) -> str:
    """A span of time, in the unit that suits it.

    Examples
    --------
    >>> span(0.01), span(2.5), span(240), span(24 * 900), span(1)
    ('36 seconds', '2.5 hours', '10 days', '2.46 years', '1 hour')
    """
    if hours >= 24 * _MOST_DAYS:
        return f"{number(hours / (24 * 365.25))} years"
    unit, size = next(((u, s) for u, s in _UNITS if hours >= s), _UNITS[-1])
    amount = number(hours / size)
    return f"{amount} {unit[:-1] if amount == '1' else unit}"


def counted(n: int, noun: str) -> str:
    """A number of things.

    Parameters
    ----------
    n
        How many.
    noun
        One of them; its plural ends in `s`, or in `ies` for `y`.

    Returns
    -------
    str

    Examples
    --------
    >>> counted(1, "table"), counted(0, "category"), counted(1200, "key")
    ('1 table', '0 categories', '1,200 keys')
    """
    if n == 1:
        return f"1 {noun}"
    is_y = noun.endswith("y") and noun[-2] not in "aeiou"
    return f"{n:,} {noun[:-1] + 'ies' if is_y else noun + 's'}"


def listed(items: Iterable[str], most: int = _FEW) -> str:
    """Items with commas and a last "and"; of many, the first ones.

    Parameters
    ----------
    items
        The items.
    most
        How many are named, if there are more.

    Returns
    -------
    str

    Examples
    --------
    >>> listed(["a"]), listed(["a", "b"]), listed("abc"), listed("abcd", 2)
    ('a', 'a and b', 'a, b and c', 'a, b and 2 more')
    """
    several = list(items)
    if len(several) > most + 1:
        several = [*several[:most], f"{len(several) - most:,} more"]
    return " and ".join(filter(None, [", ".join(several[:-1]), *several[-1:]]))


def clauses_listed(items: Sequence[str]) -> str:
    """Items with commas and a last "and"; where some have commas themselves, with semicolons.

    Examples
    --------
    >>> clauses_listed(["1% from a", "2% from b"])
    '1% from a and 2% from b'
    >>> clauses_listed(["1% from a, whose strength moves", "2% from b", "3% from c"])
    '1% from a, whose strength moves; 2% from b; and 3% from c'
    """
    if not any(", " in item for item in items[:-1]):
        return listed(items)
    return "; ".join([*items[:-1], f"and {items[-1]}"])


def article(noun: str) -> str:
    """The article of a noun and the noun, as in "an hour".

    Examples
    --------
    >>> article("exponential lag"), article("shop"), article("uniform source")
    ('an exponential lag', 'a shop', 'a uniform source')
    """
    is_vowel = noun[:1].lower() in "aeio" or (noun.startswith("u") and not noun.startswith("uni"))
    return f"{'an' if is_vowel else 'a'} {noun}"


def spaced(name: str) -> str:
    """The name of a choice as words.

    Examples
    --------
    >>> spaced("power_law"), spaced("poisson")
    ('power law', 'Poisson')
    """
    return name.capitalize() if name in _PEOPLE else name.replace("_", " ")


def clause(summary: str) -> str:
    """The first line of a documentation as part of a sentence: up to its colon or semicolon.

    Examples
    --------
    >>> clause("Amounts of money, to the cent: prices, fees."), clause("E-mail addresses.")
    ('amounts of money, to the cent', 'e-mail addresses')
    """
    first = summary.partition(": ")[0].partition("; ")[0].strip().rstrip(".")
    is_name = len(first) > 1 and first[1].isupper()
    return first if is_name else first[:1].lower() + first[1:]


def documented(kind: object) -> str:
    """What a class or function is, by its documentation, as part of a sentence."""
    return clause((getattr(kind, "__doc__", None) or "").strip().partition("\n")[0])


def settings(values: Iterable[tuple[str, float | str]]) -> str:
    """Settings with their names, as in "median 40 and sigma 0.8"."""
    return listed(
        f"{spaced(name)} {value if isinstance(value, str) else number(value)}"
        for name, value in values
    )


def sentence(parts: Sequence[str] | str, joint: str = ", ") -> str:
    """Parts as one sentence, with a capital and a full stop.

    Parameters
    ----------
    parts
        What it is made of, without empty ones.
    joint
        What stands between them.

    Returns
    -------
    str

    Examples
    --------
    >>> sentence(["it rains", "", "often"]), sentence("`a` is b")
    ('It rains, often.', '`a` is b.')
    """
    text = parts if isinstance(parts, str) else joint.join(filter(None, parts))
    return f"{text[:1].upper()}{text[1:]}."
