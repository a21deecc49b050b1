"""How much room a place has left."""

from __future__ import annotations

import shutil

from plurel_cli.storage.bucket import BucketPath
from plurel_cli.storage.place import Place


def free_bytes(place: Place) -> int | None:
    """Bytes that this user may still write on the disk of a place, or of the folder it will be in.

    Returns
    -------
    int or None
        None for a bucket, and where the disk does not say.
    """
    if isinstance(place, BucketPath):
        return None
    folder = place.absolute()
    while folder != folder.parent:
        try:
            return shutil.disk_usage(folder).free
        except (FileNotFoundError, NotADirectoryError):
            folder = folder.parent
        except OSError:
            return None
    return None
