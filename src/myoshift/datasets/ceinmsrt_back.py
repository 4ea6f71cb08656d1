"""One person lifting a box with bent knees or bent back, 5 and 15 kg; trunk envelopes of both sides."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from myoshift import formats
from myoshift.datasets.base import DatasetInfo, drop, locate
from myoshift.types import Flag, Subject, Table, Trial

LIFTS = {"squat5kg": 5.0, "squat15kg": 15.0, "stoop5kg": 5.0, "stoop15kg": 15.0}
MUSCLES = {"rectabd": "rectus_abdominis", "iliocost": "iliocostalis", "longlumb": "longissimus_lumborum",
           "longthor": "longissimus_thoracis"}  # fmt: skip
SITES = {f"{channel}_{side}": f"{site}_{side}" for channel, site in MUSCLES.items() for side in "rl"}
JOINTS = ("L5_S1", "L4_L5", "L3_L4", "L2_L3", "L1_L2", "L1_T12")
LUMBAR = {"lumbar_extension": "Flex_Ext", "lumbar_bending": "Lat_Bending", "lumbar_rotation": "axial_rotation"}
RATES = (15.0, 1000.0)  # Hz, nominal: stamps of motion are up to 74 ms apart, of EMG up to 3 ms
DERIVED = Flag("derived", "sums of six lumbar joints that turn about the same axes", ", ".join(LUMBAR))


class CeinmsRtBack:
    """Rules: stamps are Unix seconds of one clock; angles are rad, also without a header; signs are canonical."""

    info = DatasetInfo(
        name="ceinmsrt-back", institution="CEINMS-RT", people=1, trials=4, motion_rates=RATES[:1],
        emg_rates=RATES[1:], tasks=("squat_lift", "stoop_lift"), licence="Apache-2.0 (repository licence)",
        citation="BackModel sample data, CEINMS-RT",
    )  # fmt: skip

    def trials(self, root: Path) -> Iterator[Trial]:
        """Pelvis, lumbar spine and arms; envelopes of eight trunk channels."""
        for name, load in LIFTS.items():
            ik, emg = (locate(root, self.info.name, f"Sample data/{name}/{file}.sto") for file in ("ik", "emgFilt"))
            motion = formats.read_sto(ik, angle_unit="rad")
            envelopes, dropped = drop(formats.read_sto(emg), {"zeroEMG": "constant 0"})
            yield self.info.trial(
                name=name, subject=Subject(id="back1"), task=f"{name[:5]}_lift",
                motion=_since(motion.time[0], _with_lumbar(motion), RATES[0]),
                emg=_since(motion.time[0], envelopes, RATES[1]),
                emg_kind="envelope",
                sites=SITES,
                external_load=load,
                sources=(formats.source(ik, root), formats.source(emg, root)),
                flags=(DERIVED, *dropped),
            )  # fmt: skip


def _with_lumbar(motion: Table) -> Table:
    """Pelvis and arms, and each rotation of the lumbar spine as the sum over its joints, exact for small angles."""
    sums = [motion.select(tuple(f"{j}_{turn}" for j in JOINTS)).values.sum(axis=1) for turn in LUMBAR.values()]
    kept = motion.select(tuple(n for n in motion.names if n.startswith(("pelvis", "arm", "elbow", "pro"))))
    names, values = (*kept.names, *LUMBAR), np.column_stack([kept.values, *sums])
    return replace(kept, values=values, names=names, units=(kept.units[0],) * len(names))


def _since(start: float, table: Table, rate: float) -> Table:
    return replace(table, time=table.time - start, rate=rate)
