"""What only one node may have: its data folder and its port."""

from __future__ import annotations

import os
import socket
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from syncconfigs.supervisor.place import AlreadyRunning, DataLock, PortTaken, health, listen


def test_a_second_node_with_the_same_data_is_refused_with_the_pid(tmp_path: Path) -> None:
    with DataLock(tmp_path), pytest.raises(AlreadyRunning) as caught:
        DataLock(tmp_path)
    assert f"process {os.getpid()}" in str(caught.value)
    assert "TCSYNC_DATA" in str(caught.value)


def test_the_folder_is_free_again_after_a_clean_end(tmp_path: Path) -> None:
    with DataLock(tmp_path):
        pass
    with DataLock(tmp_path) as lock:
        assert not lock.left_over


def test_the_lock_of_a_killed_node_is_free_and_known_as_a_leftover(tmp_path: Path) -> None:
    (tmp_path / "up.lock").write_text("4711")
    with DataLock(tmp_path) as lock:
        assert lock.left_over


def test_a_taken_port_is_named_with_the_way_out() -> None:
    with listen("127.0.0.1", 0) as first:
        port = first.getsockname()[1]
        with pytest.raises(PortTaken, match=f"Port {port} of 127.0.0.1 is taken") as caught:
            listen("127.0.0.1", port)
    assert "--port N" in str(caught.value)


def test_an_address_of_somebody_else_is_refused_in_words() -> None:
    with pytest.raises(PortTaken, match=r"Cannot listen on port 0 of 192\.0\.2\.1"):
        listen("192.0.2.1", 0)


def test_a_port_that_is_let_go_meanwhile_is_taken() -> None:
    first = listen("127.0.0.1", 0)
    threading.Timer(0.3, first.close).start()
    with listen("127.0.0.1", first.getsockname()[1], patience=5.0) as second:
        assert isinstance(second, socket.socket)


class _Node(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b'{"status": "ok", "name": "Elsewhere"}')

    def log_message(self, *_args: object) -> None:
        pass


def test_another_node_on_the_port_is_called_by_its_name() -> None:
    server = HTTPServer(("127.0.0.1", 0), _Node)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with pytest.raises(PortTaken, match="another tcsync node, Elsewhere"):
        listen("127.0.0.1", server.server_port)
    server.shutdown()
    server.server_close()


def test_no_answer_is_no_status() -> None:
    with listen("127.0.0.1", 0) as door:
        port = door.getsockname()[1]
    assert health("127.0.0.1", port) == (None, {})
