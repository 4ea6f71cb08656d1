"""The body as data: muscles, sEMG sites, coordinates, and the two legs of a recording."""

from myoshift.anatomy.coordinates import CONVENTIONS, COORDINATES, Coordinate, coordinate, is_coupled
from myoshift.anatomy.legs import Leg, join, legs, mirror
from myoshift.anatomy.muscles import IPSILATERAL, MUSCLES, Muscle, mint_names, muscle, muscles
from myoshift.anatomy.sites import SITES, Site, members, montage, output_weights, site, strands
from myoshift.anatomy.tables import split_side

__all__ = [
    "CONVENTIONS",
    "COORDINATES",
    "IPSILATERAL",
    "MUSCLES",
    "SITES",
    "Coordinate",
    "Leg",
    "Muscle",
    "Site",
    "coordinate",
    "is_coupled",
    "join",
    "legs",
    "members",
    "mint_names",
    "mirror",
    "montage",
    "muscle",
    "muscles",
    "output_weights",
    "site",
    "split_side",
    "strands",
]
