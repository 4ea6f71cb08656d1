"""The body as data: muscles, sEMG sites, coordinates, and the two legs of a recording."""

from myoshift.anatomy import smpl
from myoshift.anatomy.antagonists import Antagonists, antagonists
from myoshift.anatomy.coordinates import CONVENTIONS, COORDINATES, Coordinate, coordinate, is_coupled
from myoshift.anatomy.derived import Derived, derived, is_derived_column
from myoshift.anatomy.joint_angles import AngleMethod, arm_angles, hip_centre, joint_angles, pelvis_frame
from myoshift.anatomy.keypoints import keypoint_angles
from myoshift.anatomy.legs import CONTRALATERAL, Leg, join, legs, mirror, refuse_unknown_inputs
from myoshift.anatomy.markers import (
    PLUG_IN_GAIT,
    ArmMarkers,
    Landmarks,
    MarkerSet,
    course,
    facing,
    foot_slope,
    landmarks,
    up,
)
from myoshift.anatomy.muscles import IPSILATERAL, MUSCLES, Muscle, mint_names, muscle, muscles
from myoshift.anatomy.neighbours import neighbours, surroundings
from myoshift.anatomy.sites import SITES, Site, members, montage, of_the_leg, output_weights, site, strands
from myoshift.anatomy.tables import split_side

__all__ = [
    "CONTRALATERAL",
    "CONVENTIONS",
    "COORDINATES",
    "IPSILATERAL",
    "MUSCLES",
    "PLUG_IN_GAIT",
    "SITES",
    "AngleMethod",
    "Antagonists",
    "ArmMarkers",
    "Coordinate",
    "Derived",
    "Landmarks",
    "Leg",
    "MarkerSet",
    "Muscle",
    "Site",
    "antagonists",
    "arm_angles",
    "coordinate",
    "course",
    "derived",
    "facing",
    "foot_slope",
    "hip_centre",
    "is_coupled",
    "is_derived_column",
    "join",
    "joint_angles",
    "keypoint_angles",
    "landmarks",
    "legs",
    "members",
    "mint_names",
    "mirror",
    "montage",
    "muscle",
    "muscles",
    "neighbours",
    "of_the_leg",
    "output_weights",
    "pelvis_frame",
    "refuse_unknown_inputs",
    "site",
    "smpl",
    "split_side",
    "strands",
    "surroundings",
    "up",
]
