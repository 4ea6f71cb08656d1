"""Static optimisation: against the conditions of an optimum, against other solvers, and where others fail."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from myoshift.errors import DataRefused
from myoshift.simulate.static import CHUNK, solve_static

SCALES = (1.0, 30.0, 100.0, 300.0)


def frames(count, *, scale=100.0, seed=0, moments=5, muscles=40, dtype=torch.float64):
    """Muscles that move two or three neighbouring joints, up to 150 N m each; moments of every size up to `scale`."""
    random = np.random.default_rng(seed)
    joint, own = np.arange(moments)[:, None], random.integers(0, moments, muscles)
    arms = random.normal(0, 50, (count, moments, muscles)) * (np.abs(joint - own) <= 1)
    asked = random.normal(0, scale, (count, moments))
    return torch.tensor(arms, dtype=dtype), torch.tensor(asked, dtype=dtype)


def mixed(count, seed=0, dtype=torch.float64):
    """Frames of all scales: idle, walking, hard, and beyond what the muscles can do."""
    parts = [frames(count // len(SCALES), scale=scale, seed=seed + i, dtype=dtype) for i, scale in enumerate(SCALES)]
    return tuple(torch.cat(part) for part in zip(*parts, strict=True))


def imbalance(arms, asked, found):
    """What the returned numbers leave unbalanced, in float64, relative to one plus the largest moment."""
    given = (arms.double() @ found.activation.double().unsqueeze(2)).squeeze(2) + found.reserve.double()
    return ((given - asked.double()).abs().amax(dim=1) / (1 + asked.double().abs().amax(dim=1))).max()


def marginal(arms, found, exponent, weights, reserve=1.0):
    """Worth less marginal cost of each muscle: 0 inside, negative or 0 at the floor, positive or 0 at the ceiling."""
    prices = 2 * found.reserve / reserve**2
    worth = (arms.mT @ prices.unsqueeze(2)).squeeze(2)
    return worth - exponent * weights * found.activation ** (exponent - 1)


def quadratic(arms, asked, low=0.01, high=1.0, weights=None, reserve=1.0):
    """Frame by frame by DAQP, an active-set solver in C (Arnström et al. 2022, IEEE TAC 67:4362)."""
    daqp = pytest.importorskip("daqp")
    count, rows, muscles = arms.shape
    weights = np.ones(muscles) if weights is None else weights
    hessian = np.diag(np.r_[2 * weights, 2 * np.ones(rows)])
    far, out = np.full(rows, 1e30), np.empty((count, muscles))
    sense = np.r_[np.zeros(muscles + rows), np.full(rows, 5)].astype(np.int32)
    for i in range(count):
        upper, lower = (np.r_[np.full(muscles, b), s * far, asked[i]] for b, s in ((high, 1), (low, -1)))
        table = np.ascontiguousarray(np.c_[arms[i], reserve * np.eye(rows)])
        x, _, flag, _ = daqp.solve(hessian, np.zeros(muscles + rows), table, upper, lower, sense)
        assert flag == 1
        out[i] = x[:muscles]
    return out


def armijo(arms, asked, steps=60):
    """The same dual by Newton's method with backtracking on its value, and the imbalance that it leaves."""

    def value(prices):
        worth = (arms.mT @ prices.unsqueeze(2)).squeeze(2)
        a = (worth / 2).clamp(0.01, 1)
        return (worth * a - a**2).sum(1) + (prices**2).sum(1) / 4 - (asked * prices).sum(1), a

    prices = torch.zeros_like(asked)
    for _ in range(steps):
        now, a = value(prices)
        slope = (arms @ a.unsqueeze(2)).squeeze(2) + prices / 2 - asked
        soft = arms * (((a > 0.01) & (a < 1)) / 2).unsqueeze(1)
        move = -torch.linalg.solve(soft @ arms.mT + torch.eye(5, dtype=arms.dtype) / 2, slope)
        length, begin = torch.ones_like(now), (slope * move).sum(1)
        for _ in range(40):
            worse = value(prices + length.unsqueeze(1) * move)[0] > now + 1e-4 * length * begin
            length = torch.where(worse, length / 2, length)
        length = torch.where(worse, 0, length)
        prices = prices + length.unsqueeze(1) * move
    return slope.abs().amax(1) / (1 + asked.abs().amax(1))


@pytest.mark.parametrize(("dtype", "most"), [(torch.float64, 1e-10), (torch.float32, 1e-6)])
@pytest.mark.parametrize("exponent", [1.5, 2.0, 3.0])
def test_moments_balance(dtype, most, exponent):
    arms, asked = mixed(2000, dtype=dtype)
    found = solve_static(arms, asked, exponent=exponent)
    assert found.converged.all()
    assert found.residual.max() <= most
    assert imbalance(arms, asked, found) <= most
    assert found.activation.min() >= np.float32(0.01)
    assert found.activation.max() <= 1.0
    assert found.activation.dtype == found.reserve.dtype == dtype


@pytest.mark.parametrize("exponent", [1.5, 2.0, 3.0])
def test_no_muscle_could_do_cheaper(exponent):
    arms, asked = mixed(2000)
    weights = torch.linspace(0.5, 2.0, 40, dtype=torch.float64)
    found = solve_static(arms, asked, exponent=exponent, weights=weights, low=0.02, high=0.9, reserve=2.0)
    gain = marginal(arms, found, exponent, weights, reserve=2.0)
    size = 1 + (arms.abs().mT @ (found.reserve.abs() / 2).unsqueeze(2)).squeeze(2)
    floor, ceiling = found.activation == 0.02, found.activation == 0.9
    assert floor.any()
    assert ceiling.any()
    assert (gain / size)[floor].max() <= 1e-9
    assert (gain / size)[ceiling].min() >= -1e-9
    assert (gain / size)[~floor & ~ceiling].abs().max() <= 1e-9


def test_ten_thousand_frames_are_those_of_an_active_set_solver():
    arms, asked = mixed(10_000, seed=7)
    found = solve_static(arms, asked)
    assert found.converged.all()
    assert np.abs(found.activation.numpy() - quadratic(arms.numpy(), asked.numpy())).max() <= 1e-5


def test_frames_on_which_backtracking_on_the_value_stops_short_are_solved():
    arms, asked = mixed(1000, seed=3)
    stuck = armijo(arms, asked) > 1e-3
    assert stuck.any()
    found = solve_static(arms[stuck], asked[stuck])
    assert found.converged.all()
    assert np.abs(found.activation.numpy() - quadratic(arms[stuck].numpy(), asked[stuck].numpy())).max() <= 1e-5
    single = solve_static(arms[stuck].float(), asked[stuck].float())
    assert single.converged.all()
    assert (single.activation.double() - found.activation).abs().max() <= 1e-4


def test_weights_and_bounds_are_those_of_bounded_least_squares():
    from scipy.optimize import lsq_linear

    arms, asked = frames(40, seed=5)
    random = np.random.default_rng(0)
    weights, low = random.uniform(0.2, 3, (40, 40)), random.uniform(0, 0.1, (40, 40))
    high = low + random.uniform(0.1, 0.8, (40, 40))
    given = {name: torch.tensor(x) for name, x in (("weights", weights), ("low", low), ("high", high))}
    found = solve_static(arms, asked, reserve=0.5, **given)
    for i in range(len(arms)):
        table = np.vstack([np.diag(np.sqrt(weights[i])), arms[i].numpy() / 0.5])
        wanted = np.r_[np.zeros(40), asked[i].numpy() / 0.5]
        other = lsq_linear(table, wanted, (low[i], high[i]), method="bvls", tol=1e-14).x
        assert np.abs(found.activation[i].numpy() - other).max() <= 1e-5


def test_other_numbers_of_moments_and_a_huge_ceiling():
    """The split of a wrench over the points of contact: six moments, a hundred forces, hardly any cost."""
    random = np.random.default_rng(2)
    arms = torch.tensor(random.normal(0, 0.01, (300, 6, 100)))
    asked = torch.tensor(random.normal(0, 5, (300, 6)))
    cost = torch.tensor(10 ** random.uniform(-7, 0, (300, 100)))
    found = solve_static(arms, asked, weights=cost, low=0.0, high=1e9, reserve=0.3)
    assert found.converged.all()
    assert found.activation.min() >= 0
    assert imbalance(arms, asked, found) <= 1e-10
    single = solve_static(arms.float(), asked.float(), weights=cost.float(), low=0.0, high=1e9, reserve=0.3)
    assert single.converged.all()


def test_moments_out_of_reach_go_to_the_reserves():
    arms, asked = frames(500)
    asked = 20 * asked
    beyond = asked.abs() > arms.abs().sum(dim=2) + 5
    assert beyond.sum() > 100
    for dtype in (torch.float32, torch.float64):
        found = solve_static(arms.to(dtype), asked.to(dtype))
        assert found.converged.all()
        assert found.activation.isfinite().all()
        assert (found.reserve.abs()[beyond] > 5).all()


def test_a_muscle_without_an_arm_stays_at_its_floor_and_a_moment_without_a_muscle_is_reserve():
    arms, asked = frames(20)
    arms[:, :, 7] = 0
    arms[:, 3] = 0
    found = solve_static(arms, asked, low=0.03)
    assert (found.activation[:, 7] == 0.03).all()
    assert torch.allclose(found.reserve[:, 3], asked[:, 3], rtol=1e-9)


def test_a_mirrored_leg_has_the_mirrored_solution():
    arms, asked = frames(200)
    sign = torch.tensor([1.0, -1, -1, 1, 1], dtype=torch.float64)
    here, there = solve_static(arms, asked), solve_static(arms * sign[:, None], asked * sign)
    assert torch.allclose(here.activation, there.activation, atol=1e-9)
    assert torch.allclose(here.reserve, there.reserve * sign, atol=1e-9)


def test_the_company_of_a_frame_does_not_matter():
    arms, asked = frames(400, scale=60.0)
    together = solve_static(arms, asked)
    for part in (slice(0, 1), slice(3, 100), slice(250, 400)):
        alone = solve_static(arms[part], asked[part])
        assert torch.allclose(together.activation[part], alone.activation, rtol=0, atol=1e-12)
        assert torch.equal(together.iterations[part], alone.iterations)


def test_more_frames_than_a_chunk(monkeypatch):
    arms, asked = frames(400, scale=60.0)
    together = solve_static(arms, asked)
    monkeypatch.setitem(CHUNK, "cpu", 64)
    assert torch.allclose(solve_static(arms, asked).activation, together.activation, rtol=0, atol=1e-12)


def test_frames_last_in_memory_give_the_same():
    arms, asked = frames(50)
    turned = arms.permute(1, 2, 0).contiguous().permute(2, 0, 1)
    assert torch.equal(solve_static(arms, asked).activation, solve_static(turned, asked).activation)


def test_no_frame_is_no_error():
    found = solve_static(torch.zeros(0, 5, 40), torch.zeros(0, 5))
    assert found.activation.shape == (0, 40)
    assert found.reserve.shape == (0, 5)


@pytest.mark.parametrize("value", [torch.nan, torch.inf])
def test_a_frame_that_is_not_finite_is_flagged_and_harms_no_other(value):
    arms, asked = frames(12)
    clean = solve_static(arms, asked)
    arms[3, 2, 5], asked[8, 1] = value, value
    found = solve_static(arms, asked)
    bad = torch.tensor([i in (3, 8) for i in range(12)])
    assert found.activation[bad].isnan().all()
    assert not found.converged[bad].any()
    assert found.converged[~bad].all()
    assert torch.allclose(found.activation[~bad], clean.activation[~bad], rtol=0, atol=1e-12)


@pytest.mark.parametrize(
    ("given", "word"),
    [
        ({"exponent": 1.0}, "exponent"),
        ({"exponent": float("nan")}, "exponent"),
        ({"weights": torch.zeros(40)}, "weights"),
        ({"weights": torch.ones(39)}, "weights"),
        ({"weights": torch.full((40,), torch.nan)}, "weights"),
        ({"low": -0.1}, "bounds"),
        ({"low": 0.5, "high": 0.4}, "bounds"),
        ({"high": torch.full((40,), torch.inf)}, "bounds"),
        ({"reserve": 0.0}, "reserve"),
    ],
)
def test_costs_that_make_no_sense_are_refused(given, word):
    arms, asked = frames(3, dtype=torch.float32)
    with pytest.raises(DataRefused, match=word):
        solve_static(arms, asked, **given)


@pytest.mark.parametrize(
    ("arms", "asked"),
    [
        (torch.zeros(3, 5, 40), torch.zeros(3, 4)),
        (torch.zeros(5, 40), torch.zeros(5)),
        (torch.zeros(3, 5, 40), torch.zeros(3, 5, dtype=torch.float64)),
        (torch.zeros(3, 5, 40, dtype=torch.int64), torch.zeros(3, 5, dtype=torch.int64)),
    ],
)
def test_shapes_and_kinds_that_do_not_belong_together_are_refused(arms, asked):
    with pytest.raises(DataRefused):
        solve_static(arms, asked)


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    exponent=st.sampled_from([1.1, 1.5, 2.0, 3.0, 4.0]) | st.floats(1.1, 6),
    scale=st.sampled_from([0.0, 1e-6, 1.0, 1e2, 1e4]),
    low=st.sampled_from([0.0, 1e-3, 0.01, 0.2]),
    reserve=st.floats(0.1, 10),
    muscles=st.integers(1, 50),
    moments=st.integers(1, 7),
    dtype=st.sampled_from([torch.float32, torch.float64]),
)
def test_whatever_is_finite_is_solved_without_nan(seed, exponent, scale, low, reserve, muscles, moments, dtype):
    arms, asked = frames(8, scale=scale, seed=seed, moments=moments, muscles=muscles, dtype=dtype)
    found = solve_static(arms, asked, exponent=exponent, low=low, reserve=reserve)
    assert found.activation.isfinite().all()
    assert found.reserve.isfinite().all()
    assert found.activation.min() >= torch.tensor(low, dtype=dtype)
    assert found.activation.max() <= 1
    assert found.converged.all() or (exponent > 2 and low < 1e-3)
    rounded = torch.finfo(dtype).eps * arms.abs().sum(dim=2).max()
    assert not found.converged.all() or imbalance(arms, asked, found) <= 1e-6 + rounded


@pytest.mark.parametrize("exponent", [2.0, 3.0])
@pytest.mark.parametrize("name", ["arms", "asked", "weights", "low", "high", "exponent"])
def test_the_gradient_is_that_of_finite_differences(name, exponent):
    arms, asked = frames(6, seed=11, scale=60.0)
    random = np.random.default_rng(1)
    by, reserved = torch.tensor(random.normal(size=(6, 40))), torch.tensor(random.normal(size=(6, 5)))
    values = {
        "arms": arms,
        "asked": asked,
        "weights": torch.tensor(random.uniform(0.5, 2, 40)),
        "low": torch.tensor(random.uniform(0.01, 0.03, (6, 40))),
        "high": torch.tensor(random.uniform(0.4, 0.9, 40)),
        "exponent": torch.tensor(exponent, dtype=torch.float64),
    }

    def loss(changed):
        rest = dict(values) | {name: changed}
        found = solve_static(rest.pop("arms"), rest.pop("asked"), reserve=1.5, **rest)
        return (found.activation * by).sum() + (found.reserve * reserved).sum()

    leaf = values[name].clone().requires_grad_()
    loss(leaf).backward()
    way = torch.tensor(random.normal(size=leaf.shape))
    step = 1e-6
    moved = (loss(values[name] + step * way) - loss(values[name] - step * way)) / (2 * step)
    assert (leaf.grad * way).sum().item() == pytest.approx(moved.item(), rel=1e-6, abs=1e-7)
    assert moved.abs() > 1e-3


def test_a_frame_that_is_not_finite_spoils_no_gradient():
    arms, asked = frames(5)
    arms[2, 0, 0] = torch.nan
    weights = torch.ones(40, dtype=torch.float64, requires_grad=True)
    solve_static(arms, asked, weights=weights).activation[[0, 1, 3, 4]].sum().backward()
    assert weights.grad.isfinite().all()
    assert weights.grad.abs().max() > 0
