"""Claims about access keys: shown once, kept as a hash, recognised until they are revoked, and worth nothing in part."""

import pytest
from sqlalchemy import select

from hotline1022.base import keys as keys_module
from hotline1022.base.access import AGENCY_ROLES, Actor, Role
from hotline1022.base.db import Database
from hotline1022.base.errors import Invalid, NotFound
from hotline1022.base.keys import KEYLESS, REMEMBERED_SECONDS, Keys, api_keys
from tests.conftest import StillClock


class Watch:
    """The machine's monotonic clock, moved by hand."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> Watch:
    """What remembered keys grow old by."""
    made = Watch()
    monkeypatch.setattr(keys_module, "monotonic", made)
    return made


@pytest.fixture
def keys(database: Database, clock: StillClock) -> Keys:
    """Keys on an empty database."""
    return Keys(database, clock)


@pytest.mark.parametrize("role", [role for role in Role if role not in KEYLESS])
async def test_a_key_tells_who_holds_it(keys: Keys, role: Role) -> None:
    agency = "so-y-te" if role in AGENCY_ROLES else None
    key = await keys.issue("Ứng dụng của tỉnh", role, agency)
    number = int(key.split("_")[1])
    assert await keys.actor_of(key) == Actor(name="Ứng dụng của tỉnh", role=role, agency=agency, key=number)


@pytest.mark.parametrize("role", sorted(KEYLESS))
async def test_neither_the_machine_nor_a_citizen_has_a_key(keys: Keys, role: Role) -> None:
    with pytest.raises(Invalid, match="không dùng khoá"):
        await keys.issue("x", role)


@pytest.mark.parametrize(("role", "agency"), [(Role.OFFICER, None), (Role.APPROVER, None), (Role.LEADER, "so-y-te")])
async def test_an_agency_belongs_to_the_roles_of_an_agency(keys: Keys, role: Role, agency: str | None) -> None:
    with pytest.raises(Invalid, match="phải ghi cơ quan"):
        await keys.issue("x", role, agency)


async def test_nobody_is_called_what_the_journal_calls_the_machine(keys: Keys) -> None:
    with pytest.raises(Invalid, match="của hệ thống"):
        await keys.issue(" Machine ", Role.LEADER)


async def test_the_secret_is_not_in_the_database(keys: Keys, database: Database) -> None:
    secret = (await keys.issue("x", Role.APP)).split("_", 2)[2]
    async with database.reading() as connection:
        (row,) = (await connection.execute(select(api_keys))).all()
    assert len(secret) >= 40
    assert secret not in str(row)
    assert not hasattr((await keys.listed())[0], "secret_hash")


async def test_a_revoked_key_is_worth_nothing_after_a_few_seconds(keys: Keys, watch: Watch) -> None:
    key, other = await keys.issue("x", Role.LEADER), await keys.issue("y", Role.LEADER)
    assert await keys.actor_of(key) is not None
    await keys.revoke(int(key.split("_")[1]))
    watch.seconds += REMEMBERED_SECONDS
    assert await keys.actor_of(key) is None
    assert await keys.actor_of(other) is not None
    with pytest.raises(NotFound):
        await keys.revoke(int(key.split("_")[1]))


async def test_a_key_revoked_elsewhere_is_never_recognised_by_who_has_not_seen_it(
    keys: Keys, database: Database, clock: StillClock
) -> None:
    key = await keys.issue("x", Role.LEADER)
    await keys.revoke(int(key.split("_")[1]))
    assert await Keys(database, clock).actor_of(key) is None


async def test_a_key_is_not_looked_up_with_every_request(keys: Keys, watch: Watch, database: Database) -> None:
    key = await keys.issue("x", Role.LEADER)
    found = await keys.actor_of(key)
    await database.close()
    async with database.transaction() as connection:
        await connection.execute(api_keys.delete())
    assert await keys.actor_of(key) == found
    watch.seconds += REMEMBERED_SECONDS
    assert await keys.actor_of(key) is None


async def test_what_is_no_key_is_nobodys(keys: Keys) -> None:
    key = await keys.issue("x", Role.LEADER)
    number, secret = key.split("_", 2)[1:]
    other = await keys.issue("y", Role.ADMINISTRATOR)
    for wrong in (
        "", "x", key[:-1], key + "x", key.upper(), f"1023_{number}_{secret}", f"1022_{number}_", f"1022__{secret}",
        f"1022_{number}0_{secret}", f"1022_-{number}_{secret}", f"1022_١_{secret}", f"1022_{'9' * 30}_{secret}",
        f"1022_{other.split('_')[1]}_{secret}", f"1022_{number}_\0", "1022_1_" + "\udcff",
    ):  # fmt: skip
        assert await keys.actor_of(wrong) is None, wrong
    assert await keys.actor_of(key) is not None


async def test_keys_are_listed_with_their_days(keys: Keys, clock: StillClock) -> None:
    await keys.issue("một", Role.APP)
    await keys.issue("hai", Role.OFFICER, "so-y-te")
    clock.advance(days=1)
    await keys.revoke(1)
    first, second = await keys.listed()
    assert (first.id, first.name, first.revoked_at) == (1, "một", clock.now())
    assert (second.id, second.agency, second.revoked_at) == (2, "so-y-te", None)
