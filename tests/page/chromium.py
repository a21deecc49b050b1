"""A headless Chromium that tests talk to over a pipe, with the DevTools protocol."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

FLAGS = (
    *("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"),
    *("--remote-debugging-pipe", "--no-first-run", "--disable-extensions", "--hide-scrollbars"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    "--force-color-profile=srgb",
)


class Chromium:
    """A browser with one page.

    Parameters
    ----------
    to, of
        File descriptors: what the browser reads, and what it writes.
    """

    def __init__(self, to: int, of: int) -> None:
        self._to, self._of = to, of
        self._rest, self._last = b"", 0
        self._session: str | None = None
        self.events: list[dict[str, Any]] = []
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        attached = self.call("Target.attachToTarget", targetId=target, flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.call(f"{domain}.enable")

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Call a method, and wait for its answer."""
        self._last += 1
        message: dict[str, Any] = {"id": self._last, "method": method, "params": parameters}
        if self._session is not None:
            message["sessionId"] = self._session
        os.write(self._to, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._next()
            if answer.get("id") == self._last:
                assert "error" not in answer, f"{method}: {answer['error']}"
                result: dict[str, Any] = answer["result"]
                return result
            self.events.append(answer)

    def _next(self) -> dict[str, Any]:
        while b"\0" not in self._rest:
            more = os.read(self._of, 1 << 20)
            assert more, "the browser has ended"
            self._rest += more
        message, _, self._rest = self._rest.partition(b"\0")
        answer: dict[str, Any] = json.loads(message)
        return answer

    def size(self, width: int, height: int, *, mobile: bool = False) -> None:
        """Set the size of the window."""
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=mobile,
        )

    def open(self, file: Path, after: str = "") -> None:
        """Open a file, with a query or a hash, and wait until it has drawn itself."""
        self.events.clear()
        self.call("Page.navigate", url="about:blank")
        self.call("Page.navigate", url=file.resolve().as_uri() + after)
        self.until("document.documentElement.dataset.ready === 'yes'")

    def until(self, condition: str) -> None:
        """Wait for a condition, as JavaScript, to hold."""
        text = json.dumps(condition)
        self.run(
            "new Promise((done, failed) => { const end = Date.now() + 20000; const look = () => {"
            f"let holds = false; try {{ holds = eval({text}); }} catch {{ }}"
            f"if (holds) done(true); else if (Date.now() > end) failed(new Error({text}));"
            "else setTimeout(look, 15); }; look(); })"
        )

    def run(self, script: str) -> Any:
        """The value of a JavaScript expression; promises are awaited."""
        answer = self.call(
            "Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True
        )
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    @property
    def faults(self) -> list[str]:
        """What the page has thrown, logged as an error, or asked of a network."""
        faults = []
        for event in self.events:
            match event.get("method"):
                case "Runtime.exceptionThrown":
                    faults.append(json.dumps(event["params"]["exceptionDetails"]))
                case "Log.entryAdded" if event["params"]["entry"]["level"] == "error":
                    faults.append(event["params"]["entry"]["text"])
                case "Runtime.consoleAPICalled" if event["params"]["type"] in ("error", "warning"):
                    faults.append(json.dumps(event["params"]["args"]))
                case "Network.requestWillBeSent":
                    url = event["params"]["request"]["url"]
                    if not url.startswith(("file:", "about:", "data:")):
                        faults.append(url)
        return faults

    def screenshot(self, file: Path, *, whole: bool = False) -> None:
        """Save a picture of the window, or of the whole page."""
        if whole:
            height = self.run("document.documentElement.scrollHeight")
            width = self.run("document.documentElement.clientWidth")
            self.size(width, min(height, 12_000))
            self.run("new Promise((done) => setTimeout(done, 400))")
        answer = self.call("Page.captureScreenshot", format="png")
        file.write_bytes(base64.b64decode(answer["data"]))

    def pdf(self, file: Path) -> None:
        """Print the page."""
        answer = self.call("Page.printToPDF", printBackground=True)
        file.write_bytes(base64.b64decode(answer["data"]))


def program() -> str | None:
    """Where Chromium is, if it is there."""
    return shutil.which("chromium") or shutil.which("chromium-browser")


@contextmanager
def chromium(profile: Path) -> Iterator[Chromium]:
    """A browser that ends with the block."""
    path = program()
    assert path is not None, "Debian's chromium must be installed"
    to_read, to_write = os.pipe()
    of_read, of_write = os.pipe()

    def as_3_and_4() -> None:
        # Above 4 first, so that neither is lost to the other.
        a, b = os.dup(to_read), os.dup(of_write)
        first, second = os.dup2(a, 30), os.dup2(b, 31)
        os.dup2(first, 3)
        os.dup2(second, 4)

    process = subprocess.Popen(
        [path, *FLAGS, f"--user-data-dir={profile}", "about:blank"],
        preexec_fn=as_3_and_4,
        close_fds=False,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(to_read)
    os.close(of_write)
    try:
        yield Chromium(to_write, of_read)
    finally:
        os.close(to_write)
        process.terminate()
        process.wait(20)
        os.close(of_read)
