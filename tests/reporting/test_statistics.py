"""The arithmetic behind figures: the worked checks of ux.md §13, and the exactness of the split."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reporting.statistics import Signal, contribution, wilson, xmr


@pytest.mark.parametrize(
    ("successes", "n", "low", "high"), [(9, 10, 0.596, 0.982), (57, 60, 0.863, 0.983), (171, 200, 0.800, 0.897)]
)
def test_wilson_is_as_worked_out(successes, n, low, high):
    assert wilson(successes, n) == pytest.approx((low, high), abs=0.0006)


def test_wilson_stays_within_a_share_and_refuses_nonsense():
    assert wilson(0, 3)[0] == 0.0
    assert wilson(3, 3)[1] == 1.0
    for successes, n in ((0, 0), (4, 3), (-1, 3)):
        with pytest.raises(ValueError, match="share"):
            wilson(successes, n)


class TestXmr:
    def test_too_few_points_have_no_limits(self):
        found = xmr([1.0] * 11)

        assert (found.centre, found.word, any(found.signals)) == (None, Signal.TOO_FEW, False)

    def test_limits_are_266_mean_moving_ranges_from_the_centre(self):
        found = xmr([10, 12] * 6)

        assert (found.centre, found.low, found.high) == pytest.approx((11, 11 - 2.66 * 2, 11 + 2.66 * 2))
        assert found.word is Signal.STABLE

    def test_a_point_outside_is_a_signal(self):
        found = xmr([10, 11, 10, 11, 10, 11, 10, 11, 10, 11, 10, 11, 30])

        assert found.signals[-1]
        assert not any(found.signals[:7])
        assert found.word is Signal.UP

    def test_eight_in_a_row_on_one_side_are_a_signal_and_a_gap_breaks_no_run(self):
        found = xmr([10, 14, 10, 14, 10, 14, 10, 14, 11, 11, 11, 11, None, 11, 11, 11, 11])

        assert found.signals[-1]
        assert not found.signals[12]
        assert found.word is Signal.DOWN

    def test_three_of_four_near_a_limit_are_a_signal(self):
        found = xmr([10, 12, 10, 12, 10, 12, 10, 12, 10, 12, 10, 12, 15.5, 15.5, 11, 15.5])

        assert found.signals[-1]

    def test_a_line_that_never_moves_is_stable(self):
        assert xmr([5.0] * 20).word is Signal.STABLE


counts = st.dictionaries(
    st.sampled_from("abcdef"),
    st.integers(0, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))),
    min_size=1,
)


@settings(max_examples=50, deadline=None)
@given(before=counts, after=counts)
def test_the_split_into_rate_and_mix_is_exact(before, after):
    n0, n1 = sum(n for _, n in before.values()), sum(n for _, n in after.values())
    shares = contribution(before, after)
    if not n0 or not n1:
        assert shares == []
        return
    change = sum(k for k, _ in after.values()) / n1 - sum(k for k, _ in before.values()) / n0

    assert sum(share.total for share in shares) == pytest.approx(change, abs=1e-9)
    assert change == pytest.approx(0) or sum(share.of_change for share in shares) == pytest.approx(1)


def test_the_slice_that_fell_is_named_first():
    before = {("es", "night"): (90, 100), ("en", "day"): (480, 500)}
    after = {("es", "night"): (30, 100), ("en", "day"): (475, 500)}

    worst = contribution(before, after)[0]

    assert worst.slice == ("es", "night")
    assert worst.rate == pytest.approx(100 / 600 * (0.3 - 0.9))
    assert worst.of_change > 0.9
