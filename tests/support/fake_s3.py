"""An S3 stand-in over HTTP for boto3 itself: objects with entity tags and conditional writes, and a record of deeds."""

from __future__ import annotations

import hashlib
import http.server
import threading
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import parse_qs, unquote, urlsplit


@dataclass
class FakeBucket:
    """Objects by key (`body`, `type`, `cache`), and every write and removal in its order."""

    address: str = ""
    objects: dict[str, tuple[bytes, str, str]] = field(default_factory=dict)
    deeds: list[tuple[str, str]] = field(default_factory=list)
    refuse: str = ""
    """A key whose next write is refused with AccessDenied."""
    meanwhile: dict[str, tuple[bytes, str, str]] = field(default_factory=dict)
    """Written by somebody else just before the next conditional write."""
    fault: Callable[[str, str], tuple[int, str] | None] = lambda *_: None
    """Method and key to the status and code that are answered instead; status 0 answers nothing at all, -1 half."""
    released: threading.Event = field(default_factory=threading.Event)


def _tag(body: bytes) -> str:
    return '"' + hashlib.md5(body, usedforsecurity=False).hexdigest() + '"'


@contextmanager
def fake_s3():
    """A running stand-in with one bucket called `page`."""
    bucket = FakeBucket()

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_):
            pass

        def _key(self):
            return unquote(self.path.split("?")[0]).removeprefix("/page/")

        def _answer(self, status, body=b"", **headers):
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def _faulty(self, method):
            found = bucket.fault(method, self._key())
            if found is None:
                return False
            self.rfile.read(int(self.headers["Content-Length"] or 0))
            self.close_connection = True
            if found[0] == 0:
                bucket.released.wait(20)
            elif found[0] < 0:
                self.send_response(200)
                self.send_header("ETag", '"0"')
                self.send_header("Content-Length", "1000")
                self.end_headers()
                self.wfile.write(b"half")
            else:
                self._error(*found)
            return True

        def _error(self, status, code):
            self._answer(status, f"<Error><Code>{code}</Code><Message>no</Message></Error>".encode())

        def do_GET(self):
            if self._faulty("GET"):
                return
            if "list-type=2" in self.path:
                self._list()
                return
            found = bucket.objects.get(self._key())
            if found is None:
                self._error(404, "NoSuchKey")
            else:
                self._answer(200, found[0], ETag=_tag(found[0]))

        def _list(self):
            """Two objects a page, so that a client must ask on."""
            asked = parse_qs(urlsplit(self.path).query)
            keys = sorted(key for key in bucket.objects if key.startswith(asked.get("prefix", [""])[0]))
            start = int(asked.get("continuation-token", ["0"])[0])
            rows = "".join(
                f"<Contents><Key>{key}</Key><ETag>{_tag(bucket.objects[key][0])}</ETag></Contents>"
                for key in keys[start : start + 2]
            )
            more = start + 2 < len(keys)
            then = f"<NextContinuationToken>{start + 2}</NextContinuationToken>" if more else ""
            body = f"<ListBucketResult><IsTruncated>{str(more).lower()}</IsTruncated>{then}{rows}</ListBucketResult>"
            self._answer(200, body.encode())

        def do_PUT(self):
            if self._faulty("PUT"):
                return
            key, body = self._key(), self.rfile.read(int(self.headers["Content-Length"]))
            match, none = self.headers.get("If-Match"), self.headers.get("If-None-Match")
            if match or none:
                bucket.objects.update(bucket.meanwhile)
                bucket.meanwhile = {}
            found = bucket.objects.get(key)
            if key == bucket.refuse:
                self._error(403, "AccessDenied")
            elif (none == "*" and found is not None) or (match and (found is None or _tag(found[0]) != match)):
                self._error(412, "PreconditionFailed")
            else:
                bucket.objects[key] = (body, self.headers["Content-Type"], self.headers.get("Cache-Control", ""))
                bucket.deeds.append(("put", key))
                self._answer(200, ETag=_tag(body))

        def do_DELETE(self):
            bucket.objects.pop(self._key(), None)
            bucket.deeds.append(("delete", self._key()))
            self._answer(204)

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    bucket.address = f"http://127.0.0.1:{server.server_port}"
    try:
        yield bucket
    finally:
        bucket.released.set()
        server.shutdown()
        server.server_close()
