"""An estimate in words."""

from __future__ import annotations

from plurel_cli.effort.estimate import Estimate

WORDS = {
    "schema": "schema and plan",
    "keys": "keys",
    "times": "times",
    "fit": "features, fit",
    "values": "features, values",
    "writing": "writing",
    "tasks": "tasks",
}
"""What each kind of work is called."""

_SIZES = ("bytes", "kB", "MB", "GB", "TB", "PB", "EB")

_SPANS = ((86400.0 * 365.25, "years"), (86400.0, "days"), (3600.0, "h"), (60.0, "min"))


def size(n_bytes: float) -> str:
    """A number of bytes, to three digits.

    Examples
    --------
    >>> size(512), size(2_345_678), size(1e15)
    ('512 bytes', '2.35 MB', '1 PB')
    """
    power = 0
    while n_bytes >= 999.5 and power < len(_SIZES) - 1:
        n_bytes /= 1000.0
        power += 1
    return f"{n_bytes:.3g} {_SIZES[power]}"


def span(seconds: float) -> str:
    """A time, to two digits.

    Examples
    --------
    >>> span(0.0421), span(89), span(5000), span(200_000), span(4e9)
    ('0.042 s', '89 s', '83 min', '2.3 days', '130 years')
    """
    for unit_s, word in _SPANS:
        if seconds >= 2 * unit_s:
            return f"{_two_digits(seconds / unit_s)} {word}"
    return f"{_two_digits(seconds)} s"


def _two_digits(number: float) -> str:
    return f"{number:.2g}" if number < 1 else f"{float(f'{number:.2g}'):,.15g}"


def render(estimate: Estimate, n_at_once: int = 1) -> str:
    """An estimate for a person to read.

    Parameters
    ----------
    estimate
        The estimate.
    n_at_once
        Databases that are made at once.

    Returns
    -------
    str
        Lines.
    """
    about = "" if estimate.is_exact else "about "
    lines = [
        ("databases", f"{estimate.databases:,}"),
        ("tables", f"{about}{estimate.tables:,}"),
        ("rows", f"{about}{estimate.rows:,}"),
        ("cells", f"{about}{estimate.cells:,}"),
        ("on disk", size(estimate.bytes)),
        ("memory", size(estimate.memory * n_at_once)),
        ("time", f"{span(estimate.total_s)} of one core"),
    ]
    if n_at_once > 1:
        lines.append(("", f"{span(estimate.total_s / n_at_once)} with {n_at_once} at once"))
    total = max(estimate.total_s, 1e-9)
    lines += [
        (f"  {WORDS[kind]}", f"{span(seconds)} ({seconds / total:.0%})")
        for kind, seconds in estimate.seconds.items()
        if kind != "tasks" or seconds > 0
    ]
    name, share = estimate.largest
    lines.append(("most time", WORDS[estimate.dominant]))
    lines.append(("most cells", f"{name} ({share:.0%})"))
    if not estimate.is_exact:
        lines.append(("drawn", f"{estimate.sampled} of {estimate.databases:,} databases"))
    width = max(len(word) for word, _ in lines) + 2
    return "".join(f"{word:{width}}{value}\n" for word, value in lines)


def sentence(estimate: Estimate, n_at_once: int = 1) -> str:
    """An estimate in one sentence.

    Parameters
    ----------
    estimate
        The estimate.
    n_at_once
        Databases that are made at once.

    Returns
    -------
    str
        Without a full stop.
    """
    about = "" if estimate.is_exact else "about "
    return (
        f"{about}{estimate.rows:,} rows will take about {span(estimate.total_s / n_at_once)} on "
        f"this machine, most of it for {WORDS[estimate.dominant]}, and {size(estimate.bytes)} on "
        "the disk"
    )
