"""Claims about tries that are wrong: how many there may be, by code and by address, and what they cost."""

from hotline1022.base.http.rate_limit import MOST_KEYS, RateLimit
from tickets.public.guessing import WRONG_BY_ADDRESS, WRONG_BY_CODE, Guessing

CODE = "20261233"


def test_a_code_runs_out_of_tries_wherever_they_come_from_and_gets_one_back_in_twelve_minutes() -> None:
    guessing = Guessing()
    waits = [guessing.wait(CODE, f"203.0.113.{number}", 0.0) for number in range(WRONG_BY_CODE[0] + 1)]
    assert waits[:-1] == [0.0] * WRONG_BY_CODE[0]
    assert waits[-1] == 720.0
    assert guessing.wait("10000007", "203.0.113.99", 0.0) == 0.0, "another code has its own tries"
    assert guessing.wait(CODE, "203.0.113.99", 720.0) == 0.0


def test_right_tries_cost_nothing() -> None:
    guessing = Guessing()
    for _ in range(100):
        assert guessing.wait(CODE, "203.0.113.1", 0.0) == 0.0
        guessing.right(CODE, "203.0.113.1")


def test_tries_at_the_same_time_all_count_before_any_is_known_to_be_wrong() -> None:
    guessing = Guessing()
    waits = [guessing.wait(CODE, "203.0.113.1", 0.0) for _ in range(20)]
    assert waits.count(0.0) == WRONG_BY_CODE[0]


def test_an_address_runs_out_of_tries_over_many_codes_and_with_codes_that_are_none() -> None:
    guessing = Guessing()
    codes = [f"{number:08}" if number % 2 else None for number in range(WRONG_BY_ADDRESS[0])]
    assert [guessing.wait(code, "203.0.113.1", 0.0) for code in codes] == [0.0] * len(codes)
    assert guessing.wait("99999999", "203.0.113.1", 0.0) > 0


def test_all_addresses_of_one_subscriber_are_one() -> None:
    guessing = Guessing()
    for number in range(WRONG_BY_ADDRESS[0]):
        assert guessing.wait(None, f"2001:db8:1:1::{number:x}", 0.0) == 0.0
    assert guessing.wait(None, "2001:db8:1:1:ffff::1", 0.0) > 0
    assert guessing.wait(None, "2001:db8:1:2::1", 0.0) == 0.0


def test_a_limit_remembers_so_many_keys_and_no_more() -> None:
    limit = RateLimit(1, 3600.0)
    for number in range(MOST_KEYS + 5):
        limit.wait(str(number), 0.0)
    assert len(limit._buckets) == MOST_KEYS
    limit.give_back("never seen")
    assert len(limit._buckets) == MOST_KEYS


def test_giving_back_never_makes_more_than_there_were() -> None:
    limit = RateLimit(2, 3600.0)
    limit.wait("a", 0.0)
    for _ in range(5):
        limit.give_back("a")
    assert [limit.wait("a", 0.0) for _ in range(3)].count(0.0) == 2
