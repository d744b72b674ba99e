"""Asterisk's configuration as text: nothing that a setting holds can become a line, a section or a dialplan step."""

import re
import stat
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline1022.base.errors import HotlineError
from telephony.asterisk.configuration import PROMPTS, LineSettings, render, write
from telephony.asterisk.program import AsteriskProgram
from tests.asterisk import TONES

PROGRAM = AsteriskProgram(
    command=("/opt/asterisk/sbin/asterisk",),
    modules=Path("/opt/asterisk/modules"),
    data=Path("/opt/asterisk/share"),
    version="22.10.1",
)

PLAIN: dict[str, Any] = {
    "folder": Path("/var/lib/hotline1022/asterisk"),
    "hotline_number": "1022",
    "sip_address": "127.0.0.1",
    "sip_port": 5060,
    "rtp_first_port": 20000,
    "rtp_last_port": 20999,
    "trunk_addresses": ("127.0.0.2",),
    "ari_port": 8088,
    "ami_port": 5038,
    "calls_port": 8023,
    "ari_password": "a" * 32,
    "ami_secret": "b" * 32,
    "calls_password": "c" * 32,
    "metrics_password": "d" * 32,
    "outgoing": "192.0.2.10:5070",
    "outgoing_number": "02773898989",
    "trunk_watch_seconds": 47,
}

SIGNS = [
    "\n",
    "\r",
    "\r\n",
    "\0",
    "\u2028",
    "\u0085",
    ";",
    "[x]",
    "]",
    "=>",
    "=",
    ",",
    "|",
    "&",
    "$",
    '"',
    "'",
    "`",
    "\\",
    " ",
]
WORDS = ["#exec", "#include", "${SHELL(id)}", "@{folder}", "%d", "../", "//", "0", "1022", "127.0.0.1", "số", "😀"]
ILL_MEANT = st.sampled_from(SIGNS + WORDS)
WILD = st.one_of(st.text(max_size=20), st.lists(ILL_MEANT, min_size=1, max_size=5).map("".join))


def shape(settings: LineSettings) -> dict[str, list[str]]:
    """What a configuration says apart from its values: sections, and names before each sign of equality, in order."""
    return {name: [line_shape(line) for line in text.split("\n")] for name, text in render(settings, PROGRAM).items()}


def line_shape(line: str) -> str:
    return line if line.startswith(("[", ";", "#")) else re.split(r"\s*=>?\s*", line, maxsplit=1)[0]


@pytest.mark.parametrize("name", [name for name, value in PLAIN.items() if isinstance(value, str)])
@given(value=WILD)
def test_no_text_in_a_setting_changes_the_shape_of_the_configuration(name: str, value: str) -> None:
    if name == "outgoing" and not value:
        return  # no calls go out: one line less
    try:
        settings = LineSettings(**{**PLAIN, name: value})
    except HotlineError:
        return
    assert shape(settings) == shape(LineSettings(**PLAIN))


@given(addresses=st.lists(WILD, min_size=1, max_size=3), folder=WILD)
def test_no_address_and_no_folder_changes_the_shape_of_the_configuration(addresses: list[str], folder: str) -> None:
    for changed in ({"trunk_addresses": tuple(addresses)}, {"folder": Path("/data") / f"x{folder}"}):
        try:
            settings = LineSettings(**{**PLAIN, **changed})
        except (HotlineError, ValueError):
            continue
        # The one line without a sign of equality that carries a folder.
        plain = str(PLAIN["folder"])
        named = {
            name: [line.replace(str(settings.folder), plain) for line in lines]
            for name, lines in shape(settings).items()
        }
        assert named == shape(LineSettings(**PLAIN))


@pytest.mark.parametrize(
    "changed",
    [
        {"hotline_number": "10 22"},
        {"hotline_number": "_X."},
        {"sip_port": 0},
        {"sip_port": 65536},
        {"sip_port": "5060"},
        {"sip_port": True},
        {"rtp_last_port": 20000},
        {"sip_address": "localhost"},
        {"sip_address": "fe80::1%eth0"},
        {"trunk_addresses": ()},
        {"trunk_addresses": ("carrier.example",)},
        {"trunk_addresses": ("10.0.0.1/8",)},
        {"ari_password": ""},
        {"ami_secret": "short"},
        {"calls_password": "x" * 15 + "\n"},
        {"metrics_password": "has space in it and is long"},
        {"folder": Path("relative")},
        {"folder": Path("/data/%d")},
        {"folder": Path("/data/a,b")},
        {"folder": Path("/" + "x" * 150)},
    ],
)
def test_a_setting_that_is_not_what_it_must_be_is_refused_with_a_remedy(changed: dict[str, Any]) -> None:
    with pytest.raises(HotlineError) as refused:
        LineSettings(**{**PLAIN, **changed})
    assert refused.value.remedy


def test_a_refusal_never_tells_the_secret() -> None:
    with pytest.raises(HotlineError) as refused:
        LineSettings(**{**PLAIN, "ami_secret": "not a good secret"})
    assert "not a good secret" not in str(refused.value)


def test_a_folder_may_have_a_vietnamese_name() -> None:
    settings = LineSettings(**{**PLAIN, "folder": Path("/srv/tổng đài 1022/var")})
    assert "astspooldir => /srv/tổng đài 1022/var/spool" in render(settings, PROGRAM)["asterisk.conf"]


def test_every_value_is_used_and_no_place_is_left_open() -> None:
    texts = render(LineSettings(**PLAIN), PROGRAM)
    assert not [name for name, text in texts.items() if "@{" in text]
    whole = "\n".join(texts.values())
    assert not [name for name in asdict(LineSettings(**PLAIN)) if str(_shown(PLAIN[name])) not in whole]


def _shown(value: Any) -> Any:
    return value[0] if isinstance(value, tuple) else value


def sections(text: str) -> Iterator[tuple[str, str, str]]:
    """(section, name, value) of each line of an ordinary configuration file."""
    section = ""
    for line in text.splitlines():
        if line.startswith("["):
            section = line.strip("[]")
        elif "=" in line and not line.startswith(";"):
            name, value = re.split(r"\s*=>?\s*", line, maxsplit=1)
            yield section, name, value


def test_everything_but_sip_is_bound_to_loopback_whatever_the_settings_say() -> None:
    texts = render(LineSettings(**{**PLAIN, "sip_address": "203.0.113.9"}), PROGRAM)
    bound = {
        name: {value for _, key, value in sections(texts[name]) if key == "bindaddr"}
        for name in ("http.conf", "manager.conf")
    }
    assert bound == {"http.conf": {"127.0.0.1"}, "manager.conf": {"127.0.0.1"}}
    assert ("trunk", "media_address", "203.0.113.9") in sections(texts["pjsip.conf"])
    assert ("trunk", "bind_rtp_to_media_address", "yes") in sections(texts["pjsip.conf"])


def test_on_every_address_rtp_is_bound_to_none() -> None:
    pjsip = list(sections(render(LineSettings(**{**PLAIN, "sip_address": "0.0.0.0"}), PROGRAM)["pjsip.conf"]))  # noqa: S104
    assert ("trunk", "media_address", "") in pjsip
    assert ("trunk", "bind_rtp_to_media_address", "no") in pjsip


def test_the_service_may_neither_run_commands_nor_touch_the_system_through_ami() -> None:
    rights = {
        key: value.split(",") for _, key, value in sections(render(LineSettings(**PLAIN), PROGRAM)["manager.conf"])
    }
    assert not {"system", "command", "config", "all", "dialplan", "aoc", "verbose", "log"} & {
        *rights["read"],
        *rights["write"],
    }


def test_no_module_that_starts_programs_or_opens_another_door_is_loaded() -> None:
    modules = {
        value for _, key, value in sections(render(LineSettings(**PLAIN), PROGRAM)["modules.conf"]) if key != "autoload"
    }
    assert (
        not {"app_system.so", "func_shell.so", "res_agi.so", "app_exec.so", "app_externalivr.so", "func_curl.so"}
        & modules
    )
    assert (
        not {"chan_iax2.so", "chan_unistim.so", "res_pjsip_endpoint_identifier_anonymous.so", "pbx_spool.so"} & modules
    )


NUMBERS = (
    "0912345678", "84912345678", "02773898989", "842773898989",
    "19001234", "841900123456", "18001022", "001442079460000", "113", "2001", "1022", "0900",
)  # fmt: skip


def test_the_dialplan_dials_only_whom_the_service_says_and_never_runs_a_program() -> None:
    steps = [
        line
        for line in render(LineSettings(**PLAIN), PROGRAM)["extensions.conf"].splitlines()
        if not line.startswith(";")
    ]
    applications = {found[1] for line in steps if (found := re.search(r"(?:,1,|=> n(?:\(\w+\))?,)(\w+)\(", line))}
    harmless = {"AMD", "Answer", "Goto", "GotoIf", "Hangup", "Playback", "Queue", "Record", "Set", "Stasis"}
    assert applications == harmless | {"Dial", "Bridge", "BridgeAdd", "MusicOnHold"}
    plan = "\n".join(steps)
    contexts = {
        name: text for name, text in re.findall(r"^\[([\w-]+)\]\n(.*?)(?=^\[|\Z)", plan, re.MULTILINE | re.DOTALL)
    }
    dialling = {name for name, text in contexts.items() if "Dial(" in text}
    assert dialling == {"transfer", "call-out", "consultation"}
    by_the_trunk = {
        line for name in ("transfer", "consultation") for line in contexts[name].splitlines() if "_11" in line
    }
    assert {line.split(",")[0] for line in by_the_trunk} == {"exten => _11[345]"}, "113, 114, 115 and nobody else"
    assert "exten => _[2-9]XXX,1,Dial(PJSIP/${FILTER(0-9,${EXTEN})},15)" in contexts["transfer"], (
        "an operator's telephone"
    )
    for name in dialling:
        others = "".join(text for other, text in contexts.items() if other != name)
        assert name not in others, "only the service sends a call there"


def test_operators_reach_whole_vietnamese_numbers_by_the_trunk_and_none_that_costs_more() -> None:
    plan = render(LineSettings(**PLAIN), PROGRAM)["extensions.conf"]
    out = plan.split("[call-out]")[1].split("\n[")[0]
    dialled = re.findall(r"^exten => _(\S+),1,Dial\((\S+)\)$", out, re.MULTILINE)
    assert {to for _, to in dialled} == {"PJSIP/${FILTER(0-9,${EXTEN})}@trunk,45"}
    patterns = [re.compile(pattern.replace("X", "[0-9]").replace(".", "[0-9]+") + r"\Z") for pattern, _ in dialled]
    reached = {number for number in NUMBERS if any(pattern.match(number) for pattern in patterns)}
    assert reached == {"0912345678", "84912345678", "02773898989", "842773898989"}


def test_what_a_caller_sends_is_only_ever_used_filtered() -> None:
    plan = render(LineSettings(**PLAIN), PROGRAM)["extensions.conf"]
    sent_by_caller = re.findall(r"\$\{(?:CALLERID|EXTEN|CHANNEL|PJSIP_HEADER|CONNECTEDLINE)[^}]*\}", plan)
    filtered = re.findall(r"\$\{FILTER\((?:0-9|\+0-9),(\$\{(?:CALLERID|EXTEN)[^}]*\})\)", plan)
    assert sent_by_caller
    assert sent_by_caller == filtered


def test_the_prompts_that_the_configuration_plays_are_those_it_names() -> None:
    texts = render(LineSettings(**PLAIN), PROGRAM)
    played = set(re.findall(r"Playback\(([\w-]+)\)", texts["extensions.conf"]))
    played |= set(re.findall(r"^periodic-announce = ([\w-]+)", texts["queues.conf"], re.MULTILINE))
    assert played == set(PROMPTS) == set(TONES)


def test_without_a_password_there_are_no_metrics() -> None:
    texts = render(LineSettings(**{**PLAIN, "metrics_password": ""}), PROGRAM)
    assert ("general", "enabled", "no") in sections(texts["prometheus.conf"])


def test_only_files_that_changed_are_written_and_nobody_else_reads_them(tmp_path: Path) -> None:
    settings = LineSettings(**{**PLAIN, "folder": tmp_path / "asterisk"})
    assert set(write(settings, PROGRAM)) == set(render(settings, PROGRAM))
    assert write(settings, PROGRAM) == ()
    later = LineSettings(**{**asdict(settings), "ami_secret": "e" * 32})
    assert write(later, PROGRAM) == ("manager.conf",)
    etc = settings.configuration_file.parent
    assert {stat.S_IMODE(path.stat().st_mode) for path in etc.iterdir()} == {0o600}
    assert {path.suffix for path in etc.iterdir()} == {".conf"}


def test_a_folder_that_cannot_be_written_is_one_vietnamese_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(HotlineError, match="Không ghi được cấu hình Asterisk"):
        write(LineSettings(**{**PLAIN, "folder": tmp_path / "file" / "asterisk"}), PROGRAM)


@pytest.mark.parametrize(
    "outgoing",
    [
        "carrier.example:5060",
        "192.0.2.10",
        "192.0.2.10:0",
        "192.0.2.10:70000",
        "192.0.2.10:5060\n[x]",
        "a@192.0.2.10:5060",
    ],
)
def test_calls_go_out_to_an_address_and_a_port_or_not_at_all(outgoing: str) -> None:
    with pytest.raises(HotlineError, match="HOTLINE_TRUNK_OUTGOING"):
        LineSettings(**{**PLAIN, "outgoing": outgoing})
    silent = render(LineSettings(**{**PLAIN, "outgoing": ""}), PROGRAM)["pjsip.conf"]
    assert "contact" not in {name for _, name, _ in sections(silent)}
