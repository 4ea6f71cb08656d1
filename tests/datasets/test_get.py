"""Downloads against a server on this machine: whole files or none."""

from __future__ import annotations

import hashlib
import io
import tarfile
import threading
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace
from urllib.parse import unquote

import pytest

from myoshift.datasets import get as module
from myoshift.datasets.base import Archive, Origin, UpstreamFile, files, load
from myoshift.datasets.get import get, terms, unpack_own
from myoshift.errors import ConfigError, DataRefused, IntegrityError

CONTENT = {"data/a b (1).sto": b"one", "data/c.mot": b"two", "é/d.sto": b"three"}
COMMIT = "0123456789" * 4


def manifest() -> tuple[UpstreamFile, ...]:
    return tuple(
        UpstreamFile(
            dataset="set",
            path=path,
            bytes=len(content),
            sha256=hashlib.sha256(content).hexdigest(),
            upstream_repo="owner/repository",
            upstream_commit=COMMIT,
            upstream_path=path,
            licence="none",
        )
        for path, content in CONTENT.items()
    )


class Server(ThreadingHTTPServer):
    """Answers with `answers[path]`, bytes or an error code, and notes what was asked for."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers: dict[str, bytes | int] = dict(CONTENT)
        self.asked: list[str] = []
        self.address = f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    prefix = f"/owner/repository/{COMMIT}/"

    def do_GET(self):
        self.server.asked.append(self.path)
        answer = self.server.answers.get(unquote(self.path).removeprefix(self.prefix), 404)
        if isinstance(answer, int):
            self.send_error(answer)
            return
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *arguments):
        pass


@pytest.fixture
def server(monkeypatch):
    with Server() as running:
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        monkeypatch.setenv("MYOSHIFT_MIRROR", running.address + "/")
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        monkeypatch.setattr(module, "files", lambda name: manifest())
        yield running
        running.shutdown()
        thread.join()


def everything(root):
    return {p.relative_to(root / "set").as_posix(): p.read_bytes() for p in root.rglob("*") if p.is_file()}


def test_every_file_arrives_at_its_path(server, tmp_path):
    told = []
    assert get("set", tmp_path, progress=told.append) == 3
    assert everything(tmp_path) == CONTENT
    assert told == list(CONTENT)


def test_addresses_are_percent_encoded(server, tmp_path):
    get("set", tmp_path)
    assert server.asked[0] == f"/owner/repository/{COMMIT}/data/a%20b%20%281%29.sto"
    assert server.asked[2].endswith("/%C3%A9/d.sto")


def test_what_is_there_is_not_fetched_again(server, tmp_path):
    get("set", tmp_path)
    server.asked.clear()
    (tmp_path / "set" / "data" / "c.mot").unlink()
    assert get("set", tmp_path) == 1
    assert [path.rpartition("/")[2] for path in server.asked] == ["c.mot"]
    assert everything(tmp_path) == CONTENT


def test_an_interrupted_download_goes_on_where_it_stopped(server, tmp_path):
    server.answers["data/c.mot"] = 500
    with pytest.raises(DataRefused, match=r"500.*run the command again"):
        get("set", tmp_path)
    assert everything(tmp_path) == {"data/a b (1).sto": b"one"}
    server.answers["data/c.mot"] = b"two"
    server.asked.clear()
    assert get("set", tmp_path) == 2
    assert len(server.asked) == 2


def test_another_content_is_refused_and_not_kept(server, tmp_path):
    server.answers["data/a b (1).sto"] = b"something else"
    with pytest.raises(IntegrityError, match=r"another file.*sha256") as caught:
        get("set", tmp_path)
    assert "MYOSHIFT_MIRROR" in str(caught.value)
    assert everything(tmp_path) == {}


def test_an_empty_answer_is_refused(server, tmp_path):
    server.answers["data/a b (1).sto"] = b""
    with pytest.raises(IntegrityError, match="another file"):
        get("set", tmp_path)
    assert everything(tmp_path) == {}


def test_a_web_page_in_place_of_data_is_told_as_such(server, tmp_path):
    server.answers["data/a b (1).sto"] = b"<!DOCTYPE html><html><body>Please log in</body></html>"
    with pytest.raises(DataRefused, match="HTML page in place of data") as caught:
        get("set", tmp_path)
    assert caught.value.exit_code == 3
    assert server.address in str(caught.value)
    assert everything(tmp_path) == {}


def test_a_file_of_another_content_is_not_overwritten(server, tmp_path):
    mine = tmp_path / "set" / "data" / "c.mot"
    mine.parent.mkdir(parents=True)
    mine.write_bytes(b"my own notes")
    with pytest.raises(IntegrityError, match="move it away"):
        get("set", tmp_path)
    assert mine.read_bytes() == b"my own notes"


def test_a_server_that_is_not_there(monkeypatch, tmp_path):
    with Server() as gone:
        address = gone.address
    monkeypatch.setenv("MYOSHIFT_MIRROR", address)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setattr(module, "files", lambda name: manifest())
    with pytest.raises(DataRefused, match=r"could not be downloaded.*check the connection"):
        get("set", tmp_path)
    assert everything(tmp_path) == {}


def test_a_folder_that_cannot_be_written(server, tmp_path):
    (tmp_path / "set").write_text("in the way")
    with pytest.raises(DataRefused, match=r"could not be written.*--data"):
        get("set", tmp_path)


@pytest.mark.parametrize("address", ["http://example.org", "http://127.0.0.1.example.org", "ftp://127.0.0.1", "data"])
def test_plain_http_is_for_this_machine_only(monkeypatch, tmp_path, address):
    monkeypatch.setenv("MYOSHIFT_MIRROR", address)
    with pytest.raises(ConfigError, match="https") as caught:
        get("kul-3dpredictsim", tmp_path)
    assert caught.value.exit_code == 2


@pytest.mark.parametrize("address", ["https://example.org/mirror/", "http://localhost:8000", "http://[::1]:8000"])
def test_safe_addresses_are_taken(monkeypatch, address):
    monkeypatch.setenv("MYOSHIFT_MIRROR", address)
    assert module._base() == address.rstrip("/")


def test_the_source_is_the_commit_that_was_measured(monkeypatch):
    monkeypatch.delenv("MYOSHIFT_MIRROR", raising=False)
    (first, *_) = files("mcgill-biomechzoo")
    assert f"{module._base()}/{module._path(first)}" == (
        "https://raw.githubusercontent.com/mcgillmotionlab/biomechzoo/7daadbce8ba699c9ae096cb5103404b2cc24f299/"
        "data/sample_study/raw%20c3d%20files/HC002D/Straight/HC002D06.c3d"
    )


def test_what_is_published_nowhere_is_refused_with_the_place_to_put_it(tmp_path):
    with pytest.raises(DataRefused, match=r"opensim-so-reference is published nowhere.*--data"):
        get("opensim-so-reference", tmp_path)


# --- sets that are published elsewhere ------------------------------------------------------------------------------

HOST = "data.example.org"


def packed(members):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return buffer.getvalue()


PACKED = packed({"x/one.csv": b"1,2", "x/two.csv": b"3,4"})


def elsewhere(monkeypatch, server, *archives):
    """A set called `far` of these archives, whose server is a mirror on this machine."""
    origin = Origin(page="https://page.example.org", terms="research only, register first", archives=archives)
    info = replace(load("toy").info, name="far", licence="CC BY-NC 4.0", origin=origin)
    monkeypatch.setattr(module, "load", lambda name: SimpleNamespace(info=info))
    monkeypatch.setattr(module, "files", lambda name: ())
    if server is not None:
        monkeypatch.setattr(Handler, "prefix", f"/{HOST}/", raising=False)
        server.answers = {"far set.tar.gz": PACKED}


def archive(**changes):
    stated = {"url": f"https://{HOST}/far%20set.tar.gz", "bytes": len(PACKED)}
    return Archive(**{**stated, "sha256": hashlib.sha256(PACKED).hexdigest(), **changes})


def test_an_archive_is_fetched_unpacked_and_remembered(server, tmp_path, monkeypatch):
    elsewhere(monkeypatch, server, archive())
    told = []
    assert get("far", tmp_path, accepted=True, progress=told.append) == 1
    assert told == ["far set.tar.gz"]
    assert (tmp_path / "far" / "x" / "one.csv").read_bytes() == b"1,2"
    assert [p.name for p in (tmp_path / ".downloads" / "far").iterdir()] == ["far set.tar.gz.unpacked"]
    server.asked.clear()
    assert get("far", tmp_path) == 0
    assert server.asked == []


def test_terms_must_be_accepted_before_anything_is_asked_for(server, tmp_path, monkeypatch):
    elsewhere(monkeypatch, server, archive())
    with pytest.raises(DataRefused, match=r"--accept-terms") as caught:
        get("far", tmp_path)
    for words in ("research only, register first", "CC BY-NC 4.0", "https://page.example.org"):
        assert words in str(caught.value)
    assert server.asked == []
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("archives", [(), (archive(sha256=""),)])
def test_without_a_published_hash_nothing_is_downloaded(server, tmp_path, monkeypatch, archives):
    elsewhere(monkeypatch, server, *archives)
    with pytest.raises(DataRefused, match=r"not downloaded.*hash") as caught:
        get("far", tmp_path, accepted=True)
    address = archives[0].url if archives else "https://page.example.org"
    for words in (address, "research only", "--archive FILE", str(tmp_path / "far")):
        assert words in str(caught.value)
    assert server.asked == []
    (tmp_path / "far").mkdir()
    assert get("far", tmp_path) == 0


def test_an_archive_of_another_content_is_refused(server, tmp_path, monkeypatch):
    elsewhere(monkeypatch, server, archive())
    server.answers["far set.tar.gz"] = PACKED[:-1] + b"x"
    with pytest.raises(IntegrityError, match="another file"):
        get("far", tmp_path, accepted=True)
    assert not (tmp_path / "far").exists()


def test_an_archive_on_disk_is_held_against_its_hash(server, tmp_path, monkeypatch):
    elsewhere(monkeypatch, server, archive())
    there = tmp_path / ".downloads" / "far" / "far set.tar.gz"
    there.parent.mkdir(parents=True)
    there.write_bytes(b"other")
    with pytest.raises(IntegrityError, match="not the one that was published"):
        get("far", tmp_path, accepted=True)
    there.write_bytes(PACKED)
    assert get("far", tmp_path, accepted=True) == 0
    assert server.asked == []


def test_an_address_that_is_not_https(tmp_path, monkeypatch):
    elsewhere(monkeypatch, None, archive(url="http://data.example.org/x.tar.gz"))
    with pytest.raises(DataRefused, match="not https"):
        get("far", tmp_path, accepted=True)


def test_an_archive_of_ones_own(tmp_path, monkeypatch):
    elsewhere(monkeypatch, None)
    mine = tmp_path / "mine.tgz"
    mine.write_bytes(PACKED)
    assert unpack_own("far", tmp_path / "root", mine) == 2
    assert (tmp_path / "root" / "far" / "x" / "two.csv").read_bytes() == b"3,4"


def test_an_archive_of_ones_own_with_a_stated_hash(tmp_path, monkeypatch):
    elsewhere(monkeypatch, None, archive())
    mine = tmp_path / "far set.tar.gz"
    mine.write_bytes(packed({"evil": b"x"}))
    with pytest.raises(IntegrityError, match="not the one that was published"):
        unpack_own("far", tmp_path / "root", mine)
    with pytest.raises(DataRefused, match="cannot be read"):
        unpack_own("far", tmp_path / "root", tmp_path / "no.tar")


def test_a_set_of_the_manifest_takes_no_archive(tmp_path):
    with pytest.raises(ConfigError, match="does not come as an archive"):
        unpack_own("toy", tmp_path, tmp_path / "a.tar")


def test_terms_say_what_there_is_to_know(monkeypatch):
    assert terms("toy") == ""
    elsewhere(monkeypatch, None, archive(bytes=3 * 2**30))
    assert terms("far").splitlines() == [
        "far: research only, register first",
        "licence: CC BY-NC 4.0",
        "page: https://page.example.org",
        "size: 3.0 GiB",
    ]
