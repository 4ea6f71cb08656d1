"""The parts of `lab.yaml`: files, motion, EMG, markers, events, cycles, people. Data only; see `spec`."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, GetJsonSchemaHandler, model_validator
from pydantic_core import CoreSchema

from myoshift.datasets.lab import templates
from myoshift.errors import ConfigError
from myoshift.formats.settings import Strict

Text = Annotated[str, Field(min_length=1)]
Positive = Annotated[float, Field(gt=0)]
Window = tuple[float | None, float | None]
Side = Literal["r", "l"]
Drops = dict[str, Text]
Names = Text | tuple[Text, ...]
AngleUnit = Literal["deg", "rad"]
EmgUnit = Literal["V", "mV", "uV", "counts", "1", "%", "arbitrary"]
Axis = Literal["time", "channel", "cycle"]
EVERYWHERE: Window = (None, None)


class Short(Strict):
    """A part of which its first key may stand alone: `emg: data/{trial}.csv` for `emg: {path: data/{trial}.csv}`."""

    alone: ClassVar[str]

    @model_validator(mode="before")
    @classmethod
    def _long(cls, said: Any) -> Any:
        return said if isinstance(said, dict | cls) else {cls.alone: said}

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        schema = handler(core)
        long = handler.resolve_ref_schema(schema)
        short = {k: v for k, v in long["properties"][cls.alone].items() if k not in ("title", "default")}
        whole = dict(long)
        long.clear()
        long.update({"anyOf": [short, whole]})
        return schema


class File(Short):
    """Files of one role, and how they are read where they do not say it themselves.

    path : pattern below FOLDER, with placeholders
    optional : a trial may lack this file
    rate : Hz, or the path of the variable that holds it; `time`: the column or variable that holds seconds
    start : seconds as in the `file`, from its own first sample (`zero`), or from the first sample of the `motion`
    delimiter, decimal, preamble, names, short_rows : of text; `preamble` lines stand above the labels, `names` are
        labels for a file without, and for .mat, .npz and .hdf5 the path of the variable that holds them
    variable : of .mat, .npz, .hdf5: path of an array with `axes`, or one path per column
    units : of EMG-BIDS: which unit holds where the file and `channels.tsv` state different ones
    start_within : of a table: range of a column; rows before it first lies inside are start-up values and cut
    """

    alone = "path"
    path: Text
    optional: bool = False
    rate: Positive | Text | None = None
    time: Text | None = None
    start: Literal["file", "zero", "motion"] = "file"
    delimiter: Annotated[str, Field(min_length=1, max_length=1)] | None = None
    decimal: Literal[".", ","] | None = None
    preamble: Annotated[int, Field(ge=0)] | None = None
    names: Names | None = None
    short_rows: Literal["refuse", "drop"] | None = None
    variable: Text | dict[str, Text] | None = None
    axes: tuple[Axis, ...] = ("time", "channel")
    units: Literal["file", "sidecar"] | None = None
    start_within: dict[str, tuple[float, float]] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        templates.pattern(self.path)
        if self.path.startswith(("/", "~")) or "\\" in self.path or {"..", "."} & set(self.path.split("/")):
            raise ConfigError(f"the pattern {self.path!r} leaves the folder", mend="write paths below FOLDER, with /")
        if not {"time", "channel"} <= set(self.axes) or len(set(self.axes)) != len(self.axes):
            raise ConfigError(
                f"axes {self.axes} make no sense", mend="name `time`, `channel` and perhaps `cycle` once"
            )
        return self


class Column(Short):
    """A column of motion: the coordinate that it is (by the convention if not said), its unit, its sign."""

    alone = "coordinate"
    coordinate: Text | None = None
    unit: Literal["deg", "rad", "m", "mm"] | None = None
    sign: Literal[1, -1] = 1


class Motion(Strict):
    """Coordinates, by the `convention` of their names and signs, or column by column.

    convention : of `anatomy`: rajagopal (knee flexion positive), gait2392 (negative), plug_in_gait, ...
    unit : of the angles; lengths beside them are metres
    columns : those to keep, perhaps with the coordinate that each is
    side : of names that are a coordinate only with one
    sums : coordinates that are the sum of columns
    drop : columns to leave out, and why
    window : seconds that are used
    """

    convention: Text | None = None
    unit: AngleUnit | None = None
    columns: dict[str, Column] = Field(default_factory=dict)
    side: Side | None = None
    sums: dict[str, Annotated[tuple[Text, ...], Field(min_length=1)]] = Field(default_factory=dict)
    drop: Drops = Field(default_factory=dict)
    window: Window = EVERYWHERE

    @model_validator(mode="before")
    @classmethod
    def _listed(cls, said: Any) -> Any:
        """`columns` may be a list of names."""
        if isinstance(said, dict) and isinstance(said.get("columns"), list | tuple):
            return {**said, "columns": {str(name): {} for name in said["columns"]}}
        return said


class Mask(Strict):
    """A stretch of a channel, or all of it, that is no EMG: NaN in the recording, with the reason as a flag."""

    channel: Text
    why: Text
    window: Window = EVERYWHERE


class Amplitude(Strict):
    """What amplitudes are relative to. Without it they stay in the unit of the file.

    kind : `none`; `mvc`, a maximal voluntary contraction; `task_peak`, the greatest value of a task
    values : the reference of each site, in the unit of the EMG
    applied : the file's values are already divided by the reference; a site without a value then has 1, or 100 for %
    """

    kind: Literal["none", "mvc", "task_peak"] = "none"
    values: dict[str, float] = Field(default_factory=dict)
    applied: bool = False


class Emg(Strict):
    """Channels and the sites that they are at.

    kind : `raw`; `rectified`, of which a 6 Hz low-pass makes the envelope; `envelope`
    unit : of the values; `1` for a fraction, `arbitrary` where nobody knows
    sites : site of each channel; `{}` in a channel is the letter of a side, and the site is then that side's
    side : of sites that have none
    drop : channels that are left out, and why; mask : stretches that are NaN, and why
    spread : range of a channel's standard deviation, in its unit; a channel outside is left out
    window : seconds that are used, on the clock of the EMG's file
    """

    kind: Literal["raw", "rectified", "envelope"] | None = None
    unit: EmgUnit | None = None
    sites: dict[str, Text] = Field(default_factory=dict)
    letters: tuple[Text, Text] = ("R", "L")
    side: Side | None = None
    drop: Drops = Field(default_factory=dict)
    mask: tuple[Mask, ...] = ()
    spread: tuple[float, float] | None = None
    window: Window = EVERYWHERE
    normalisation: Amplitude = Amplitude()


class Legs(Strict):
    """Which marker plays which role, as in `anatomy.MarkerSet`; `{}` stands for the letter of the side."""

    asis: Names = "{}ASI"
    psis: Names = "{}PSI"
    hip: Names = ()
    knee: Names = "{}KNE"
    ankle: Names = "{}ANK"
    heel: Names = "{}HEE"
    toe: Names = "{}TOE"
    letters: tuple[Text, Text] = ("R", "L")


class Arm(Strict):
    """Which marker plays which role for the trunk and one arm, as in `anatomy.ArmMarkers`."""

    notch: Names
    xiphoid: Names
    upper_spine: Names
    lower_spine: Names
    shoulder: Names
    elbow: Names
    wrist: Names
    side: Side


class MarkerRoles(Strict):
    """Joint angles from markers, of both legs or of one arm; they are used where there are no files of motion."""

    legs: Legs | None = None
    arm: Arm | None = None

    @model_validator(mode="after")
    def _one_of_them(self) -> Self:
        if (self.legs is None) == (self.arm is None):
            raise ConfigError("markers of what?", why="one of `markers.legs` and `markers.arm` is needed")
        return self


class Force(Strict):
    """Columns of vertical force by side: above `rise` N a stance begins, below `rearm` N the foot is off."""

    r: Text | None = None
    l: Text | None = None  # noqa: E741 - l is left, everywhere here
    rise: Positive
    rearm: Positive


class Events(Strict):
    """Where foot strikes come from: the first source that has any.

    strikes : of files with remarks (EDF, BDF, BIDS): the side whose foot strikes where one says this; `*` and `?` are
        wildcards. Times are on the clock of the EMG
    shift : s added to the times of a file
    """

    sources: tuple[Literal["file", "force", "markers"], ...] = ("file", "force", "markers")
    force: Force | None = None
    strikes: dict[str, Side] = Field(default_factory=dict)
    shift: float = 0.0


class Duration(Short):
    """Seconds of a cycle; or derived: how far a column of motion goes, over its mean in the variable `velocity`."""

    alone = "nominal"
    nominal: Positive | None = None
    advance: Text | None = None
    velocity: Text | None = None

    @model_validator(mode="after")
    def _one_of_them(self) -> Self:
        if (self.nominal is None) == (self.advance is None or self.velocity is None):
            raise ConfigError("how long is a cycle?", mend="write `seconds: 1.1`, or both `advance` and `velocity`")
        return self


class Cycles(Strict):
    """Files of time-normalised cycles, each a trial; their number is the placeholder `{cycle}`, from 0.

    samples : rows of a cycle in a table; an array has an axis `cycle` instead
    closed : the end of a cycle joins its beginning, as a whole gait cycle's does
    strike : side whose foot strikes at the beginning and end
    """

    seconds: Duration
    closed: bool
    samples: Annotated[int, Field(ge=2)] | None = None
    strike: Side | None = None


class Quantity(Short):
    """A number, or the place of one in the parameters of a C3D file (`PROCESSING.Bodymass`), and its unit there."""

    alone = "value"
    value: Positive | None = None
    parameter: Annotated[str, Field(pattern=r"^[^.]+\.[^.]+$")] | None = None
    unit: Literal["kg", "g", "m", "cm", "mm", "years"] | None = None


class Person(Strict):
    """One person, or with the name `*` everybody without an entry. kg, m and years where no unit is said.

    same_as : `dataset/subject` of another data set that this is the same person as
    """

    mass: Quantity | None = None
    height: Quantity | None = None
    age: Quantity | None = None
    same_as: Text | None = None


class Note(Strict):
    """Something that whoever uses the recordings must know; becomes a flag of each."""

    code: Text
    message: Text
    where: str = ""


class Prepared(Strict):
    """How trials become recordings, where it is not the default of `datasets.Preparation`."""

    asked: tuple[Text, ...] | None = None
    mains: Literal[50, 60] | None = None
    emg_low: Positive | None = None
    emg_high: Positive | None = None
    shortest: Positive | None = None


class Override(Strict):
    """What is said otherwise of the trials whose placeholders and fields match; `*` and `?` are wildcards."""

    where: Annotated[dict[str, Names], Field(min_length=1)]
    say: Annotated[dict[str, Any], Field(min_length=1)]
