"""A GitHub on loopback: the API as far as the action asks it, and what it was asked."""

import io
import json
import zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class GitHub(ThreadingHTTPServer):
    """Answers as GitHub's API does, and remembers what it was asked."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answer)
        self.asked: list[tuple[str, str, Any, str]] = []
        self.artifacts: list[dict[str, Any]] = []
        self.comments: list[dict[str, Any]] = []
        self.refuse = 0
        self.run: bytes | None = None
        """What the artifact of an earlier run holds; None: its own path."""

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class Answer(BaseHTTPRequestHandler):
    server: GitHub

    def _do(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body = json.loads(self.rfile.read(length)) if length else None
        path = self.path.removeprefix("/repos/o/r/")
        self.server.asked.append((self.command, path, body, self.headers.get("Authorization", "")))
        status, said, headers = self._answer(path, body)
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def _answer(self, path: str, body: Any) -> tuple[int, bytes, dict[str, str]]:
        server = self.server
        if server.refuse and self.command == "POST":
            return server.refuse, b"no", {}
        if path.startswith("actions/artifacts?"):
            return 200, json.dumps({"artifacts": server.artifacts}).encode(), {}
        if path.startswith("actions/artifacts/"):
            return 302, b"", {"Location": f"{server.address}/blob/{path.split('/')[2]}"}
        if path.startswith("/blob/"):
            packed = io.BytesIO()
            with zipfile.ZipFile(packed, "w") as archive:
                archive.writestr("run.jsonl.zst", path if server.run is None else server.run)
            return 200, packed.getvalue(), {}
        if "/comments?" in path:
            page = int(path.rpartition("=")[2])
            return 200, json.dumps(server.comments[(page - 1) * 100 : page * 100]).encode(), {}
        if path.endswith("/comments"):
            server.comments.append({"id": len(server.comments) + 1, "body": body["body"]})
        return 201, b"{}", {}

    do_GET = do_POST = do_PATCH = _do  # noqa: N815 - as the library calls them

    def log_message(self, *words: object) -> None:
        """Say nothing."""
