"""Small servers on loopback that say exactly the bytes of a test, over TCP or TLS."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
import time

from tcsync.outbound import Endpoint, OutboundClient


def answer(body=b"{}", status=200, content_type="application/json", **headers):
    """Return the bytes of an answer that says how long it is."""
    fields = {"Content-Type": content_type, "Content-Length": len(body)}
    fields |= {name.replace("_", "-"): value for name, value in headers.items()}
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items() if value is not None)
    return f"HTTP/1.1 {status} X\r\n{head}\r\n".encode("latin-1") + body


def drip(data, seconds=0.05):
    """Return what sends data one byte at a time."""

    def send(connection):
        for number in data:
            connection.sendall(bytes([number]))
            time.sleep(seconds)

    return send


def reset(connection):
    """Close a connection so that the other side sees a reset."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    connection.close()


class Server:
    """Answers each request with the next of `says` (bytes, or what is called), the last for ever.

    Connections are closed after `per_connection` requests, which are not read with `reads` False.
    """

    def __init__(self, *says, tls=None, per_connection=1, reads=True):
        self.requests = []
        self.connections = 0
        self._says = list(says)
        self._tls = tls
        self._per_connection = per_connection
        self._reads = reads
        self._open = []
        self._serving = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.netloc = f"127.0.0.1:{self.port}"
        self.url = f"{'https' if tls else 'http'}://{self.netloc}"

    def __enter__(self):
        self._accepting = threading.Thread(target=self._accept, daemon=True)
        self._accepting.start()
        return self

    def __exit__(self, *_error):
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._accepting.join()
        self._listener.close()
        for connection in self._open:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for thread in self._serving:
            thread.join()

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                connection, _place = self._listener.accept()
                self.connections += 1
                thread = threading.Thread(target=self._serve, args=(connection,), daemon=True)
                self._open.append(connection)
                self._serving.append(thread)
                thread.start()

    def _serve(self, connection):
        with contextlib.suppress(OSError), contextlib.ExitStack() as stack:
            stack.enter_context(connection)
            if self._tls:
                connection = self._tls.wrap_socket(connection, server_side=True)
                stack.enter_context(connection)
                self._open.append(connection)
            for _number in range(self._per_connection):
                if self._reads and not (request := _request(connection)):
                    return
                self.requests.append(request if self._reads else b"")
                say = self._says.pop(0) if len(self._says) > 1 else self._says[0]
                if isinstance(say, bytes):
                    connection.sendall(say)
                else:
                    say(connection)
            if not self._tls:
                connection.shutdown(socket.SHUT_RDWR)


def _request(connection):
    data = b""
    while b"\r\n\r\n" not in data:
        if not (piece := connection.recv(65536)):
            return data
        data += piece
    head, _, body = data.partition(b"\r\n\r\n")
    lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    left = (int(lengths[0].split(b":")[1]) if lengths else 0) - len(body)
    while left > 0 and (piece := connection.recv(left)):
        data += piece
        left -= len(piece)
    return data


def client(server, **options):
    """Return a client of a server, or of an address."""
    wanted = {
        name: options.pop(name)
        for name in ("headers", "basic", "ca_certificate", "allow_loopback", "keystore")
        if name in options
    }
    address = server if isinstance(server, str) else server.url
    return OutboundClient(Endpoint(address, **{"allow_loopback": True, **wanted}), **options)


def ask(server, method="GET", deadline=5.0, max_bytes=1 << 20, **options):
    """Return the JSON of one request to a server or address."""
    with client(server, **options) as made:
        return made.json(method, "/x", deadline=deadline, max_bytes=max_bytes)


def say(*says, **options):
    """Return the JSON that one request gets from a server that says something."""
    with Server(*says) as server:
        return ask(server, **options)


def server_context(certificate):
    """Return a TLS context of a server with a certificate of trustme."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    return context
