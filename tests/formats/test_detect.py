from __future__ import annotations

import zipfile

import numpy as np
import pytest
from scipy.io import savemat

from formats.c3d_writer import c3d_bytes
from myoshift import formats
from myoshift.errors import DataFormatError, DataRefused

FILES = {
    "sto": b"\nPelvis and legs\nendheader\ntime\ta\n0\t1\n1\t2\n",
    "trc": b"PathFileType\t4\n",
    "c3d": c3d_bytes(np.zeros((2, 1, 3))),
    "mat7.3": b"MATLAB 7.3 MAT-file".ljust(512) + b"\x89HDF\r\n\x1a\n",
    "hdf5": b"\x89HDF\r\n\x1a\n" + bytes(40),
    "html": b"\n<!DOCTYPE html><html>404</html>",
    "xml": b'<?xml version="1.0"?><a/>',
    "osim": b'<?xml version="1.0"?><OpenSimDocument/>',
    "parquet": b"PAR1" + bytes(8),
    "delsys": b'Label: a Unit: V\r\n"X[s]","a (V)"\r\n0,1\r\n',
    "csv": b"time,a\n0,1\n",
    "text": b"hello\nworld\n",
    "edf": b"0       X",
    "bdf": b"\xffBIOSEMI",
    "gzip": b"\x1f\x8b",
    "unknown": bytes(range(256)),
}
MARKED = b"\xef\xbb\xbf"


@pytest.mark.parametrize("kind", FILES)
def test_content_decides_not_the_name(tmp_path, kind):
    path = tmp_path / "file.wrong"
    path.write_bytes(FILES[kind])
    assert formats.detect(path) == kind


@pytest.mark.parametrize("kind", ["sto", "trc", "html", "csv"])
def test_a_byte_order_mark_hides_nothing(tmp_path, kind):
    path = tmp_path / "file"
    path.write_bytes(MARKED + FILES[kind])
    assert formats.detect(path) == kind


def test_files_that_libraries_write(tmp_path):
    savemat(tmp_path / "mat5", {"a": 1.0}, appendmat=False)
    np.savez(tmp_path / "a.npz", a=np.ones(2))
    np.save(tmp_path / "a.npy", np.ones(2))
    with zipfile.ZipFile(tmp_path / "doc.zip", "w") as archive:
        archive.writestr("word/document.xml", "x")
    found = {path.name: formats.detect(path) for path in tmp_path.iterdir()}
    assert found == {"mat5": "mat5", "a.npz": "npz", "a.npy": "npy", "doc.zip": "zip"}


@pytest.mark.parametrize(
    "kind", ["c3d", "trc", "mat5", "npz", "npy", "sto", "hdf5", "csv", "edf", "delsys", "parquet"]
)
def test_bad_03_each_reader_names_what_it_got(tmp_path, kind):
    path = tmp_path / "page"
    path.write_bytes(FILES["html"])
    reader = formats.READERS[kind]
    with pytest.raises(DataFormatError, match=rf"page: the content is html, not {kind} .*first bytes.*DOCTYPE"):
        reader(path)


@pytest.mark.parametrize(
    ("kind", "token"),
    [("html", "download"), ("gzip", "sto, trc, c3d"), ("unknown", "sto, trc, c3d")],
)
def test_formats_without_reader_are_refused_with_a_mend(tmp_path, kind, token):
    path = tmp_path / "file.dat"
    path.write_bytes(FILES[kind])
    with pytest.raises(DataFormatError, match=rf"file\.dat: there is no reader for {kind}.*mend.*{token}"):
        formats.read(path)


def test_a_known_suffix_gets_the_precise_error(tmp_path):
    path = tmp_path / "lost.mot"
    path.write_text("Coordinates\nversion=1\ntime\ta\n0\t1\n")
    with pytest.raises(DataFormatError, match=r"lost\.mot, line 1.*endheader"):
        formats.read(path)


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("sub-1_task-a_emg.bdf", "bdf", "bids"),
        ("sub-1_task-a_eeg.bdf", "bdf", "bdf"),
        ("emg.bdf", "bdf", "bdf"),
        ("sub-1_task-a_emg.edf", "html", "html"),
        ("sub-1_task-a_motion.tsv", "csv", "bids-motion"),
        ("lost.mot", "csv", "sto"),
        ("a.csv", "delsys", "delsys"),
    ],
)
def test_names_decide_only_where_content_says_too_little(tmp_path, name, content, kind):
    (tmp_path / name).write_bytes(FILES[content])
    assert formats.kind(tmp_path / name) == kind


def test_options_of_readers():
    assert formats.options("edf") == ("unit", "names", "decimal")
    assert {"rate", "time", "unit"} <= set(formats.options("csv")) & set(formats.options("parquet"))


@pytest.mark.parametrize("name", [".", "missing.c3d"])
def test_what_is_no_file(tmp_path, name):
    with pytest.raises(DataRefused, match="cannot be read"):
        formats.read(tmp_path / name)
