"""Download: files of the manifest at the commit they were measured at, and archives of sets published elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

from myoshift import formats
from myoshift.datasets.base import Archive, Origin, UpstreamFile, files, load
from myoshift.datasets.download import Wanted, fetch, mirror, safe
from myoshift.errors import ConfigError, DataRefused, IntegrityError

SOURCE = "https://raw.githubusercontent.com"
DOWNLOADS = ".downloads"  # below the data root: archives on their way, and what was unpacked
Progress = Callable[[str], None]


def get(name: str, root: Path, *, accepted: bool = False, progress: Progress = lambda _: None) -> int:
    """Fetch what of a data set is not yet there.

    A file that is there with the right content is left alone, and an interrupted download goes on where it stopped.
    MYOSHIFT_MIRROR names another server with the same layout; archives lie there below the host of their address.

    Parameters
    ----------
    root : data root; files go to `root / name / path`, archives are unpacked into `root / name`
    accepted : whether the user accepts the terms of a set that is published elsewhere
    progress : told the path of each file that is there now

    Returns
    -------
    int
        How many files or archives were downloaded.

    Raises
    ------
    DataRefused
        When the server cannot be reached, does not have a file or sends another one, the folder cannot be written, a
        file is published nowhere, or the terms of the set are not accepted.
    IntegrityError
        When a file of another content is in the way.
    ConfigError
        When the mirror is neither https nor on this machine.
    """
    origin = load(name).info.origin if not files(name) else None
    if origin is not None:
        return _get_archives(name, origin, root, accepted, progress)
    base, fetched = _base(), 0
    for file in files(name):
        target = root / name / file.path
        if not target.exists():
            _refuse_without_address(file, target)
            fetch(Wanted(url=f"{base}/{_path(file)}", bytes=file.bytes, sha256=file.sha256), target)
            fetched += 1
        elif formats.hash_file(target) != file.sha256:
            raise IntegrityError(
                f"a file of another content is where {name} belongs",
                where=target,
                why=f"expected sha256 {file.sha256[:16]}...",
                mend="move it away and run the command again",
            )
        progress(file.path)
    return fetched


def terms(name: str) -> str:
    """What a person must know and accept before a set that is published elsewhere is fetched; empty for others."""
    info = load(name).info
    if info.origin is None:
        return ""
    size = sum(archive.bytes for archive in info.origin.archives)
    lines = [f"{name}: {info.origin.terms}", f"licence: {info.licence}", f"page: {info.origin.page}"]
    return "\n".join([*lines, f"size: {size / 2**30:.1f} GiB"] if size else lines)


def unpack_own(name: str, root: Path, archive: Path, *, progress: Progress = lambda _: None) -> int:
    """Unpack an archive that the user has fetched himself into `root / name`; the number of files.

    Raises
    ------
    ConfigError
        When the set is not one that is published elsewhere.
    IntegrityError
        When the publisher states a hash for an archive of this name, and it is another.
    DataRefused
        When the archive is refused; see `formats.unpack`.
    """
    origin = load(name).info.origin
    if origin is None:
        raise ConfigError(f"{name} does not come as an archive", mend=f"run `myoshift datasets get {name}`")
    for stated in origin.archives:
        if stated.sha256 and _file_name(stated) == archive.name and archive.is_file():
            _hold(archive, stated)
    return formats.unpack(archive, root / name, progress=progress)


def _get_archives(name: str, origin: Origin, root: Path, accepted: bool, progress: Progress) -> int:
    home, fetched = root / DOWNLOADS / name, 0
    missing = [each for each in origin.archives if not _is_unpacked(each, home, root / name)]
    if not origin.archives or not all(each.sha256 for each in missing):
        if (root / name).is_dir():  # a copy that the user has put there
            return 0
        raise _by_hand(name, origin, root)
    if missing and not accepted:
        raise DataRefused(
            f"{name} is published under terms that you must accept first",
            why=" | ".join(terms(name).splitlines()),
            mend="read them at their page, and give --accept-terms where you accept them",
        )
    for archive in missing:
        fetched += _get_archive(archive, home, root / name)
        progress(_file_name(archive))
    return fetched


def _get_archive(archive: Archive, home: Path, folder: Path) -> int:
    """Fetch and unpack one archive; it is deleted then, and its hash is remembered. 1 if it was downloaded now."""
    packed, fetched = home / _file_name(archive), 0
    if not packed.exists():
        fetch(Wanted(url=_address(archive), bytes=archive.bytes, sha256=archive.sha256), packed)
        fetched = 1
    _hold(packed, archive)
    formats.unpack(packed, folder)
    formats.write_atomic(_mark(archive, home), archive.sha256.encode())
    packed.unlink()
    return fetched


def _hold(file: Path, archive: Archive) -> None:
    if formats.hash_file(file) != archive.sha256:
        raise IntegrityError(
            "the archive is not the one that was published",
            where=file,
            why=f"expected sha256 {archive.sha256[:16]}...",
            mend="download it again; move it away first",
        )


def _is_unpacked(archive: Archive, home: Path, folder: Path) -> bool:
    mark = _mark(archive, home)
    return folder.is_dir() and mark.is_file() and mark.read_text(encoding="utf-8") == archive.sha256


def _mark(archive: Archive, home: Path) -> Path:
    return home / f"{_file_name(archive)}.unpacked"


def _file_name(archive: Archive) -> str:
    return unquote(urlsplit(archive.url).path).rpartition("/")[2]


def _by_hand(name: str, origin: Origin, root: Path) -> DataRefused:
    """What to say of a set without a published hash, or behind a registration."""
    found = "; ".join(f"{each.url} ({each.bytes} bytes stated)" for each in origin.archives) or origin.page
    return DataRefused(
        f"{name} is not downloaded: its publisher states no content hash, or asks you to register",
        why=f"address: {found} | " + " | ".join(terms(name).splitlines()),
        mend=f"download it there yourself and run `myoshift datasets get {name} --archive FILE`, "
        f"or put the unpacked files into {root / name}",
    )


def _refuse_without_address(file: UpstreamFile, target: Path) -> None:
    if not file.upstream_repo:
        raise DataRefused(
            f"{file.dataset} is published nowhere",
            where=target,
            mend="put a copy of its files there, or name the folder that holds it with --data or MYOSHIFT_DATA",
        )


def _base() -> str:
    """Address of the server, without a slash at the end."""
    base = mirror(SOURCE)
    if safe(base):
        return base
    raise ConfigError(
        "MYOSHIFT_MIRROR is not a safe address",
        why=f"{base!r}: https is needed, plain http only on this machine",
        mend="use https",
    )


def _address(archive: Archive) -> str:
    """The published address, which is https, or the same below a mirror."""
    parts = urlsplit(archive.url)
    if parts.scheme != "https":
        raise DataRefused("the address is not https", where=archive.url, mend="download it yourself: --archive FILE")
    base = _base()
    return archive.url if base == SOURCE else f"{base}/{parts.netloc}{parts.path}"


def _path(file: UpstreamFile) -> str:
    """`owner/repository/commit/path`, every segment percent-encoded."""
    whole = f"{file.upstream_repo}/{file.upstream_commit}/{file.upstream_path}"
    return "/".join(quote(segment, safe="") for segment in whole.split("/"))
