import numpy as np
import pytest

from myoshift import anatomy
from myoshift.errors import UnknownNameError
from myoshift.models.montage import output_weights


def test_a_site_sees_its_muscles_and_a_muscle_itself():
    weights = output_weights(("hamstrings", "bflh"))
    np.testing.assert_allclose(weights.sum(axis=1), 1)
    seen = {anatomy.IPSILATERAL[i] for i in np.flatnonzero(weights[0])}
    assert seen == set(anatomy.site("hamstrings").muscles)
    assert anatomy.IPSILATERAL[int(weights[1].argmax())] == "bflh"


def test_unknown_output_names_the_nearest():
    with pytest.raises(UnknownNameError, match=r"soleuss.*soleus"):
        output_weights(("soleuss",))
