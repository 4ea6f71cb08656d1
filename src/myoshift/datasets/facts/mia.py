"""Facts about mia, as its publication and its official lists state them: of the whole set, not of a part."""

from __future__ import annotations

from myoshift.datasets.facts import Fact
from myoshift.datasets.measures import count, flagged

FACTS = (
    Fact("windows of the official train part", count("*/*/train-*"), 19563),
    Fact("windows of the official val part", count("*/*/val-*"), 3053),
    Fact("train windows of Subject0", count("Subject0/*/train-*"), 7239),
    Fact("trials whose sides the movement contradicts", flagged("*", "probable_swap"), 0),
)
