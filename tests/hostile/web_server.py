"""A real server over TLS on this machine that plays a public site, answer by answer."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import httpcore2
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from service.addresses import Address

NAME = "www.vakschool-proef.nl"
PUBLIC = "93.184.216.34"
Handler = Callable[[socket.socket, bytes], bool]
"""Answers one request, given its head; False closes the connection."""


def answer(body: bytes, *lines: str, status: str = "200 OK") -> bytes:
    """One whole HTTP answer."""
    head = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *lines, "", ""]
    return "\r\n".join(head).encode() + body


def json_answer(*lines: str) -> Handler:
    """A handler that always says the same."""

    def handle(peer: socket.socket, _head: bytes) -> bool:
        peer.sendall(
            answer(b'{"ok":true}', "Content-Type: application/json; charset=utf-8", *lines)
        )
        return True

    return handle


def certificate(directory: Path, name: str = NAME) -> tuple[Path, Path]:
    """A certificate that vouches for itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    chain, private = directory / f"{name}.crt", directory / f"{name}.key"
    chain.write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return chain, private


class WebServer:
    """Speaks HTTP by hand, so that it can do what no server library would.

    Attributes:
        heads: the request heads that came in.
        connections: how many connections were opened.
    """

    def __init__(self, handler: Handler, pair: tuple[Path, Path] | None) -> None:
        """Start; ``pair`` makes it speak TLS."""
        self._handler, self.heads, self.connections = handler, list[bytes](), 0
        self._context: ssl.SSLContext | None = None
        if pair:
            self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._context.load_cert_chain(*pair)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._stopped = threading.Event()
        self._peers: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def stop(self) -> None:
        """Close every socket."""
        self._stopped.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)  # wakes the thread that accepts
        for one in [self._listener, *self._peers]:
            with suppress(OSError):
                one.close()

    def dribble(self, peer: socket.socket, start: bytes, piece: bytes) -> bool:
        """Send a start and then a piece every now and then, until the other side has enough."""
        peer.sendall(start)
        while not self._stopped.wait(0.05):
            peer.sendall(piece)
        return False

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                peer, _ = self._listener.accept()
                self.connections += 1
                threading.Thread(target=self._serve, args=(peer,), daemon=True).start()

    def _serve(self, raw: socket.socket) -> None:
        with suppress(OSError):
            peer = self._context.wrap_socket(raw, server_side=True) if self._context else raw
            self._peers.append(peer)
            going = True
            while going:
                head = b""
                while not head.endswith(b"\r\n\r\n"):
                    piece = peer.recv(1)
                    if not piece:
                        return
                    head += piece
                self.heads.append(head)
                going = self._handler(peer, head)
            peer.close()


class Detour(httpcore2.SyncBackend):
    """Opens real sockets, but leads every address to one local port, and writes down which.

    Attributes:
        addresses: where the product wanted to connect to.
    """

    def __init__(self, port: int | None = None) -> None:
        """Lead to ``port``; None means that nothing may be opened at all."""
        super().__init__()
        self._port, self.addresses = port, list[str]()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.NetworkStream:
        """Open the socket to the local server."""
        self.addresses.append(f"{host} {port}")
        assert self._port is not None, "a socket was opened"
        return super().connect_tcp("127.0.0.1", self._port, timeout, local_address, socket_options)


class Names:
    """A resolver with fixed answers, one set of addresses for each time it is asked.

    Attributes:
        asked: the names it was asked for.
    """

    def __init__(self, *answers: Sequence[str]) -> None:
        """Give ``answers`` in turn; the last one for ever."""
        self._answers, self.asked = list(answers), list[str]()

    def __call__(self, host: str, _seconds: float) -> Sequence[Address]:
        """Look a name up."""
        self.asked.append(host)
        found = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        return [ip_address(address) for address in found]
