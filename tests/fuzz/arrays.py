"""Files of arrays: .npy, .npz and MATLAB v5, damaged in their headers, tags and directories."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from dataclasses import dataclass

import numpy as np
from scipy.io import savemat

from fuzz.mutant import Mutant, pick

VALUES = np.random.default_rng(1).normal(size=(40, 3))
WORDS = (0, 1, 2, 3, 7, 39, 41, 2**31 - 1, 2**32 - 1)


@dataclass(frozen=True)
class Original:
    """A file and the shapes in it."""

    data: bytes
    facts: tuple


def shapes(found):
    """Shapes of all arrays, in whatever structs and lists, sorted."""
    if isinstance(found, dict):
        return tuple(sorted(shape for each in found.values() for shape in shapes(each)))
    if isinstance(found, list):
        return tuple(sorted(shape for each in found for shape in shapes(each)))
    return (np.shape(found),) if isinstance(found, np.ndarray) else ()


# --- .npy and .npz --------------------------------------------------------------------------------------------------

SHAPES = (
    "(40, 3)",
    "(60, 2)",
    "(120,)",
    "(40,)",
    "(41, 3)",
    "(-40, -3)",
    "(0, 3)",
    "()",
    "(40, 3, 1)",
    "(2**64, 3)",
    "(40.0, 3)",
    "(1" + "0" * 30 + ", 0)",
    "(True, 120)",
    "[40, 3]",
    "(" * 200,
    "None",
)
TYPES = (
    "<f8",
    ">f8",
    "<f4",
    "<i8",
    "|O",
    "<c16",
    "|S8",
    "<U2",
    "<M8",
    "<M8[s]",
    "|V8",
    "|V0",
    "|S0",
    "f8",
    "",
    "<f16",
    "'",
    "[('a', '<f8')]",
)


def npy(shape="(40, 3)", kind="<f8", order="False", *, version=1, key="", values=VALUES):
    """The bytes of a .npy file with this header."""
    kind = kind if kind.startswith("[") else f"'{kind}'"
    text = f"{{'descr': {kind}, 'fortran_order': {order}, 'shape': {shape}, {key}}}"
    width = 2 if version == 1 else 4
    text = text.ljust(-(8 + width + len(text) + 1) % 64 + len(text)) + "\n"
    return (
        b"\x93NUMPY"
        + bytes([version, 0])
        + struct.pack("<H" if width == 2 else "<I", len(text))
        + text.encode()
        + values.tobytes()
    )


def npz(members, compression=zipfile.ZIP_DEFLATED):
    """The bytes of an archive of these (name, bytes)."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        for name, data in members:
            archive.writestr(zipfile.ZipInfo(name), data)
    return buffer.getvalue()


def _states(shape, kind):
    """What a header states, if the 960 bytes are enough for just that."""
    try:
        found = eval(shape, {"__builtins__": {}})
        size = np.dtype(kind).itemsize * int(np.prod(found, dtype=object))
    except Exception:
        return None
    return (tuple(map(int, found)),) if isinstance(found, tuple) and size == VALUES.nbytes else None


def header(original, random):
    """Another shape, type or order; what the bytes suffice for is another array in its own right."""
    shape, kind = "(40, 3)", "<f8"
    if random.random() < 0.5:
        shape = pick(random, SHAPES)
    else:
        kind = pick(random, TYPES)
    order, version = pick(random, ("False", "False", "True", "3", "None")), pick(random, (1, 1, 2, 3, 9))
    key = pick(random, ("", "", "'more': 1", "**{}", "'shape': (1, 120)"))
    states = _states(shape, kind) if "shape" not in key else ((1, 120),)
    return _wrapped(
        original, random, npy(shape, kind, order, version=version, key=key), f"{shape[:20]} {kind} {key}", states
    )


def header_length(original, random):
    data = bytearray(npy())
    data[8:10] = struct.pack("<H", int(random.integers(0, 65536)))
    return _wrapped(original, random, bytes(data), "header length", None)


def values_cut(original, random):
    return _wrapped(original, random, npy()[: -int(random.integers(1, 960))], "values cut", None)


def _wrapped(original, random, data, damage, states):
    """A damaged array by itself, or beside a whole one in an archive whose checksums are right."""
    if original.data.startswith(b"\x93NUMPY"):
        return Mutant(data, damage, states)
    method = pick(random, (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED))
    beside = ((120,),)
    return Mutant(
        npz([("a.npy", data), ("b.npy", npy("(120,)"))], method), damage, states and tuple(sorted(states + beside))
    )


def member_gone(original, random):
    """An archive of one array less is another archive."""
    return Mutant(npz([("a.npy", npy())]), "a member left out", ((40, 3),))


def member_name(original, random):
    name = pick(
        random, ("a.npy", "../a.npy", "/a.npy", "", "a", "a.npy/", "\x00.npy", "a.pkl", "é.npy", "x" * 300 + ".npy")
    )
    return Mutant(npz([(name, npy()), ("b.npy", npy("(120,)"))]), f"member called {name[:20]!r}")


def directory(original, random):
    """A field of the archive's directory, or of its end, says something else."""
    data, (mark, size) = bytearray(original.data), pick(random, ((b"PK\1\2", 46), (b"PK\5\6", 22), (b"PK\3\4", 30)))
    at = data.find(mark) + 4 + 2 * int(random.integers(0, (size - 4) // 2))
    data[at : at + 2] = pick(random, (b"\0\0", b"\1\0", b"\xff\xff", b"\xff\x7f", random.bytes(2)))
    return Mutant(bytes(data), f"directory field of {mark[2:].hex()}")


NPY = Original(npy(), ((40, 3),))
NPZ = tuple(
    Original(npz([("a.npy", npy()), ("b.npy", npy("(120,)"))], method), ((40, 3), (120,)))
    for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
)
NPY_DAMAGES = (header, header, header_length, values_cut)
NPZ_DAMAGES = (*NPY_DAMAGES, member_gone, member_name, directory, directory, directory)

# --- MATLAB v5 ------------------------------------------------------------------------------------------------------


def mat(*, compressed):
    """Numbers, a struct, a text and a cell array, as MATLAB saves them."""
    buffer = io.BytesIO()
    content = {
        "emg": VALUES,
        "s": {"values": VALUES[:7], "names": np.array(["a", "b"], object)},
        "t": "walking",
        "n": 3.0,
    }
    savemat(buffer, content, do_compression=compressed)
    return b"MATLAB 5.0 MAT-file".ljust(116) + buffer.getvalue()[116:]


def elements(data):
    """Start and end of every variable."""
    at, found = 128, []
    while at < len(data):
        size = 8 + struct.unpack_from("<I", data, at + 4)[0]
        found.append((at, at + size))
        at += size
    return found


def _inside(original, random, change):
    """Change the content of one variable, under its compression; the size of the variable is mended."""
    data, (start, end) = original.data, pick(random, elements(original.data))
    kind = struct.unpack_from("<I", data, start)[0]
    body = bytearray(zlib.decompress(data[start + 8 : end]) if kind == 15 else data[start:end])
    change(body)
    whole = bytes(body)
    if kind == 15:
        packed = zlib.compress(whole)
        whole = struct.pack("<II", 15, len(packed)) + packed
    elif len(body) != end - start:
        whole = whole[:4] + struct.pack("<I", len(whole) - 8) + whole[8:]
    return data[:start] + whole + data[end:]


def tag(original, random):
    """A tag, size, flag, dimension or letter near the beginning of a variable."""

    def change(body):
        at = 4 * int(random.integers(0, min(len(body), 96) // 4))
        body[at : at + 4] = struct.pack("<I", pick(random, WORDS))

    return Mutant(_inside(original, random, change), "a word at the beginning of a variable")


def tag_byte(original, random):
    def change(body):
        body[int(random.integers(0, min(len(body), 160)))] = int(random.integers(0, 256))

    return Mutant(_inside(original, random, change), "a byte at the beginning of a variable")


def inner_bytes(original, random):
    def change(body):
        for at in random.integers(0, len(body), int(random.integers(1, 9))):
            body[at] = int(random.integers(0, 256))

    return Mutant(_inside(original, random, change), "bytes of a variable")


def inner_cut(original, random):
    def change(body):
        del body[int(random.integers(8, len(body))) :]

    return Mutant(_inside(original, random, change), "a variable cut")


def variable_gone(original, random):
    """A variable left out or the file cut between two: a file that holds the others."""
    found = elements(original.data)
    which = int(random.integers(0, len(found)))
    kept = found[:which] if random.random() < 0.5 else [e for i, e in enumerate(found) if i != which]
    facts = [each for element in kept for each in original.facts_of[found.index(element)]]
    return Mutant(
        original.data[:128] + b"".join(original.data[a:b] for a, b in kept),
        "a variable left out",
        tuple(sorted(facts)),
    )


def variable_twice(original, random):
    a, b = pick(random, elements(original.data))
    return Mutant(original.data + original.data[a:b], "a variable twice")


def signature(original, random):
    data = bytearray(original.data)
    at = int(random.integers(116, 128))
    data[at : at + 2] = pick(random, (b"MI", b"IM", b"\0\1", b"\0\2", b"\0\0", random.bytes(2)))
    return Mutant(bytes(data), "version and byte order")


@dataclass(frozen=True)
class MatOriginal(Original):
    """A file and the shapes of each of its variables."""

    facts_of: tuple


MAT = tuple(MatOriginal(mat(compressed=c), ((7, 3), (40, 3)), (((40, 3),), ((7, 3),), (), ())) for c in (False, True))
MAT_DAMAGES = (tag, tag, tag_byte, tag_byte, inner_bytes, inner_cut, variable_gone, variable_twice, signature)
