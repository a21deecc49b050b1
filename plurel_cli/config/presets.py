"""The configs that come with the package, by name.

They are the files of `configs/` of the repository, which lie in the package once it is installed.
A name is that of a preset, and a text with a slash or a suffix, as `./realistic` or
`realistic.yaml`, that of a file.
"""

from __future__ import annotations

import re
from difflib import get_close_matches
from pathlib import Path
from typing import NamedTuple

import plurel_cli
from plurel_cli.errors import UsageError, storage_error

_SUFFIX = ".yaml"


class Preset(NamedTuple):
    """A config that comes with the package.

    Attributes
    ----------
    name
        What it goes by.
    path
        Its file.
    about
        What it is for, in a sentence.
    """

    name: str
    path: Path
    about: str


def folder() -> Path:
    """Where the presets are: in the package, or beside it where it is used from a checkout."""
    package = Path(plurel_cli.__file__).parent
    inside = package / "configs"
    return inside if inside.is_dir() else package.parent / "configs"


def names() -> tuple[str, ...]:
    """Names of all presets, sorted."""
    return tuple(sorted(path.stem for path in folder().glob(f"*{_SUFFIX}")))


def preset(name: str) -> Preset:
    """One preset, by a name that there is."""
    path = folder() / f"{name}{_SUFFIX}"
    return Preset(name, path, about(path.read_text(encoding="utf-8")))


def about(text: str) -> str:
    r"""What a config is for: the first sentence of the comment that it begins with.

    Examples
    --------
    >>> about("# Many small tables, to\n# test with. No features.\nschema: {}\n")
    'Many small tables, to test with.'
    """
    match = re.match(r"(?:# .*\n)+", text)
    lines = match[0].splitlines() if match else []
    return re.split(r"(?<=[.]) ", " ".join(line.removeprefix("# ") for line in lines))[0]


def is_name(text: str) -> bool:
    """Whether a text names a preset, if there is one, and no file.

    Examples
    --------
    >>> is_name("realistic"), is_name("realistic.yaml"), is_name("./realistic")
    (True, False, False)
    """
    return not re.search(r"[/\\.]", text)


def find(source: str | Path, beside: Path = Path()) -> Path:
    """The file of a config.

    Parameters
    ----------
    source
        Name of a preset, or path of a file. A name that is no preset may be a file as well.
    beside
        Folder that a relative path starts from.

    Returns
    -------
    Path
        The file, which may not be there if a path was given.

    Raises
    ------
    UsageError
        If a name is that of no preset and no file.
    """
    text = str(source)
    path = beside / text
    if not is_name(text):
        return path
    known = names()
    if text in known:
        return folder() / f"{text}{_SUFFIX}"
    try:
        there = path.exists()
    except (OSError, ValueError):
        there = False
    if there:
        return path
    near = get_close_matches(text, known, n=1)
    remedy = f"did you mean {near[0]}?" if near else "`plurel config list` names those there are"
    raise UsageError(text, "is neither a preset nor a file", remedy=remedy)


def title(path: Path) -> str:
    """What to call the file of a config in messages: a preset by its name."""
    return path.stem if path.parent == folder() and path.suffix == _SUFFIX else str(path)


def read(path: Path) -> bytes:
    """The bytes of a config.

    Raises
    ------
    UsageError
        If there is no such file.
    StorageError
        If it cannot be read.
    """
    try:
        return path.read_bytes()
    except (FileNotFoundError, ValueError):  # the latter of a null in the name
        remedy = "`plurel config show` prints one to start from"
        raise UsageError(path, "no such config file", remedy=remedy) from None
    except OSError as error:
        raise storage_error(path, error) from None
