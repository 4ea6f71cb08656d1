"""One person walking overground: eleven time-normalised cycles of the right leg with fourteen envelopes."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from myoshift import formats
from myoshift.datasets.base import DatasetInfo, locate
from myoshift.types import Array, Event, Flag, Subject, Table, Trial

FILE = "ExperimentalData/ExperimentalData.mat"
SIDED = ("hip_", "knee_", "ankle_", "subtalar_", "mtp_", "arm_", "elbow_")
SITES = {
    "Hamstrings-lateralis": "hamstrings_lateral_r",
    "Tibialis-anterior": "tibialis_anterior_r",
    "Peroneus-longus": "peroneus_longus_r",
    "Gastrocnemius-lateralis": "gastrocnemius_lateralis_r",
    "Hamstrings-medialis": "hamstrings_medial_r",
    "Soleus": "soleus_r",
    "Vastus-lateralis": "vastus_lateralis_r",
    "Vastus-medialis": "vastus_medialis_r",
    "Gluteus-medialis": "gluteus_medius_r",
    "Rectus-femoris": "rectus_femoris_r",
    "Peroneus-brevis": "peroneus_brevis_r",
    "Gastrocnemius-medialis": "gastrocnemius_medialis_r",
    "Adductor-longus": "adductor_longus_r",
    "Tensor-fasciae-latae": "tensor_fasciae_latae_r",
}
