from core.references import permute


def test_references_are_one_to_one_over_a_long_run():
    seen = {permute(number, key="k") for number in range(20_000)}

    assert len(seen) == 20_000
    assert all(1_000_000 <= reference < 10_000_000 for reference in seen)


def test_neighbours_tell_no_volume():
    steps = [abs(permute(n + 1, key="k") - permute(n, key="k")) for n in range(200)]

    assert min(steps) > 1
    assert sum(steps) / len(steps) > 1_000_000


def test_another_key_gives_another_order():
    assert [permute(n, key="a") for n in range(5)] != [permute(n, key="b") for n in range(5)]


def test_what_exceeds_seven_digits_gets_eight():
    assert len(str(permute(9_000_000, key="k"))) == 8
