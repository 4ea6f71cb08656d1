"""Muscles in Time: muscle activations that simulations computed for walks and other movements of AMASS."""

from collections.abc import Iterator
from pathlib import Path

from myoshift import anatomy, formats
from myoshift.datasets.base import DatasetInfo, Origin, table
from myoshift.datasets.mint_index import Pair, pairs
from myoshift.types import Flag, Subject, Trial

AMASS = "amass"
ALWAYS = (Flag("solver", "trajectory optimisation with activation dynamics, never below 0.01", "LU_* (legs)"),
           Flag("solver", "static optimisation without activation dynamics, down to 0", "TL_* (trunk)"),
           Flag("copy", "the motion is the whole sequence's, cut to the time of the stretch"))  # fmt: skip


class Mint:
    """One trial for each stretch without a gap. Rules: rows go by their time, the motion is AMASS's, by its path.

    A chunk whose simulation failed is not there, and nothing is filtered or interpolated across it. Of two rates that
    AMASS states the one counts that gives the duration in the metadata. A person is `<subset>/<subject>`.
    """

    info = DatasetInfo(
        name="mint", institution="MinT", people=227, trials=0, motion_rates=(), emg_rates=(),
        tasks=("walk", "run", "movement"), licence="see the repository page; the motions have the terms of AMASS",
        citation="Schneider et al. 2024, Muscles in Time, NeurIPS, arXiv 2411.00128",
        origin=Origin(
            page="https://doi.org/10.35097/VDPCEFSThBWlDPFL",
            terms="MinT: those on its page. The motions: register at https://amass.is.tue.mpg.de, which allows "
            "research that is not commercial. Put MinT at mint/ and AMASS (SMPL-H G) at amass/ below the data folder",
        ),
    )  # fmt: skip

    def paths(self, root: Path) -> Iterator[Path]:
        """Tables and motion of every sequence that has both."""
        yield from (path for pair in pairs(root / self.info.name, root / AMASS) for path in pair.files)

    def trials(self, root: Path) -> Iterator[Trial]:
        """Angles of AMASS, activations of 402 muscles, simulated ground reaction forces."""
        for pair in pairs(root / self.info.name, root / AMASS):
            yield from self._stretches(pair, root)

    def _stretches(self, pair: Pair, root: Path) -> Iterator[Trial]:
        row, found = pair.sequence, formats.read_mint(pair.folder, muscles=anatomy.mint_names())
        amass = formats.read_amass(pair.motion, duration=row.seconds)
        motion = table(*anatomy.smpl.angles(amass.rotations), "rad", amass.rate)
        sources = tuple(formats.source(path, root) for path in pair.files)
        for number, part in enumerate(found.stretches(), 1):
            yield self.info.trial(
                name=f"{row.name}-{number}",
                subject=Subject(id=row.person, mass=row.mass, height=row.height),
                task=row.task,
                motion=motion,
                activation=part.activations,
                forces=part.ground,
                sources=sources,
                flags=(*found.flags, *amass.flags, *ALWAYS, *row.doubts),
            )
