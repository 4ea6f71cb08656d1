from __future__ import annotations

import xml.etree.ElementTree as ET
from collections import Counter
from importlib import resources

import pytest

from myoshift import anatomy
from myoshift.errors import UnknownNameError

NECK_RIGHT = """
stern_mast cleid_mast cleid_occ scalenus_ant scalenus_med scalenus_post long_col_c1thx long_col_c5thx
splen_cap_skl_T1 splen_cap_skl_T2 splen_cerv_c3_T3 splen_cerv_c3_T4 splen_cerv_c3_T5 splen_cerv_c3_T6
semi_cap_sklthx semi_cerv_c3thx levator_scap longissi_cerv_c4thx iliocost_cerv_c5rib
supmult-T1-C4 supmult-T1-C5 supmult-T2-C6 deepmult-T1-C5 deepmult-T1-C6 deepmult-T2-C7 deepmult-T2-T1
"""
MULTIFIDUS = """
L4_T12 L3_T11 T12_T10 L2_T10 T11_T9 L1_T9 T10_T8 T12_T8 T9_T7 T11_T7 T8_T6 T10_T6
T7_T5 T9_T5 T6_T4 T8_T4 T5_T3 T7_T3 T4_T2 T6_T2 T3_T1 T5_T1 T4_C7
"""
NECK = NECK_RIGHT.split() + [f"multifidus_{levels}" for levels in MULTIFIDUS.split()]
QL_POST = ("1-L3", "2-L4", "2-L3", "2-L2", "3-L1", "3-L2", "3-L3")
QL_MID = ("3-12_3", "3-12_2", "3-12_1", "2-12_1", "4-12_3")
QL_ANT = ("2-T12", "3-T12", "2-12_1", "3-12_1", "3-12_2", "3-12_3")


def numbered(prefix, first, last, step=1):
    return [f"{prefix}{i}" for i in range(first, last + step, step)]


def both(names):
    return [f"{name}_{side}" for side in "rl" for name in names]


def trunk_names():
    """MinT's 322 trunk and neck columns, by the rule that generates them."""
    psoas = [name for i in range(1, 5) for name in (f"Ps_L{i}_TP", f"Ps_L{i}_L{i + 1}_IVD")]
    multifidus = [f"MF_m{i}{part}" for i in range(1, 6) for part in ("s", "t_1", "t_2", "t_3")]
    return [
        f"TL_{name}"
        for name in (
            *both(["Ps_L1_VB", *psoas, "Ps_L5_TP", "Ps_L5_VB"]),
            "rect_abd_l",
            "rect_abd_r",
            *both(numbered("IL_L", 1, 4)),
            *both(numbered("IL_R", 5, 12)),
            *both(numbered("LTpT_T", 1, 12) + numbered("LTpT_R", 4, 12)),
            *both(numbered("LTpL_L", 5, 1, -1)),
            *both([f"QL_post_I_{x}" for x in QL_POST]),
            *both([f"QL_mid_L{x}" for x in QL_MID]),
            *both([f"QL_ant_I_{x}" for x in QL_ANT]),
            *both(multifidus + [f"MF_m{i}_laminar" for i in range(1, 6)]),
            *both(numbered("E0_R", 5, 12)),
            *both(numbered("IO", 1, 6)),
            *NECK,
            *(f"{name}_L" for name in NECK),
            *(f"TR{i}_{side}" for side in "lr" for i in range(1, 6)),
        )
    ]


def test_eighty_lower_limb_muscles_forty_a_side():
    assert len(anatomy.MUSCLES) == len(set(anatomy.MUSCLES)) == 80
    assert len(anatomy.IPSILATERAL) == 40
    assert set(anatomy.MUSCLES) == {f"{base}_{side}" for base in anatomy.IPSILATERAL for side in "rl"}


def test_mint_has_402_columns_left_block_first():
    names = anatomy.mint_names()
    assert len(names) == len(set(names)) == 402
    assert names[:40] == tuple(f"LU_{base}_l" for base in anatomy.IPSILATERAL)
    assert names[40:80] == tuple(f"LU_{base}_r" for base in anatomy.IPSILATERAL)
    assert list(names[80:]) == trunk_names()


def test_every_name_resolves_to_itself():
    for name in (*anatomy.MUSCLES, *anatomy.mint_names()):
        assert name in (anatomy.muscle(name).name, anatomy.muscle(name).mint)


def test_a_neck_strand_without_suffix_is_the_right_one():
    right, left = anatomy.muscle("TL_stern_mast"), anatomy.muscle("TL_stern_mast_L")
    assert (right.side, left.side) == ("r", "l")
    assert right.base == left.base == "stern_mast"


def test_sides_of_mint_are_balanced():
    sides = Counter(anatomy.muscle(name).side for name in anatomy.mint_names())
    assert sides == {"r": 201, "l": 201}
    bases = Counter(anatomy.muscle(name).base for name in anatomy.mint_names())
    assert set(bases.values()) <= {2}


@pytest.mark.parametrize(
    ("alias", "name"),
    [
        ("soleus_r", "soleus_r"),
        ("med_gas_r", "gasmed_r"),
        ("lat_gas_l", "gaslat_l"),
        ("tib_ant_r", "tibant_r"),
        ("semimem_r", "semimem_r"),
        ("bifemlh_r", "bflh_r"),
        ("vas_lat_r", "vaslat_r"),
        ("rect_fem_l", "recfem_l"),
        ("LU_gasmed_l", "gasmed_l"),
        ("peri_r", "piri_r"),
    ],
)
def test_an_alias_of_another_model_is_the_same_muscle(alias, name):
    assert anatomy.muscle(alias).name == name


@pytest.mark.parametrize(
    ("alias", "bases"),
    [
        ("gastroc_r", {"gasmed", "gaslat"}),
        ("hamstrings_l", {"bflh", "semimem", "semiten"}),
        ("vasti_r", {"vaslat", "vasmed", "vasint"}),
        ("glut_max_r", {"glmax1", "glmax2", "glmax3"}),
        ("iliopsoas_l", {"iliacus", "psoas"}),
    ],
)
def test_a_lump_stands_for_several_muscles(alias, bases):
    found = anatomy.muscles(alias)
    assert {each.base for each in found} == bases
    assert {each.side for each in found} == {alias[-1]}
    with pytest.raises(UnknownNameError, match="stands for") as error:
        anatomy.muscle(alias)
    assert all(each.name in str(error.value) for each in found)


@pytest.mark.parametrize("name", ["soleuss_r", "soleus", "R_soleus", "soleus_r_reserve", "FX", ""])
def test_an_unknown_name_is_refused_with_the_nearest(name):
    with pytest.raises(UnknownNameError) as error:
        anatomy.muscle(name)
    message = str(error.value)
    assert repr(name) in message
    assert len(message.split("nearest known names: ")[1].split(")")[0].split(", ")) == 3
    if "oleus" in name:
        assert "soleus_r" in message


MODELS = {
    "ceinmsrt-lowerlimb/model/gait2392.osim": 92,
    "kul-3dpredictsim/OpenSimModel/subject1/subject1.osim": 92,
    "opensim-core-moco/OpenSim/Examples/Moco/example3DWalking/subject_walk_scaled.osim": 80,
    "opensim-core-moco/Bindings/Java/Matlab/examples/Moco/exampleEMGTracking/subject_walk_armless_18musc.osim": 18,
    "stanford-matlabso/TestData/Rajagopal_scaled_Sub1_gasAvoid.osim": 80,
}


@pytest.mark.parametrize("model", MODELS)
def test_every_muscle_of_a_real_model_resolves(data_root, model):
    forces = [e for e in ET.parse(data_root / model).iter() if "Muscle" in e.tag and e.get("name")]
    names = [e.get("name") for e in forces if e.tag.endswith(("Muscle", "_Deprecated"))]
    names = [name for name in names if name != "default"]
    assert len(names) == MODELS[model]
    for name in names:
        assert {each.side for each in anatomy.muscles(name)} == {name[-1]}


def test_the_right_side_model_names_a_left_muscle_of_the_same_kind(data_root):
    model = data_root / "ceinmsrt-lowerlimb/model/gait2392.osim"
    names = {e.get("name") for e in ET.parse(model).iter() if e.tag.endswith(("Muscle", "_Deprecated"))}
    for name in (n for n in names if n and n.endswith("_r")):
        left = anatomy.muscles(name[:-1] + "l")
        assert [m.base for m in anatomy.muscles(name)] == [m.base for m in left]


def test_myolegs_has_the_same_eighty_names():
    folder = pytest.importorskip("myo_sim", reason="the MuJoCo models are an extra")
    file = resources.files(folder).joinpath("models/leg/assets/myolegs_muscle.xml")
    names = {e.get("name") for e in ET.fromstring(file.read_text()).iter("general")} - {None}
    assert names == set(anatomy.MUSCLES)


def test_the_lumped_myolegs_resolves():
    folder = pytest.importorskip("myo_sim", reason="the MuJoCo models are an extra")
    file = resources.files(folder).joinpath("models/leg/assets/myolegs26_muscle.xml")
    names = {e.get("name") for e in ET.fromstring(file.read_text()).iter("general")} - {None}
    assert len(names) == 26
    assert all(anatomy.muscles(name) for name in names)
