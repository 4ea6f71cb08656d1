"""Motion of the SMPL-H and SMPL-X bodies as AMASS publishes it (.npz): joint rotations, translation, one frame rate.

Layouts: SMPL-H has `poses` (T, 156), SMPL-X `poses` (T, 165) or `root_orient` (T, 3) and `pose_body` (T, 63). The
first 22 joints are the same in all. Only the arrays that are used are unpacked: SMPL-X files hold an object array of
marker names beside them, which is never opened.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from myoshift.errors import DataFormatError
from myoshift.formats.npz import read_npz
from myoshift.formats.source import named
from myoshift.types import Array, Flag

JOINTS = 22
WIDTHS = (72, 156, 165)  # numbers a frame of SMPL, SMPL-H and SMPL-X
RATE_KEYS = ("mocap_framerate", "mocap_frame_rate")  # as SMPL-H and as SMPL-X files spell it
USUAL = (50.0, 59.0, 60.0, 100.0, 120.0, 150.0, 250.0)  # Hz that occur in AMASS
NEAR = 0.05  # Hz: 59.94 is called 60 by one release
FRAMES = 2  # frames by which a stated duration may differ
GENDERS = ("female", "male", "neutral")
KEYS = frozenset({"poses", "root_orient", "pose_body", "trans", "betas", "gender", *RATE_KEYS})


@dataclass(frozen=True, kw_only=True, eq=False)
class Amass:
    """One motion sequence.

    Parameters
    ----------
    rotations : (T, 22, 3) axis-angle in rad, each joint in the frame of its parent, the root in the world; SMPL order
    translation : (T, 3) m in the world of the file, whose z points up
    rate : Hz
    gender : of the body model, "female", "male" or "neutral"; "" where the file says something else
    betas : (B,) shape of the body model, empty where not given
    """

    rotations: Array
    translation: Array
    rate: float
    gender: str
    betas: Array
    flags: tuple[Flag, ...] = ()

    @property
    def duration(self) -> float:
        """Seconds, the last frame included."""
        return len(self.rotations) / self.rate


def read_amass(path: str | Path, *, rate: float | None = None, duration: float | None = None) -> Amass:
    """Read one motion sequence.

    The two releases of AMASS state different frame rates for some thousand sequences
    (https://github.com/nghorbani/amass/issues/49). A file that states two is refused, unless `rate` or `duration`
    decides; a stated rate that the duration contradicts is refused too.

    Parameters
    ----------
    rate : Hz, in place of what the file states
    duration : s, known from elsewhere; the rate must agree with it to 2 frames

    Raises
    ------
    DataFormatError
        When a pose or the translation is missing, of another shape, or not finite; when the rate is missing,
        contradictory or not positive; when an array that is used is a pickle.
    """
    with named(path):
        arrays = read_npz(path, names=KEYS)
        if "trans" not in arrays:
            raise DataFormatError(
                "no motion in this file",
                why=f"there is no array `trans`; arrays used: {', '.join(sorted(arrays)) or 'none'}",
                mend="leave it out: shape.npz holds the body of a person, motion is in *_poses.npz or *_stageii.npz",
            )
        translation = _numbers(arrays, "trans", (None, 3))
        poses = _poses(arrays)
        if len(poses) != len(translation) or not len(poses):
            raise DataFormatError(
                "poses and translation differ in length" if len(poses) != len(translation) else "there are no frames",
                why=f"{len(poses)} frames of poses, {len(translation)} of `trans`",
                mend="copy the file again",
            )
        rotations = poses[:, : 3 * JOINTS].reshape(len(poses), JOINTS, 3)
        _refuse_missing(rotations, "joint")
        _refuse_missing(translation[:, None], "translation")
        chosen, notes = _rate(_stated(arrays), len(poses), rate, duration)
        gender, doubt = _gender(arrays.get("gender"))
        return Amass(
            rotations=rotations,
            translation=translation,
            rate=chosen,
            gender=gender,
            betas=_numbers(arrays, "betas", (None,)) if "betas" in arrays else np.empty(0),
            flags=(*notes, *doubt, *_looks(rotations, translation)),
        )


def _poses(arrays: Mapping[str, NDArray[Any]]) -> Array:
    """(T, 66 or more) axis-angle; where a file holds both layouts they must agree."""
    split = {"root_orient", "pose_body"} <= arrays.keys()
    if "poses" not in arrays and not split:
        raise DataFormatError(
            "no poses in this file",
            why=f"neither `poses` nor `root_orient` and `pose_body`; arrays used: {', '.join(sorted(arrays))}",
            mend="give an AMASS file of SMPL-H or SMPL-X",
        )
    parts = [_numbers(arrays, "root_orient", (None, 3)), _numbers(arrays, "pose_body", (None, 63))] if split else []
    if len({len(part) for part in parts}) > 1:
        raise DataFormatError(
            "root and body differ in length",
            why=f"`root_orient` has {len(parts[0])} frames, `pose_body` {len(parts[1])}",
            mend="copy the file again",
        )
    if "poses" not in arrays:
        return np.hstack(parts)
    poses = _numbers(arrays, "poses", (None, None))
    if poses.shape[1] not in WIDTHS:
        raise DataFormatError(
            "poses of another body model",
            where="array poses",
            why=f"{poses.shape[1]} numbers a frame, expected {', '.join(map(str, WIDTHS))}",
            mend="give an AMASS file of SMPL-H or SMPL-X",
        )
    body = poses[:, : 3 * JOINTS]
    if split and (len(body) != len(parts[0]) or not np.allclose(body, np.hstack(parts), atol=1e-4, equal_nan=True)):
        raise DataFormatError(
            "two poses that contradict each other",
            why="`poses` is not `root_orient` and `pose_body` side by side",
            mend="keep one of them in the file",
        )
    return body


def _numbers(arrays: Mapping[str, NDArray[Any]], name: str, shape: tuple[int | None, ...]) -> Array:
    """An array as float64, of the stated shape (None: any length)."""
    array = arrays[name]
    fits = array.ndim == len(shape) and all(want in (None, got) for want, got in zip(shape, array.shape, strict=True))
    if not fits or array.dtype.kind not in "fiu":
        wanted = ", ".join("T" if want is None else str(want) for want in shape)
        raise DataFormatError(
            "an array of another shape or kind",
            where=f"array {name}",
            why=f"{array.dtype} {array.shape}, expected numbers ({wanted})",
            mend="give an AMASS file of SMPL-H or SMPL-X",
        )
    return array.astype(np.float64)


def _refuse_missing(values: Array, what: str) -> None:
    """Refuse (T, J, 3) that is not finite everywhere, with the first place."""
    bad = np.asarray(~np.isfinite(values).all(axis=2))
    if bad.any():
        frame, joint = np.argwhere(bad)[0].tolist()
        where = f"frame {frame}, {what} {joint}" if what == "joint" else f"frame {frame}, {what}"
        raise DataFormatError(
            "a motion that is not finite",
            where=where,
            why=f"{values[frame, joint].tolist()}, {np.count_nonzero(bad.any(axis=1))} frames in all",
            mend="leave the sequence out, or cut it there",
        )


def _stated(arrays: Mapping[str, NDArray[Any]]) -> dict[str, float]:
    """The rates that the file states, by key, in Hz; NaN for one that is no number."""
    found = {}
    for key in RATE_KEYS:
        if key in arrays:
            one = arrays[key].size == 1 and arrays[key].dtype.kind in "fiu"
            found[key] = float(arrays[key].reshape(-1)[0]) if one else float("nan")
    return found


def _rate(
    stated: Mapping[str, float], frames: int, rate: float | None, duration: float | None
) -> tuple[float, tuple[Flag, ...]]:
    """The one rate that is stated, given, or agrees with the duration; and what must be said about it."""
    said = ", ".join(f"{key} = {value:g} Hz" for key, value in stated.items()) or "no rate stated"
    candidates = sorted(set(stated.values())) if rate is None else [rate]
    if not candidates or not all(np.isfinite(each) and each > 0 for each in candidates):
        given = said if rate is None else f"rate = {rate:g} Hz was given"
        raise DataFormatError(
            "no usable frame rate", where=" and ".join(RATE_KEYS), why=given, mend="state `rate` in Hz"
        )
    agreeing = [each for each in candidates if duration is None or abs(frames - duration * each) <= FRAMES]
    if len(agreeing) != 1:
        raise DataFormatError(
            "the frame rates conflict" if len(candidates) > 1 else "the frame rate contradicts the duration",
            where=" and ".join(stated) or "rate",
            why=f"{said if rate is None else f'rate = {rate:g} Hz was given'}; {_test(frames, candidates, duration)}",
            mend="state `rate` in Hz, or `duration` in s if it is known",
        )
    notes = []
    if len(set(stated.values()) | set(agreeing)) > 1:
        how = "as given" if rate is not None else _test(frames, candidates, duration)
        notes.append(Flag("rate_conflict", f"{said}; {agreeing[0]:g} Hz is used: {how}"))
    if not any(abs(agreeing[0] - usual) <= NEAR or agreeing[0] == usual for usual in USUAL):
        notes.append(Flag("unusual_rate", f"{agreeing[0]:g} Hz, AMASS has {', '.join(f'{u:g}' for u in USUAL)}"))
    return agreeing[0], tuple(notes)


def _test(frames: int, candidates: list[float], duration: float | None) -> str:
    """What the duration says about each rate, in words."""
    if duration is None:
        return "no duration was given to decide"
    lengths = ", ".join(f"{frames / each:.3f} s at {each:g} Hz" for each in candidates)
    implied = f", which is {frames / duration:.2f} Hz" if duration > 0 else ""
    return f"duration {duration:g} s{implied}; {frames} frames last {lengths}; {FRAMES} frames may differ"


def _gender(array: NDArray[Any] | None) -> tuple[str, tuple[Flag, ...]]:
    """One of `GENDERS`, from text, bytes, or bytes that were written as text (`b'male'`)."""
    if array is None:
        return "", (Flag("gender", "not stated"),)
    cell = array.reshape(-1)[0] if array.size == 1 else ""
    text = cell.decode("latin-1") if isinstance(cell, bytes) else str(cell)
    found = text.strip().removeprefix("b'").removesuffix("'").lower()
    if found in GENDERS:
        return found, ()
    return "", (Flag("gender", f"{text[:40]!r} is none of {', '.join(GENDERS)}"),)


def _looks(rotations: Array, translation: Array) -> tuple[Flag, ...]:
    """What speaks against radians, and against a world whose z points up."""
    flags = []
    widest = float(np.linalg.norm(rotations, axis=2).max())
    if widest > 2 * np.pi + 1e-6:
        flags.append(Flag("unit", f"a joint turns by {widest:.3g} rad, beyond a full turn: degrees (factor 57.3)?"))
    upwards = np.median(_second_axis(rotations[:, 0]), axis=0)
    if abs(upwards[1]) > abs(upwards[2]):
        where = ", ".join(f"{each:.2f}" for each in upwards)
        flags.append(
            Flag("y_up", f"the body's long axis is ({where}) in the world: y up, or a person who lies; z up expected")
        )
    elif upwards[2] < -0.5:
        flags.append(Flag("upside_down", f"the body's long axis points down, z = {upwards[2]:.2f}"))
    return tuple(flags)


def _second_axis(vectors: Array) -> Array:
    """Where rotations (T, 3) take the y axis, which is the long axis of the body: (T, 3)."""
    from scipy.spatial.transform import Rotation

    return np.asarray(Rotation.from_rotvec(vectors).apply([0.0, 1.0, 0.0]))
