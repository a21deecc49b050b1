"""What tests ask of an object store, past the code that they test."""

from __future__ import annotations

import re
import shutil
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from urllib.request import Request, urlopen

from obstore.store import S3Store

_LOGGED = re.compile(r'"(?:\x1b\[[\d;]*m)*([A-Z]+) (\S+) HTTP')


@dataclass(frozen=True)
class Asked:
    """A request: what for, and the key of the object or the prefix."""

    what: str
    key: str


@dataclass(frozen=True)
class Bucket:
    """A bucket on a server of our own."""

    endpoint: str
    log: Path
    name: str

    @property
    def _store(self) -> S3Store:
        return S3Store(self.name, client_options={"allow_http": True})

    def url(self, key: str) -> str:
        return f"s3://{self.name}/{key}"

    def contents(self, prefix: str = "") -> dict[str, bytes]:
        """Every object under a prefix, by its name relative to it."""
        found = self._store.list(prefix or None).collect()
        start = len(prefix) + 1 if prefix else 0
        paths = sorted(its["path"] for its in found)
        return {path[start:]: bytes(self._store.get(path).bytes()) for path in paths}

    def tags(self, prefix: str) -> dict[str, tuple[object, object]]:
        """When each object under a prefix was written, and its ETag."""
        found = self._store.list(prefix).collect()
        return {its["path"]: (its["last_modified"], its["e_tag"]) for its in found}

    def put(self, key: str, data: bytes) -> None:
        self._store.put(key, data)

    def put_raw(self, key: str, data: bytes = b"") -> None:
        """Write an object whose name the client would not take."""
        self._send("PUT", f"/{self.name}/{key}", data)

    def delete(self, *keys: str) -> None:
        self._store.delete(list(keys))

    def upload(self, folder: Path, prefix: str) -> None:
        for path in folder.rglob("*"):
            if path.is_file():
                self.put(f"{prefix}/{path.relative_to(folder).as_posix()}", path.read_bytes())

    def download(self, prefix: str, folder: Path) -> Path:
        """Put what is under a prefix into a folder, in place of what is there."""
        shutil.rmtree(folder, ignore_errors=True)
        for name, data in self.contents(prefix).items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(data)
        return folder

    def unfinished_uploads(self) -> int:
        """Uploads in parts that have neither been finished nor given up."""
        return self._send("GET", f"/{self.name}?uploads").count(b"<Upload>")

    def deny_after(self, n_requests: int | None) -> None:
        """Refuse all requests but the next ones; with none given, take all again."""
        n = n_requests if n_requests is not None else 10**9
        self._send("POST", "/moto-api/reset-auth", str(n).encode())

    def make_public(self, prefix: str) -> None:
        """Let anybody read what is under a prefix."""
        who = "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/s3/aws4_request"
        headers = {"x-amz-acl": "public-read", "Authorization": who}
        for path in self.tags(prefix):
            self._send("PUT", f"/{self.name}/{path}?acl", b"", headers)

    def user_without_rights(self) -> tuple[str, str]:
        """Credentials that the server knows, and allows nothing."""
        import boto3

        options = {"endpoint_url": self.endpoint, "region_name": "us-east-1"}
        users = boto3.client("iam", **options)
        users.create_user(UserName=self.name)
        key = users.create_access_key(UserName=self.name)["AccessKey"]
        return key["AccessKeyId"], key["SecretAccessKey"]

    def begin_log(self) -> int:
        """Where the log of requests is now."""
        return self.log.stat().st_size

    def asked(self, since: int) -> list[Asked]:
        """Requests about this bucket since then, in their order."""
        with self.log.open("rb") as file:
            file.seek(since)
            text = file.read().decode()
        found = []
        for method, url in _LOGGED.findall(text):
            path, _, query = url.partition("?")
            if not path.startswith(f"/{self.name}"):
                continue
            key = path.removeprefix(f"/{self.name}").removeprefix("/")
            if "list-type" in query:
                method, key = "LIST", query.partition("prefix=")[2]
            elif query == "delete":
                method = "DELETE"
            found.append(Asked(method, key))
        return found

    def count(self, since: int) -> Counter[str]:
        """How many requests of each kind there were since then."""
        return Counter(its.what for its in self.asked(since))

    def make(self) -> None:
        self._send("PUT", f"/{self.name}")

    def _send(
        self, method: str, path: str, data: bytes | None = None, more: dict[str, str] | None = None
    ) -> bytes:
        headers = {"Content-Type": "text/plain", **(more or {})}
        request = Request(self.endpoint + path, data, headers, method=method)  # noqa: S310
        with urlopen(request) as answer:  # noqa: S310
            content: bytes = answer.read()
        return content
