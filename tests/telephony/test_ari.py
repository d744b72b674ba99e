"""ARI requests: what is gone is news, what is refused is told without identifiers, and nothing of a caller can leave its place in an address."""

import pytest

from telephony.ari import AlreadyGone, Ari, AriRefused, refusal
from telephony.ari_link import AriLink
from telephony.recorder import JOIN_TRIES, Recorder
from tests.asterisk import RunningAsterisk
from tests.telephony.fake_line import FakeAri


@pytest.mark.parametrize("status", [404, 409, 412])
def test_what_is_not_there_any_more_is_told_apart(status: int) -> None:
    assert isinstance(refusal(status, "POST", "channels/1/play"), AlreadyGone)


@pytest.mark.parametrize("status", [400, 401, 403, 422, 500, 503])
def test_other_refusals_are_faults_and_name_no_identifier(status: int) -> None:
    refused = refusal(status, "POST", "channels/0912345678/play")
    assert not isinstance(refused, AlreadyGone)
    assert refused.status == status
    assert "0912345678" not in str(refused)


async def test_an_identifier_cannot_leave_its_place_in_an_address() -> None:
    line = FakeAri()
    await Ari(line).hang_up("../bridges/x?y=1#z")
    ((_, resource, _),) = line.asked
    assert resource == "channels/..%2Fbridges%2Fx%3Fy%3D1%23z"


async def test_a_snoop_that_has_not_joined_yet_is_asked_again_until_it_can_be_recorded() -> None:
    line = FakeAri(refused={"/record": 409})
    recorder = Recorder(Ari(line), "app", __import__("pathlib").Path())
    with pytest.raises(AlreadyGone):
        await recorder._side("c", "in")
    assert len(line.of("/record")) == JOIN_TRIES + 1


@pytest.mark.asterisk
async def test_the_real_asterisk_refuses_by_the_same_codes(asterisk: RunningAsterisk) -> None:
    base = f"http://127.0.0.1:{asterisk.settings.ari_port}/ari"
    async with AriLink(base, "service", asterisk.settings.ari_password, "hotline-media") as link:
        ari = Ari(link)
        assert await ari.channels() == []
        assert await ari.bridges() == []
        with pytest.raises(AlreadyGone):
            await ari.hang_up("00000000-nobody")
        with pytest.raises(AlreadyGone):
            await ari.stop_playback("00000000-nobody")
        with pytest.raises(AlreadyGone):
            await ari.stop_recording("00000000-nobody")
        await ari.create_bridge("11111111-1111-1111-1111-111111111111")
        assert [bridge["id"] for bridge in await ari.bridges()] == ["11111111-1111-1111-1111-111111111111"]
        await ari.destroy_bridge("11111111-1111-1111-1111-111111111111")
    async with AriLink(base, "service", "wrong", "hotline-media") as stranger:
        with pytest.raises(AriRefused) as refused:
            await Ari(stranger).channels()
        assert refused.value.status == 401
