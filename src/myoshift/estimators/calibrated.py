"""Any model of the leaderboard, calibrated with the labelled seconds of the person that is tested."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

from myoshift.calibration.chain import DEFAULT, steps
from myoshift.calibration.personal import calibrate
from myoshift.errors import ConfigError
from myoshift.estimators.ensemble import Member, average
from myoshift.predictor import Predictor, Problem, require
from myoshift.types import Split


@dataclass(frozen=True)
class Calibrated:
    """Fits its members to the source, averages them, and calibrates the mean.

    Parameters
    ----------
    member : split and number to a fitted member, which sees the source alone
    seeds : numbers of the members
    calibrator : names of calibrators joined by +, which follow one another
    simulated : for calibrators that ask whether the prediction is a simulated activation
    """

    name: ClassVar[str] = "calibrated"
    needs: ClassVar[frozenset[str]] = frozenset({"calibration"})

    problem: Problem
    member: Member | None = None
    seeds: tuple[int, ...] = ()
    seed: int = 0
    calibrator: str = DEFAULT
    simulated: bool = False

    def fit(self, split: Split) -> Predictor:
        """Fit, average, calibrate.

        Raises
        ------
        AccessError
            When the split grants no calibration recordings.
        ConfigError
            When there is no member.
        """
        require(split, self.needs, by=self.name)
        if self.member is None or not self.seeds:
            raise ConfigError(f"{self.name} needs a model to calibrate", mend="name it under `members`")
        source = replace(split, calibration=())
        members = [self.member(source, number) for number in self.seeds]
        model = members[0] if len(members) == 1 else average(self.problem, members)
        calibrators = steps(self.calibrator, {"simulated": True} if self.simulated else {})
        return calibrate(model, calibrators, split.calibration)
