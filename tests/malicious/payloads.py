"""Files of every kind that would touch a canary, show a secret or fill the memory, if a reader believed them."""

from __future__ import annotations

import io
import json
import os
import pickle
import pickletools
import struct
import tarfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

import h5py
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from scipy.io import savemat

from miniatures.edf import edf_bytes, signal

SECRET = 424242.5
WORD = "the secret word"


@dataclass(frozen=True)
class Places:
    """Where the files go, the canary that no file may make, and what lies outside and must not be read."""

    files: Path
    canary: Path
    outside: Path

    @property
    def words(self):
        return self.outside / "secret.txt"

    @property
    def hdf5(self):
        return self.outside / "secret.h5"

    @property
    def raw(self):
        return self.outside / "secret.raw"


def write(places):
    """Write all of them; the names say what they are."""
    places.files.mkdir(parents=True)
    places.outside.mkdir(parents=True)
    places.words.write_text(WORD)
    places.raw.write_bytes(np.full(4000, SECRET).tobytes())
    with h5py.File(places.hdf5, "w") as file:
        file["emg2pose/timeseries"] = np.full((40, 3), SECRET)
        file["a"] = np.full((40, 3), SECRET)
    for make in (pickles, arrays, yamls, xmls, hdf5s, mats, archives, tables, parquets, models, stores):
        for name, content in make(places).items():
            path = places.files / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if callable(content):
                content(path)
            else:
                path.write_bytes(content)


class Call:
    """Pickled as a call of a function."""

    def __init__(self, function, *arguments):
        self.what = (function, arguments)

    def __reduce__(self):
        return self.what


def pickles(places):
    canary = str(places.canary)
    evil = Call(os.mkdir, canary)
    found = {f"protocol{k}.pkl": pickle.dumps(evil, protocol=k) for k in range(6)}
    found["eval.pkl"] = pickle.dumps(Call(eval, f"__import__('os').mkdir({canary!r})"))
    found["nested.pkl"] = pickle.dumps({"rows": [1.0, evil]}, protocol=4)
    found["inst.pkl"] = f"(S{canary!r}\nios\nmkdir\n.".encode()
    found["obj.pkl"] = b"\x80\x02(cos\nmkdir\nX" + struct.pack("<I", len(canary)) + canary.encode() + b"o."
    found["twice.pkl"] = pickle.dumps({"a": 1}) + pickle.dumps(evil)
    found["extension.pkl"] = b"\x80\x02\x82\x01."
    found["persistent.pkl"] = b"\x80\x02X\x02\0\0\0idQ."
    found["framed.pkl"] = pickletools.optimize(pickle.dumps(evil, protocol=4))
    found["setstate.pkl"] = pickle.dumps(evil, protocol=2)[:-1] + b"}b."
    found["dotted.pkl"] = pickle.dumps(Call(Path.mkdir, Path(canary)), protocol=4)
    found["mint/seq/muscle_activations.pkl"] = found["protocol4.pkl"]
    found["in_a_zip.zip"] = zipped({"a/data.pkl": found["protocol2.pkl"]})
    found["pandas_prefix.pkl"] = b"\x80\x04cpandas.core.frame\nDataFrame\n0" + found["protocol2.pkl"][2:]
    return found


def zipped(members, method=zipfile.ZIP_DEFLATED):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def npy(array=None, *, header=None, content=b""):
    """A .npy of an array with pickles allowed, or of a header as it is given."""
    buffer = io.BytesIO()
    if header is None:
        np.save(buffer, array, allow_pickle=True)
        return buffer.getvalue()
    text = header.encode().ljust(117) + b"\n"
    return b"\x93NUMPY\x01\0" + struct.pack("<H", len(text)) + text + content


def arrays(places):
    evil = Call(os.mkdir, str(places.canary))
    boxed = np.array([evil, 1.0], dtype=object)
    code = f"__import__('os').mkdir({str(places.canary)!r})"
    return {
        "object.npy": npy(boxed),
        "object.npz": zipped({"a.npy": npy(boxed)}),
        "amass_object.npz": zipped({"poses.npy": npy(boxed), "trans.npy": npy(np.zeros((4, 3)))}),
        "raw_pickle.npz": zipped({"a.npy": pickle.dumps(evil)}),
        "code_in_the_header.npy": npy(header=f"{{'descr': {code}, 'fortran_order': False, 'shape': (1,)}}"),
        "code_in_the_shape.npy": npy(header=f"{{'descr': '<f8', 'fortran_order': {code}, 'shape': (1,)}}"),
        "structured_object.npy": npy(header="{'descr': [('a', '|O')], 'fortran_order': False, 'shape': (1,)}",
                                     content=pickle.dumps(evil)),
        "huge.npy": npy(header="{'descr': '<f8', 'fortran_order': False, 'shape': (1000000000000,)}"),
        "deep_header.npy": npy(header="(" * 110),
        "bomb.npz": zipped({f"a{k}.npy": npy(np.zeros(2_000_000)) for k in range(3)}),
        "traversal.npz": zipped({"../../a.npy": npy(np.zeros(3))}),
    }  # fmt: skip


def yamls(places):
    canary = str(places.canary)
    tags = {
        "apply": f"!!python/object/apply:os.mkdir [{canary}]",
        "new": f"!!python/object/new:os.mkdir [{canary}]",
        "popen": f"!!python/object/apply:subprocess.check_call [[mkdir, {canary}]]",
        "eval": f"!!python/object/apply:eval [\"__import__('os').mkdir({canary!r})\"]",
        "name": "!!python/name:os.system",
        "module": "!!python/module:antigravity",
        "tuple": f"!!python/tuple [!!python/object/apply:os.mkdir [{canary}]]",
        "local": f"!include {places.words}",
    }
    found = {f"{name}.yaml": f"name: {tag}\n".encode() for name, tag in tags.items()}
    found["root.yaml"] = tags["apply"].encode()
    found["key.yaml"] = f"? {tags['apply']}\n: 1\n".encode()
    found["shadowed.yaml"] = f"%TAG !! tag:yaml.org,2002:python/\n---\n!!object/apply:os.mkdir [{canary}]\n".encode()
    lists = "\n".join(f"a{k}: &a{k} [{', '.join([f'*a{k - 1}'] * 9)}]" for k in range(1, 12))
    found["bomb.yaml"] = f"a0: &a0 x\n{lists}\n".encode()
    found["endless.yaml"] = b"a: &a [*a]\n"
    found["format.yaml"] = b"name: '{0.__class__.__init__.__globals__}'\n"
    return found


def xmls(places):
    secret = places.words.as_uri()
    entity = f'<!DOCTYPE a [<!ENTITY e SYSTEM "{secret}">]>'
    lol = "".join(f'<!ENTITY l{k} "{f"&l{k - 1};" * 10}">' for k in range(1, 12))
    body = "<ExternalLoads><ExternalForce name='{}'/></ExternalLoads>"
    found = {
        "entity": entity + body.format("&e;"),
        "entity_text": entity + "<OpenSimDocument><name>&e;</name></OpenSimDocument>",
        "dtd": f'<!DOCTYPE a SYSTEM "{secret}">' + body.format("a"),
        "remote_dtd": '<!DOCTYPE a SYSTEM "http://127.0.0.1:9/a.dtd">' + body.format("a"),
        "laughs": f'<!DOCTYPE a [<!ENTITY l0 "lol">{lol}]>' + body.format("&l11;"),
        "parameter": f'<!DOCTYPE a [<!ENTITY % p SYSTEM "{secret}">%p;]>' + body.format("a"),
        "include": "<OpenSimDocument xmlns:xi='http://www.w3.org/2001/XInclude'>"
        f"<xi:include parse='text' href='{secret}'/></OpenSimDocument>",
        "stylesheet": f'<?xml-stylesheet href="{secret}"?><OpenSimDocument/>',
        "deep": "<a>" * 100_000,
    }
    coded = {f"{name}.xml": f'<?xml version="1.0"?>{text}'.encode() for name, text in found.items()}
    coded["entity_utf16.osim"] = f'<?xml version="1.0" encoding="UTF-16"?>{found["entity"]}'.encode("utf-16")
    coded["entity.osim"] = coded["entity.xml"]
    coded["odd_encoding.xml"] = b'<?xml version="1.0" encoding="php://filter"?><a/>'
    return coded


def hdf5(build):
    """A writer of an HDF5 file that `build` fills."""

    def make(path):
        with h5py.File(path, "w") as file:
            build(file)

    return make


def hdf5s(places):
    secret = str(places.hdf5)

    def virtual(file):
        layout = h5py.VirtualLayout((40, 3), "f8")
        layout[:] = h5py.VirtualSource(secret, "a", (40, 3))
        file.create_virtual_dataset("a", layout)
        file.create_group("emg2pose").create_virtual_dataset("timeseries", layout)

    def external(file):
        for name in ("a", "emg2pose/timeseries"):
            file.create_dataset(name, (40, 3), "f8", external=[(str(places.raw), 0, 960)])

    def linked(kind):
        def build(file):
            file["a"] = kind(secret, "/a")
            file.create_group("emg2pose")["timeseries"] = kind(secret, "/emg2pose/timeseries")

        return build

    def whole(file):
        file["emg2pose"] = h5py.ExternalLink(secret, "/emg2pose")

    def loop(file):
        file["a"], file["emg2pose"] = h5py.SoftLink("/a"), h5py.SoftLink("/emg2pose")

    def references(file):
        file["a"] = np.zeros((3, 2))
        file["r"] = np.array([file["a"].ref], dtype=h5py.ref_dtype)

    def matlab(build):
        def make(path):
            with h5py.File(path, "w", userblock_size=512) as file:
                build(file)
            with path.open("r+b") as file:
                file.write(b"MATLAB 7.3 MAT-file".ljust(124) + b"\0\2IM")

        return make

    built = {"virtual": virtual, "external": external, "link": linked(h5py.ExternalLink), "group_link": whole,
             "loop": loop, "references": references}  # fmt: skip
    found = {f"{name}.h5": hdf5(build) for name, build in built.items()}
    return found | {f"{name}_v73.mat": matlab(built[name]) for name in ("link", "references")}


def mats(places):
    """Function handles and objects as MATLAB writes them: arrays of class 16, 17 and 3."""

    def element(kind, data):
        return struct.pack("<II", kind, len(data)) + data + bytes(-len(data) % 8)

    def variable(code, rest):
        flags = element(6, struct.pack("<II", code, 0))
        return element(14, flags + element(5, struct.pack("<ii", 1, 1)) + element(1, b"f") + rest)

    head = b"MATLAB 5.0 MAT-file".ljust(124) + b"\0\1IM"
    inner = variable(4, element(16, b"@system"))
    buffer = io.BytesIO()
    savemat(buffer, {"a": f"system('mkdir {places.canary}')"})
    return {
        "function.mat": head + variable(16, inner),
        "opaque.mat": head + variable(17, element(1, b"MCOS") + element(1, b"string") + inner),
        "object.mat": head + variable(3, element(1, b"inline") + element(5, struct.pack("<i", 8)) + element(1, b"")),
        "command.mat": buffer.getvalue(),
    }


def tar(*members):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, changes, data in members:
            info = tarfile.TarInfo(name)
            info.size = len(data)
            for key, value in changes.items():
                setattr(info, key, value)
            archive.addfile(info, io.BytesIO(data))
    return buffer.getvalue()


def archives(places):
    canary, link = str(places.canary), {"type": tarfile.SYMTYPE}
    up = "../" * 20 + canary.lstrip("/")
    found = {
        "absolute.tar": tar((canary, {}, b"x")),
        "up.tar": tar((up, {}, b"x")),
        "link.tar": tar(
            ("l", link | {"linkname": str(places.canary.parent)}, b""), (f"l/{places.canary.name}", {}, b"")
        ),
        "secret_link.tar": tar(("l.csv", link | {"linkname": str(places.words)}, b"")),
        "hard_link.tar": tar(("l.csv", {"type": tarfile.LNKTYPE, "linkname": str(places.words)}, b"")),
        "device.tar": tar(("d", {"type": tarfile.CHRTYPE, "devmajor": 1, "devminor": 8}, b"")),
        "pipe.tar": tar(("p", {"type": tarfile.FIFOTYPE}, b"")),
        "absolute.zip": zipped({canary: b"x"}),
        "up.zip": zipped({up: b"x"}),
        "backslash.zip": zipped({"..\\..\\x": b"x"}),
        "bomb.zip": zipped({f"{k}": bytes(30_000_000) for k in range(5)}),
    }
    info = zipfile.ZipInfo("l.csv")
    info.external_attr = 0o120777 << 16
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(info, str(places.words))
    return found | {"link.zip": buffer.getvalue()}


FORMULAS = ("=cmd|' /C calc'!A0", "@SUM(1+1)", "{{7*7}}", "<script>alert(1)</script>", "${jndi:ldap://127.0.0.1:9/a}")


def tables(places):
    names = "\t".join(("time", *FORMULAS, str(places.words), "../../x"))
    rows = "\n".join("\t".join(f"{0.01 * k:.2f}" for _ in range(len(FORMULAS) + 3)) for k in range(20))
    sto = f"{FORMULAS[0]}\nnRows=20\nnColumns={len(FORMULAS) + 3}\ninDegrees=no\nendheader\n{names}\n{rows}\n"
    return {
        "names.sto": sto.encode(),
        "names.csv": f"{names}\n{rows}\n".encode(),
        "names.edf": edf_bytes(
            [signal(0, label="=1+1|cmd"), signal(1, label="../../x")], recording=str(places.words)[-80:]
        ),
        "include.trc": f"PathFileType\t4\t(X/Y/Z)\t{places.words}\nDataRate\n100\n".encode(),
    }


def parquets(places):
    """A column whose extension type is a pickle (CVE-2023-47248), and metadata of pandas that lie."""
    evil = pickle.dumps(Call(os.mkdir, str(places.canary)))
    extension = {b"ARROW:extension:name": b"arrow.py_extension_type", b"ARROW:extension:metadata": evil}
    column = pa.field("a", pa.float64(), metadata=extension)
    lies = [
        {"index_columns": ["nobody"], "columns": [], "column_indexes": []},
        {"index_columns": [{"kind": "range", "start": 0, "stop": 10**18, "step": 1}], "columns": []},
        {"columns": [{"name": "a", "field_name": "a", "pandas_type": "object", "numpy_type": "os.system"}]},
    ]

    def make(schema):
        def to(path):
            pq.write_table(pa.table([pa.array([1.0, 2.0])], schema=schema), path)

        return to

    found = {"extension.parquet": make(pa.schema([column]))}
    for k, lie in enumerate(lies):
        schema = pa.schema([pa.field("a", pa.float64())], metadata={b"pandas": json.dumps(lie).encode()})
        found[f"metadata{k}.parquet"] = make(schema)
    return found


def models(places):
    """Folders of models that ask for other classes, other files or endless memory; their seals are right."""
    from myoshift.predictor.folder import ARRAYS, DESCRIPTION, Contents, _seal, write_folder

    good = Contents(
        kind="constant", config={}, arrays={"level": np.zeros(1)}, inputs=("hip_flexion",), outputs=("soleus",),
        rate=50.0, trained=None, card={},
    )  # fmt: skip
    kinds = ("os.system", "os:mkdir", "../../evil", str(places.words), "myoshift.cli.main:main", "", "x" * 9999)
    within = {"kind": "os.system", "chain": [{"name": "os.system"}], "model": "os.system"}
    names = {"inputs": ["hip_flexion"] * 10**5, "outputs": ["soleus"], "rate": 50, "norm": "x"}
    changes = [{"kind": kind} for kind in kinds]
    changes += [
        {"kind": "ensemble", "config": {"members": [{"kind": "os.system", "config": {}}]}},
        {"kind": "calibrated", "config": within},
        {"kind": "tcn", "config": names},
        *({"rate": "nan"}, {"rate": 1e308}, {"inputs": []}, {"outputs": [{}]}),
        *({"trained": 5}, {"card": "x"}, {"config": [1]}),
    ]
    found = {}
    for k, change in enumerate(changes):

        def make(path, change=change):
            write_folder(path, good)
            description = json.loads((path / DESCRIPTION).read_text()) | change
            description.pop("seal")
            description["seal"] = _seal(description)
            (path / DESCRIPTION).write_text(json.dumps(description))

        found[f"model{k}.model"] = make

    def pickled(path):
        write_folder(path, good)
        (path / ARRAYS).write_bytes(pickle.dumps(Call(os.mkdir, str(places.canary))))

    def deep(path):
        path.mkdir()
        (path / DESCRIPTION).write_text("[" * 20_000)
        (path / ARRAYS).write_bytes(struct.pack("<Q", 2**62) + b"{}")

    return found | {"pickled.model": pickled, "deep.model": deep}


def stores(places):
    """A store whose index names a file outside; its digest is right."""
    import hashlib

    from myoshift.store.flat import INDEX, VERSION, _digest

    np.save(places.outside / "secret.npy", np.full(4000, SECRET, np.float32))
    outside = places.outside / "secret.npy"

    def make(file):
        def to(path):
            path.mkdir()
            entry = {"file": file, "sha256": hashlib.sha256(outside.read_bytes()).hexdigest(), "values": 4000}
            domain = {"domain": "d", "motion": entry, "activation": entry, "recordings": [{"frames": 1}]}
            index = {"version": VERSION, "key": "k", "domains": [domain]}
            (path / INDEX).write_text(json.dumps({"sha256": _digest(index), **index}))

        return to

    def link(path):
        make("a.npy")(path)
        (path / "a.npy").symlink_to(outside)

    return {"absolute.store": make(str(outside)), "up.store": make("../../outside/secret.npy"), "link.store": link}
