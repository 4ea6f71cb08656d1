"""Binary files that are cut, lie about their counts, or would run something."""

from __future__ import annotations

import io
import pickle
import tarfile
import zipfile

import numpy as np
from scipy.io import savemat

from badinputs.case import Case, content
from formats.c3d_writer import c3d_bytes
from formats.test_emg2pose import write as write_emg2pose
from formats.test_trc import trc
from miniatures import amass
from miniatures.edf import edf_bytes, signal
from myoshift import formats
from myoshift.datasets.inspection import inspect

POINTS = np.ones((9, 4, 3))


class Runs:
    """Would import `os.system`."""

    def __reduce__(self):
        import os

        return os.system, ("true",)


def npz(name="a.npz", raw=None, **arrays):
    def make(folder):
        np.savez(folder / name, **arrays)
        if raw is not None:
            (folder / name).write_bytes((folder / name).read_bytes()[:raw])
        return folder / name

    return make


def cut_hdf5(folder):
    path = write_emg2pose(folder / "a.hdf5")
    path.write_bytes(path.read_bytes()[:-4000])
    return path


def cut_mat(folder):
    savemat(folder / "a.mat", {"x": np.arange(1000.0)})
    raw = (folder / "a.mat").read_bytes()
    (folder / "a.mat").write_bytes(raw[:2000])
    return folder / "a.mat"


def bomb(folder):
    """Two gibibytes of zeros promised by the directory."""
    np.savez_compressed(folder / "a.npz", emg=np.zeros(100))
    raw = bytearray((folder / "a.npz").read_bytes())
    entry = raw.index(b"PK\1\2")
    raw[entry + 24 : entry + 28] = (2**31).to_bytes(4, "little")
    (folder / "a.npz").write_bytes(raw)
    return folder / "a.npz"


def member(name, mode=0):
    def make(folder):
        buffer = io.BytesIO()
        np.save(buffer, np.zeros(3))
        info = zipfile.ZipInfo(name)
        info.external_attr = mode << 16
        with zipfile.ZipFile(folder / "a.npz", "w") as archive:
            archive.writestr(info, buffer.getvalue())
        return folder / "a.npz"

    return make


def tarred(folder, name="../../evil", kind=tarfile.REGTYPE):
    with tarfile.open(folder / "a.tar", "w") as archive:
        member = tarfile.TarInfo(name)
        member.type = kind
        archive.addfile(member)
    return folder / "a.tar"


def shaped(shape):
    def make(folder):
        np.save(folder / "a.npy", np.ones((40, 3)))
        raw = (folder / "a.npy").read_bytes()
        (folder / "a.npy").write_bytes(raw.replace(b"(40, 3), }".ljust(len(shape) + 3), f"{shape}, }}".encode()))
        return folder / "a.npy"

    return make


def rates(**changes):
    def make(folder):
        return amass.write(folder / "a.npz", amass.posed(amass.walking(1.0)), **changes)

    return make


def sized(scale, *, up=1, raw=None):
    """Markers of a standing person 1.7 m tall, along the axis `up`, in a TRC file in mm."""

    def make(folder):
        random = np.random.default_rng(0)
        body = random.uniform(0, 1, (12, 3)) * np.array([0.5, 0.5, 0.5])
        body[:, up] = np.linspace(0, 1.7, 12)
        points = (body + random.normal(0, 1e-3, (50, 12, 3))) * 1000 * scale
        (folder / "a.trc").write_text(trc(points, names=[f"M{k}" for k in range(12)]))
        return folder / "a.trc"

    return make


def limb(folder):
    body = np.random.default_rng(0).uniform(0, 1.2, (12, 3))
    names = ["RKNE", "RANK", *(f"M{k}" for k in range(10))]
    body[:, 1] = np.linspace(0.0, 1.6, 12)
    body[0], body[1] = [0.0, 1.2, 0.0], [0.0, 0.1, 0.0]
    (folder / "a.trc").write_text(trc(np.tile(body, (50, 1, 1)) * 1000, names=names))
    return folder / "a.trc"


CASES = [
    Case(
        row=2,
        name="c3d",
        make=content("a.c3d", c3d_bytes(POINTS)[:-100]),
        tokens=("a.c3d", "truncated", "bytes promised"),
    ),
    Case(row=2, name="npz", make=npz(raw=300, t=np.arange(100.0)), tokens=("a.npz", "truncated", "300 bytes")),
    Case(
        row=2, name="edf", make=content("a.edf", edf_bytes([signal()])[:-50]), tokens=("a.edf", "truncated", "bytes")
    ),
    Case(row=2, name="hdf5", make=cut_hdf5, tokens=("a.hdf5", "truncated")),
    Case(row=2, name="mat", make=cut_mat, tokens=("a.mat", "truncated")),
    Case(
        row=3,
        name="mat 7.3",
        make=content("a.mat", b"MATLAB 7.3 MAT-file".ljust(512) + b"\x89HDF\r\n\x1a\n" + bytes(600)),
        tokens=("a.mat",),
    ),
    Case(
        row=3,
        name="c3d as sto",
        make=content("a.sto", c3d_bytes(POINTS)),
        use=formats.read_sto,
        tokens=("c3d", "sto", "first bytes"),
    ),
    Case(row=3, name="pdf", make=content("a.csv", b"%PDF-1.7 report"), tokens=("pdf", "csv", "%PDF-1.7")),
    Case(
        row=4,
        name="pkl",
        make=content("a.pkl", pickle.dumps(Runs())),
        tokens=("posix.system", "not allowed", "numpy.savez"),
    ),
    Case(
        row=5,
        name="npz",
        make=npz(emg=np.array([{}], object)),
        tokens=("array emg", "object array", "allow_pickle is off"),
    ),
    Case(row=6, name="bomb", make=bomb, tokens=("emg.npy", "2147483648 bytes", "limit")),
    Case(row=6, name="traversal", make=member("../../evil.npy"), tokens=("../../evil.npy", "only names inside")),
    Case(row=6, name="symlink", make=member("a.npy", 0o120777), tokens=("a.npy", "symbolic link")),
    Case(row=6, name="tar", make=tarred, tokens=("a.tar", "tar")),
    Case(row=7, name="npy", make=shaped("(3000000000, 3)"), tokens=("shape", "3000000000", "bytes present")),
    Case(
        row=7,
        name="c3d",
        make=content("a.c3d", c3d_bytes(POINTS, POINT={"FRAMES": np.uint16(65000)}, header={"last": 65000})),
        tokens=("65000 frames", "bytes"),
    ),
    Case(
        row=8,
        name="c3d",
        make=content("a.c3d", c3d_bytes(POINTS, header={"points": 5})),
        code="header",
        tokens=("5 in the header", "4 in the parameters", "used"),
    ),
    Case(
        row=17,
        name="c3d",
        make=content("a.c3d", c3d_bytes(POINTS, rate=0.0)),
        tokens=("no sampling rate", "0 Hz"),
    ),
    Case(
        row=18,
        name="emg2pose",
        make=lambda folder: write_emg2pose(folder / "a.hdf5", _twice()),
        use=inspect,
        code="stamps",
        tokens=("1",),
    ),
    Case(
        row=23,
        name="both keys",
        make=rates(mocap_frame_rate=np.array(60.0)),
        use=formats.read_amass,
        tokens=("mocap_framerate", "mocap_frame_rate", "120", "60", "duration"),
    ),
    Case(
        row=24,
        name="trc",
        make=lambda folder: content("a.trc", trc(np.ones((5, 4, 3)), unit=""))(folder),
        tokens=("no unit", "accepted", "unit='mm'"),
    ),
    Case(row=27, name="mm as m", make=sized(1000.0), use=inspect, tokens=("1360 m", "along y", "m and mm")),
    Case(row=27, name="m as mm", make=sized(0.001), use=inspect, tokens=("0.0013", "along y", "m and mm")),
    Case(row=27, name="z up", make=sized(1.0, up=2), use=inspect, code="axes", tokens=("z", "gravity", "1.3")),
    Case(row=28, name="limb", make=limb, use=inspect, code="body", tokens=("1.1", "0.15 to 0.6 m", "shank")),
]


def _twice():
    from formats.test_emg2pose import series

    found = series()
    found["time"][10] = found["time"][9]
    return found
