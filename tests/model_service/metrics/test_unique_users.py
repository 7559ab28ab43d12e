"""The estimate of unique users: exact for few, close for many, bounded memory, one hour."""

import hashlib

import pytest

from model_service.metrics.unique_users import MAX_VALUES, SLICE_SECONDS, SLICES, UniqueUsers


class Clock:
    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def hash_of(user: int) -> int:
    return int.from_bytes(hashlib.blake2b(str(user).encode(), digest_size=8).digest())


def test_few_users_are_counted_exactly_and_each_once() -> None:
    users = UniqueUsers(Clock())
    for user in [*range(1000), *range(1000)]:
        users.add(hash_of(user))
    assert users.estimate() == 1000


@pytest.mark.parametrize("number", [5_000, 50_000])
def test_many_users_are_estimated_within_four_standard_errors(number: int) -> None:
    clock = Clock()
    users = UniqueUsers(clock)
    for user in range(number):
        # each comes twice, in two different slices of the hour
        clock.seconds = (user % 30) * SLICE_SECONDS
        users.add(hash_of(user // 2))
    assert users.estimate() == pytest.approx(number / 2, rel=4 / MAX_VALUES**0.5)


def test_a_user_of_more_than_an_hour_ago_is_not_counted() -> None:
    clock = Clock()
    users = UniqueUsers(clock)
    users.add(hash_of(1))
    clock.seconds = 30 * 60
    users.add(hash_of(2))
    clock.seconds = 60 * 60
    assert users.estimate() == 2
    clock.seconds = 62 * 60
    assert users.estimate() == 1
    clock.seconds = 5 * 3600
    assert users.estimate() == 0


def test_the_number_of_hashes_in_memory_is_bounded() -> None:
    clock = Clock()
    users = UniqueUsers(clock)
    for user in range(3 * SLICES * 500):
        clock.seconds = user / 500 * SLICE_SECONDS
        users.add(hash_of(user))
        users.add(hash_of(-user))
        users.add(hash_of(10**9 + user))
    sizes = [len(values) for _, values in users._slices]
    assert len(sizes) <= SLICES
    assert max(sizes) <= MAX_VALUES
