"""Who receives what an index sends: a mail server and a webhook's receiver, on real sockets."""

import base64
import email
import email.policy
import hashlib
import hmac
import json
import socketserver
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID


@dataclass
class Post:
    """A mail server: what it took, and how it behaves."""

    port: int = 0
    mails: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    logins: list[str] = field(default_factory=list)
    encrypted: list[bool] = field(default_factory=list)
    refusing: set[str] = field(default_factory=set)
    """Addresses that it does not know."""
    tls: ssl.SSLContext | None = None
    """With which it offers STARTTLS."""


@dataclass
class Hook:
    """A receiver of webhooks: what came, and how it answers."""

    url: str = ""
    came: list[tuple[Mapping[str, str], bytes]] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    """What it answers next; 204 when there is none left."""
    before: Callable[[], None] = lambda: None
    """What happens before it answers."""

    @property
    def events(self) -> list[dict[str, Any]]:
        """What came, as JSON."""
        return [json.loads(body) for _, body in self.came]


def is_signed(headers: Mapping[str, str], body: bytes, secret: str) -> bool:
    """Whether the headers prove, as Standard Webhooks says, that who has the secret sent it."""
    content = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    key = base64.b64decode(secret.split("_", 1)[1])
    expected = base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()
    return f"v1,{expected}" in headers["webhook-signature"].split(" ")


def a_certificate(folder: Path) -> Path:
    """A certificate for 127.0.0.1 that nobody vouches for, and its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2100, 1, 1, tzinfo=UTC))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path = folder / "certificate.pem"
    path.write_bytes(private + certificate.public_bytes(Encoding.PEM))
    return path


@contextmanager
def a_post(**how: Any) -> Iterator[Post]:
    """A mail server on a port of this machine."""
    post = Post(**how)

    class Conversation(_Conversation):
        its = post

    with _serving(socketserver.ThreadingTCPServer(("127.0.0.1", 0), Conversation)) as port:
        post.port = port
        yield post


@contextmanager
def a_hook() -> Iterator[Hook]:
    """A receiver of webhooks on a port of this machine."""
    hook = Hook()

    class Answer(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            hook.came.append(({name.lower(): its for name, its in self.headers.items()}, body))
            hook.before()
            self.send_response(hook.statuses.pop(0) if hook.statuses else 204)
            self.send_header("location", "/elsewhere")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Nothing."""

    with _serving(ThreadingHTTPServer(("127.0.0.1", 0), Answer)) as port:
        hook.url = f"http://127.0.0.1:{port}/hook?key=secret"
        yield hook


@contextmanager
def _serving(server: socketserver.TCPServer) -> Iterator[int]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Conversation(socketserver.StreamRequestHandler):
    its: Post

    def setup(self) -> None:
        super().setup()
        self.secure = False

    def handle(self) -> None:
        self._say("220 post")
        while line := self.rfile.readline().decode().strip():
            if self._answer(*line.partition(" ")[::2]):
                break
        if self.secure:
            self.request.close()

    def _answer(self, verb: str, rest: str) -> bool:
        if verb == "ehlo":
            offers = ["AUTH PLAIN"] + ["STARTTLS"] * (self.its.tls is not None)
            self._say("250-post", *(f"250-{each}" for each in offers), "250 SIZE 1000000")
        elif verb == "STARTTLS" and self.its.tls is not None:
            self._say("220 go on")
            self.request = self.its.tls.wrap_socket(self.request, server_side=True)
            super().setup()
            self.secure = True
        elif verb == "AUTH":
            login = base64.b64decode(rest.partition(" ")[2]).decode()
            self.its.logins.append(login.strip("\0").replace("\0", ":"))
            self._say("235 welcome")
        elif verb == "rcpt":
            self.address = rest.partition("<")[2].partition(">")[0]
            self._say("550 unknown" if self.address in self.its.refusing else "250 fine")
        elif verb == "data":
            self._take()
        elif verb == "quit":
            self._say("221 bye")
            return True
        else:
            self._say("250 fine")
        return False

    def _take(self) -> None:
        self._say("354 go on")
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            lines.append(line.removesuffix(b"\r\n").removeprefix(b".") + b"\n")
        mail = email.message_from_bytes(b"".join(lines), policy=email.policy.default)
        assert isinstance(mail, EmailMessage)
        self.its.mails.append(mail)
        self.its.recipients.append(self.address)
        self.its.encrypted.append(self.secure)
        self._say("250 taken")

    def _say(self, *lines: str) -> None:
        self.wfile.write("".join(f"{line}\r\n" for line in lines).encode())
