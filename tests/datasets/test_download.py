"""Downloads of one file against a server on this machine that breaks off, redirects, lies or sends pages."""

from __future__ import annotations

import hashlib
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from myoshift.datasets import download as module
from myoshift.datasets.download import Wanted, fetch, safe
from myoshift.errors import DataRefused, IntegrityError

CONTENT = bytes(range(256)) * 40_000  # 10 MB
PAGE = b"<!DOCTYPE html><html><body>Please log in</body></html>"


class Server(ThreadingHTTPServer):
    """One file; `ranges` whether parts can be asked for, `stop` after how many bytes of a body the line breaks."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.content, self.ranges, self.stop, self.location, self.length = CONTENT, True, None, None, None
        self.asked, self.sent = [], 0
        self.address = f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        server, start = self.server, 0
        server.asked.append(self.headers.get("Range"))
        if server.location and self.path != "/here":
            self.send_response(302)
            self.send_header("Location", server.location)
            self.end_headers()
            return
        if server.ranges and server.asked[-1]:
            start = int(server.asked[-1].removeprefix("bytes=").removesuffix("-"))
            if start >= len(server.content):
                self.send_error(416)
                return
            self.send_response(206)
            self.send_header("Content-Range", f"bytes {start}-{len(server.content) - 1}/{len(server.content)}")
        else:
            self.send_response(200)
        body = server.content[start:]
        self.send_header("Content-Length", str(server.length or len(body)))
        self.end_headers()
        self.wfile.write(body[: server.stop])
        server.sent += len(body[: server.stop])

    def log_message(self, *arguments):
        pass


@pytest.fixture
def server(monkeypatch):
    with Server() as running:
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        yield running
        running.shutdown()
        thread.join()


def names(folder):
    return [path.name for path in folder.iterdir()]


def wanted(server, content=CONTENT):
    return Wanted(url=f"{server.address}/file", bytes=len(content), sha256=hashlib.sha256(content).hexdigest())


def part(target, content=CONTENT):
    return target.with_name(f"{target.name}.{hashlib.sha256(content).hexdigest()[:8]}.part")


def test_a_file_arrives_under_its_name(server, tmp_path):
    fetch(wanted(server), tmp_path / "deep" / "file")
    assert (tmp_path / "deep" / "file").read_bytes() == CONTENT
    assert names(tmp_path / "deep") == ["file"]


def test_an_interrupted_transfer_is_resumed_to_the_same_bytes(server, tmp_path):
    target, server.stop = tmp_path / "file", 3_000_000
    with pytest.raises(DataRefused, match="what has arrived is kept"):
        fetch(wanted(server), target)
    assert not target.exists()
    kept = part(target).stat().st_size
    assert 0 < kept <= 3_000_000
    server.stop, server.sent = None, 0
    fetch(wanted(server), target)
    assert target.read_bytes() == CONTENT
    assert server.asked == [None, f"bytes={kept}-"]
    assert server.sent == len(CONTENT) - kept
    assert names(tmp_path) == ["file"]


def test_it_can_break_off_again_and_again(server, tmp_path):
    target, server.stop = tmp_path / "file", 2_500_000
    for _ in range(20):
        try:
            fetch(wanted(server), target)
            break
        except DataRefused:
            continue
    assert target.read_bytes() == CONTENT
    assert len(server.asked) > 3


def test_a_server_without_ranges_starts_anew(server, tmp_path):
    target, server.ranges = tmp_path / "file", False
    part(target).write_bytes(CONTENT[:1000])
    fetch(wanted(server), target)
    assert target.read_bytes() == CONTENT
    assert server.asked == ["bytes=1000-"]


@pytest.mark.parametrize("old", [b"of another file", CONTENT[:-1] + b"x", CONTENT + b"more"])
def test_a_part_that_does_not_fit_is_given_up(server, tmp_path, old):
    target = tmp_path / "file"
    part(target).write_bytes(old)
    fetch(wanted(server), target)
    assert target.read_bytes() == CONTENT
    assert names(tmp_path) == ["file"]


def test_a_whole_part_needs_no_server(tmp_path):
    target = tmp_path / "file"
    part(target).write_bytes(CONTENT)
    fetch(
        Wanted(url="https://nowhere.invalid/", bytes=len(CONTENT), sha256=hashlib.sha256(CONTENT).hexdigest()), target
    )
    assert target.read_bytes() == CONTENT


@pytest.mark.parametrize("content", [b"other", CONTENT[:-1] + b"x", CONTENT[:-1], b""])
def test_another_content_is_refused_and_not_kept(server, tmp_path, content):
    server.content = content
    with pytest.raises(IntegrityError, match="another file than expected"):
        fetch(wanted(server), tmp_path / "file")
    assert names(tmp_path) == []


def test_more_than_was_promised_is_not_taken(server, tmp_path):
    server.content = CONTENT * 3
    with pytest.raises(IntegrityError, match="another file"):
        fetch(wanted(server, CONTENT[:100]), tmp_path / "file")
    assert names(tmp_path) == []


def test_bad_03_a_page_in_place_of_data_leaves_the_part_alone(server, tmp_path):
    server.content, server.ranges, target = PAGE, False, tmp_path / "file"
    with pytest.raises(DataRefused, match="HTML page in place of data"):
        fetch(wanted(server), target)
    assert names(tmp_path) == []
    part(target).write_bytes(CONTENT[:1000])
    with pytest.raises(DataRefused, match="HTML page in place of data"):
        fetch(wanted(server), target)
    assert part(target).read_bytes() == CONTENT[:1000]


def test_a_redirect_on_this_machine_is_followed(server, tmp_path):
    server.location = "/here"
    fetch(wanted(server), tmp_path / "file")
    assert (tmp_path / "file").read_bytes() == CONTENT


@pytest.mark.parametrize("location", ["http://example.org/x", "ftp://example.org/x", "file:///etc/passwd"])
def test_a_redirect_that_is_not_safe_is_refused(server, tmp_path, location):
    server.location = location
    with pytest.raises(DataRefused, match="address that is not safe"):
        fetch(wanted(server), tmp_path / "file")
    assert names(tmp_path) == []


def test_https_never_becomes_http():
    with pytest.raises(DataRefused, match="not safe"):
        module._next("https://example.org/x", "http://127.0.0.1/x")
    assert module._next("https://example.org/a/x", "../y") == "https://example.org/y"


def test_a_server_that_redirects_for_ever(server, tmp_path):
    server.location = "/there"
    with pytest.raises(DataRefused, match="again and again"):
        fetch(wanted(server), tmp_path / "file")
    assert len(server.asked) == module.HOPS + 1


def test_a_full_disk_is_told_before_anything_is_asked_for(server, tmp_path, monkeypatch):
    monkeypatch.setattr(module.shutil, "disk_usage", lambda path: type("Usage", (), {"free": 100}))
    with pytest.raises(DataRefused, match=r"no room.*10240000 bytes to come, 100 bytes free"):
        fetch(wanted(server), tmp_path / "file")
    assert server.asked == []


@pytest.mark.parametrize("url", ["https://example.org", "http://127.0.0.1:8", "http://localhost", "http://[::1]/x"])
def test_safe_addresses(url):
    assert safe(url)


@pytest.mark.parametrize(
    "url",
    ["http://example.org", "http://127.0.0.1.example.org", "ftp://127.0.0.1", "file:///x", "//x", "", "http://[::2]"],
)
def test_unsafe_addresses(url):
    assert not safe(url)
