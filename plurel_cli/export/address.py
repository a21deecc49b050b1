"""The address of a server's database: a URL, and after `#` what in it the tables are to be in."""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import parse_qs, unquote, urlsplit

from plurel_cli.errors import UsageError


class ServerAddress(NamedTuple):
    """Where a server is, and who asks.

    Attributes
    ----------
    url
        All of it but what follows `#`.
    namespace
        What follows `#`; none where nothing does.
    host, user, password, database
        Parts of the URL, empty where they are left out.
    port
        None where it is left out.
    settings
        What follows `?`, by name.
    """

    url: str
    namespace: str | None
    host: str
    port: int | None
    user: str
    password: str
    database: str
    settings: dict[str, str]

    @classmethod
    def parse(cls, text: str, *schemes: str) -> ServerAddress:
        """The address that a URL gives.

        Parameters
        ----------
        text
            The URL.
        schemes
            That it may begin with.

        Returns
        -------
        ServerAddress

        Raises
        ------
        UsageError
            If it is none of such a server. What it says holds no password.

        Examples
        --------
        >>> address = ServerAddress.parse("mysql://me:secret@db/shop#test", "mysql")
        >>> str(address), address.namespace
        ('mysql://db/shop', 'test')
        """
        url, _, namespace = text.partition("#")
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError:
            raise UsageError("--out", "is no URL") from None
        if parts.scheme not in schemes:
            example = f"{schemes[0]}://USER@HOST/DATABASE"
            raise UsageError("--out", f"must be the URL of a server's database, as {example}")
        return cls(
            url=url,
            namespace=unquote(namespace) or None,
            host=parts.hostname or "",
            port=port,
            user=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
            database=unquote(parts.path.removeprefix("/")),
            settings={name: values[-1] for name, values in parse_qs(parts.query).items()},
        )

    def __str__(self) -> str:
        port = "" if self.port is None else f":{self.port}"
        return f"{self.url.partition(':')[0]}://{self.host}{port}/{self.database}"
