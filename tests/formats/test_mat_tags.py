from __future__ import annotations

import io
import struct

import numpy as np
import pytest
from scipy.io import savemat

from myoshift.errors import DataFormatError
from myoshift.formats import mat_tags, read_mat

CONTENT = {
    "emg": np.arange(12.0).reshape(4, 3),
    "s": {"values": np.arange(3, dtype=np.int16), "names": np.array(["a", "bc"], object), "empty": np.zeros((0, 2))},
    "trials": [{"rate": 100.0}, {"rate": 50.0}],
    "z": np.array([1 + 2j, 3]),
    "flag": np.array([True, False]),
    "text": "walking",
}


def saved(content=CONTENT, **options):
    buffer = io.BytesIO()
    savemat(buffer, content, **options)
    return buffer.getvalue()


@pytest.mark.parametrize("compressed", [True, False])
def test_whole_files_pass(compressed):
    mat_tags.check(saved(do_compression=compressed))


def test_real_files_pass(data_root):
    paths = [path for path in sorted(data_root.rglob("*.mat")) if path.read_bytes()[:10] == b"MATLAB 5.0"]
    assert paths
    for path in paths:
        mat_tags.check(path.read_bytes())


def _at(raw, mark):
    return raw.index(mark)


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda raw: raw[:128], "no variable"),
        (lambda raw: raw[:132] + struct.pack("<I", 10**6) + raw[136:], "1000000 bytes in a file"),
        (lambda raw: raw[:128] + struct.pack("<I", 13) + raw[132:], "variable of type 13"),
        (lambda raw: raw + b"\0\0\0\0", "2 words where 4 bytes are left"),
        (
            lambda raw: raw.replace(struct.pack("<II", 4, 3), struct.pack("<II", 4, 4), 1),
            "16 numbers of type 9 in 96 bytes",
        ),
        (lambda raw: raw.replace(struct.pack("<II", 4, 3), struct.pack("<II", 2, 1), 1), "2 numbers of type 9"),
    ],
)
def test_sizes_and_counts_that_do_not_fit_are_damage(damage, words):
    with pytest.raises(mat_tags.Damaged, match=words):
        mat_tags.check(damage(saved({"emg": CONTENT["emg"]})))


def test_field_names_that_got_lost_are_damage(tmp_path):
    """scipy reads such a struct as one without fields."""
    raw = saved({"s": {"values": np.arange(3.0)}})
    at = raw.index(b"values") - 4
    path = tmp_path / "lost.mat"
    path.write_bytes(raw[:at] + struct.pack("<I", 0) + raw[at + 4 :])
    with pytest.raises(DataFormatError, match=r"lost\.mat.*cannot be read.*Damaged"):
        read_mat(path)


def test_variables_that_got_lost_are_damage(tmp_path):
    """scipy stops without a word at a variable that claims to be longer than the file."""
    raw = bytearray(saved({"a": np.arange(3.0), "b": np.arange(3.0)}))
    raw[132:136] = struct.pack("<I", 10**6)
    path = tmp_path / "lost.mat"
    path.write_bytes(raw)
    with pytest.raises(DataFormatError, match=r"lost\.mat.*1000000 bytes in a file"):
        read_mat(path)
