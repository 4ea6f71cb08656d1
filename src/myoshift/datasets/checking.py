"""Any target checked: a DOMAIN, a folder, a file, or a data set by its name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from myoshift import registry, store
from myoshift.datasets.base import data_root, load
from myoshift.datasets.domains import domain
from myoshift.datasets.files import files, judge_file, judge_folder, stated
from myoshift.datasets.judgement import Judgement, counts
from myoshift.datasets.plausibility import judge
from myoshift.datasets.seen import as_trial
from myoshift.datasets.thresholds import DEFAULT, Thresholds
from myoshift.errors import DataRefused, MyoshiftError
from myoshift.types import EmgKind, Flag, Recording, Trial

if TYPE_CHECKING:
    from myoshift.datasets.page import Section

SHOWN_FILES = 24
DOUBTS = {
    "unit": "correct `emg.unit`, or leave it out",
    "masked": "look at these channels: they are NaN where it says so",
    "emg_masked": "look at these channels: they are NaN in the recording",
    "emg_flag": "look at these channels, and at `emg.unit` and `emg.kind`",
    "out_of_range": "see `motion.unit` and `motion.convention`",
    "above_mvc": "see `emg.unit` and `emg.normalisation`",
    "mains_setting": "see `preparation.mains`",
}
"""Flags of an import that a check repeats, and how to mend each."""


@dataclass(frozen=True, kw_only=True)
class Checked:
    """Judgements on a target, the thresholds they were made by, and what there is to draw of it."""

    title: str
    judgements: tuple[Judgement, ...]
    thresholds: Thresholds = DEFAULT
    trials: Sequence[Trial] = ()
    paths: Sequence[Path] = ()

    def write(self, target: Path) -> Path:
        """The verdicts and traces as one offline HTML page."""
        from myoshift.datasets import page

        drawn = page.of_trials(self.trials) if self.trials else tuple(self._files())
        said = ", ".join(f"{number} {ruling}" for ruling, number in counts(self.judgements).items())
        doubts = [each for each in self.judgements if each.verdict != "pass"]
        verdicts = [Flag(each.rule, f"{each.verdict}: {each.why}. {each.mend}", each.where) for each in doubts]
        return page.write(target, self.title, drawn, said, verdicts)

    def _files(self) -> list[Section]:
        from myoshift import formats
        from myoshift.datasets import page

        sections: list[Section] = []
        for path in self.paths[:SHOWN_FILES]:
            try:
                options = stated(path, {}) if formats.kind(path) in formats.WORDS else {}
                sections.append(page.of_file(path, **options)[1])
            except MyoshiftError:
                continue  # the judgements say what was refused
        return sections


def check_target(target: str, *, root: Path | None = None, emg: EmgKind | None = None, **options: Any) -> Checked:
    """Judge a DOMAIN or a data set by its recordings, any other folder and a file by what a reader says.

    Parameters
    ----------
    target : a path, or the name of a data set where there is no such path
    root : folder with one folder per data set
    emg, options : for files, see `judge_file`

    Raises
    ------
    DataRefused
        When there is no such target, or a DOMAIN or data set cannot be read at all.
    """
    path = Path(target)
    if path.is_file():
        return Checked(title=target, judgements=tuple(judge_file(path, emg=emg, **options)), paths=(path,))
    if path.is_dir():
        if _is_domain(path):
            recordings = domain(path)
            found = _of_trials(target, tuple(as_trial(each) for each in recordings))
            return replace(found, judgements=(*imported(recordings), *found.judgements))
        judged = tuple(judge_folder(path, emg=emg, **options))
        return Checked(title=target, judgements=judged, paths=tuple(files(path)))
    if target in registry.names("datasets"):
        return _of_trials(target, tuple(load(target).trials(data_root(root))))
    raise DataRefused(
        "there is nothing to check",
        where=target,
        why="neither a path nor the name of a data set",
        mend="name a DOMAIN, a folder, a file, or a data set (`myoshift list datasets` prints them)",
    )


def imported(recordings: Sequence[Recording]) -> Iterator[Judgement]:
    """What the import already doubted, which the recordings alone do not show: a judgement per recording and code."""
    for one in recordings:
        for code, mend in DOUBTS.items():
            said = [f"{flag.where}: {flag.message}" for flag in one.flags if flag.code == code]
            if said:
                place = one.id.removeprefix(f"{one.dataset}/").replace("//", "/")
                yield Judgement(rule=code, where=place, verdict="flag", why="; ".join(said), mend=mend)


def _of_trials(title: str, trials: Sequence[Trial]) -> Checked:
    return Checked(title=title, judgements=tuple(judge(trials)), trials=trials)


def _is_domain(folder: Path) -> bool:
    return any((folder / name).is_file() for name in (store.INDEX, "sources.json")) or any(
        folder.glob(f"*/{store.INDEX}")
    )
