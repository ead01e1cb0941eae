"""Receivers that really listen on this machine: what is sent by HTTP or mail can be looked at."""

from __future__ import annotations

import json
import socketserver
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Got:
    """A request as it came in."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body."""
        return json.loads(self.body)


@dataclass
class Sink:
    """Takes everything, or answers what it is told to."""

    url: str = ""
    host: str = ""
    status: int = 200
    answer: bytes = b'{"errcode":0,"errmsg":"ok"}'
    got: list[Got] = field(default_factory=list)

    @property
    def ids(self) -> list[str]:
        """The numbers of the messages, as they came."""
        return [one.headers["webhook-id"] for one in list(self.got)]


@contextmanager
def http_sink() -> Iterator[Sink]:
    """A receiver by HTTP."""
    sink = Sink()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            sink.got.append(Got(self.path, headers, body))
            with suppress(OSError):  # whoever called may have been killed
                self.send_response(sink.status)
                self.send_header("Content-Length", str(len(sink.answer)))
                self.end_headers()
                self.wfile.write(sink.answer)

        def log_message(self, *_arguments: Any) -> None:
            """Say nothing."""

    class Server(ThreadingHTTPServer):
        request_queue_size = 100

        def handle_error(self, *_arguments: Any) -> None:
            """A caller that was killed is no error here."""

    server = Server(("127.0.0.1", 0), Handler)
    sink.host = f"127.0.0.1:{server.server_port}"
    sink.url = f"http://{sink.host}/hook"
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield sink
    finally:
        server.shutdown()
        server.server_close()


@dataclass
class MailSink:
    """A mail server that keeps what it is given."""

    port: int = 0
    refuse: bool = False
    drip: bool = False  # greets, then never comes to the end of its first answer
    mails: list[tuple[str, str]] = field(default_factory=list)  # (to, the whole mail)


@contextmanager
def mail_sink() -> Iterator[MailSink]:
    """A receiver by SMTP, in plain."""
    sink = MailSink()

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.wfile.write(b"220 sink\r\n")
            to = ""
            while line := self.rfile.readline():
                while sink.drip:
                    with suppress(OSError):
                        self.wfile.write(b"250-and more\r\n")
                        time.sleep(0.02)
                        continue
                    return
                word = line[:4].upper()
                if word == b"RCPT":
                    to = line.decode().split("<")[1].split(">")[0]
                if word == b"DATA":
                    self.wfile.write(b"354 go on\r\n")
                    lines = iter(self.rfile.readline, b".\r\n")
                    sink.mails.append((to, b"".join(lines).decode()))
                refused = word == b"RCPT" and sink.refuse
                if word == b"QUIT":
                    return  # without a word, as some do
                self.wfile.write(b"550 no such mailbox\r\n" if refused else b"250 ok\r\n")

    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
    sink.port = server.server_address[1]
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield sink
    finally:
        server.shutdown()
        server.server_close()
