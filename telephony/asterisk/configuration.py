"""Asterisk's whole configuration, written from plain settings. The files are `templates/`; no call is known here.

A value reaches a file only after it was recognised as what it must be (a port, an address, a secret, a folder), so that
no setting can add a line, a section or a dialplan step.
"""

import os
import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from ipaddress import ip_address, ip_network
from pathlib import Path
from string import Template

from hotline1022.base.errors import HotlineError
from telephony.asterisk.program import AsteriskProgram

PROMPTS = ("fallback-greeting", "fallback-thanks", "fallback-no-recording", "queue-wait", "survey-broken")
"""Recordings that the configuration itself plays, looked for in ``<folder>/sounds/vi``."""

_FOLDERS = ("etc", "library/keys", "local", "log", "run", "share", "spool/recording", "spool/reports")
_REMEDY = "sửa giá trị này trong settings.env hoặc secrets.env của thư mục dữ liệu"


@dataclass(frozen=True, kw_only=True)
class LineSettings:
    """What the line needs to know. Raises HotlineError for a value that is not what it must be.

    ``folder`` is the only folder that Asterisk writes in. ``sip_address`` may be ``0.0.0.0``: SIP and RTP then listen
    on every address. ``trunk_addresses`` are addresses or networks of the carrier. No ``metrics_password``: no metrics.
    """

    folder: Path
    hotline_number: str
    sip_address: str
    sip_port: int
    rtp_first_port: int
    rtp_last_port: int
    trunk_addresses: tuple[str, ...]
    ari_port: int
    ami_port: int
    calls_port: int
    ari_password: str
    ami_secret: str
    calls_password: str
    metrics_password: str = ""
    outgoing: str = ""
    """``address:port`` of the carrier to which the hotline's own calls go; empty: it makes none."""
    trunk_watch_seconds: int = 30
    """How often the carrier is asked whether it is there; 0: never."""
    outgoing_number: str = ""
    """What those who are called see; empty: the hotline's number."""

    def __post_init__(self) -> None:
        _folder(self.folder)
        if not re.fullmatch(r"[0-9]{3,12}", self.hotline_number):
            raise HotlineError("Số tổng đài phải gồm từ 3 đến 12 chữ số", remedy=_REMEDY)
        if not re.fullmatch(r"[0-9]{0,15}", self.outgoing_number):
            raise HotlineError("Số hiện ra khi gọi ra chỉ gồm chữ số", remedy=_REMEDY)
        for name in ("sip_port", "rtp_first_port", "rtp_last_port", "ari_port", "ami_port", "calls_port"):
            _port(name, getattr(self, name))
        if self.rtp_last_port - self.rtp_first_port < 3:
            raise HotlineError("Dải cổng RTP phải có ít nhất 4 cổng, cổng đầu nhỏ hơn cổng cuối", remedy=_REMEDY)
        _address("sip_bind", self.sip_address)
        if not self.trunk_addresses:
            raise HotlineError(
                "Chưa có địa chỉ nhà mạng nào (HOTLINE_TRUNK_ADDRESSES): không ai gọi vào được", remedy=_REMEDY
            )
        for address in self.trunk_addresses:
            _network("trunk_addresses", address)
        for name in ("ari_password", "ami_secret", "calls_password"):
            _secret(name, getattr(self, name))
        if self.metrics_password:
            _secret("metrics_password", self.metrics_password)
        if self.outgoing:
            host, _, port = self.outgoing.rpartition(":")
            _address("trunk_outgoing", host.strip("[]"))
            _port("trunk_outgoing", int(port) if port.isdecimal() else 0)

    @cached_property
    def configuration_file(self) -> Path:
        """The file that Asterisk is started with."""
        return self.folder / "etc" / "asterisk.conf"

    @cached_property
    def sounds(self) -> Path:
        """Where the Vietnamese recordings of the hotline are looked for."""
        return self.folder / "sounds" / "vi"

    @cached_property
    def reports(self) -> Path:
        """Voice reports of calls that no service drove: ``<epoch>_<unique id>_<caller's digits>.wav``."""
        return self.folder / "spool" / "reports"


class _ConfigurationTemplate(Template):
    """``@{name}`` is a value; Asterisk's own ``${...}`` stays as it is."""

    delimiter = "@"
    idpattern = None  # type: ignore[assignment]
    braceidpattern = r"[a-z_]+"


def render(settings: LineSettings, program: AsteriskProgram) -> dict[str, str]:
    """The text of every file of the configuration, by file name. Pure."""
    everywhere = ip_address(settings.sip_address).is_unspecified
    address = f"[{settings.sip_address}]" if ip_address(settings.sip_address).version == 6 else settings.sip_address
    values = {
        "folder": str(settings.folder),
        "modules": str(_folder(program.modules)),
        "hotline_number": settings.hotline_number,
        "outgoing_number": settings.outgoing_number or settings.hotline_number,
        "sip_address": address,
        "sip_port": settings.sip_port,
        "media_address": "" if everywhere else settings.sip_address,
        "bind_rtp": "no" if everywhere else "yes",
        "rtp_first_port": settings.rtp_first_port,
        "rtp_last_port": settings.rtp_last_port,
        "trunk_addresses": ",".join(settings.trunk_addresses),
        "ari_port": settings.ari_port,
        "ami_port": settings.ami_port,
        "calls_port": settings.calls_port,
        "ari_password": settings.ari_password,
        "ami_secret": settings.ami_secret,
        "calls_password": settings.calls_password,
        "outgoing_contact": f"contact = sip:{settings.outgoing}" if settings.outgoing else "; no outgoing calls",
        "watched_contact": (
            f"contact = sip:{settings.outgoing}\nqualify_frequency = {settings.trunk_watch_seconds}\nqualify_timeout = 5"
            if settings.outgoing and settings.trunk_watch_seconds
            else "; nobody is asked"
        ),
        "metrics": "yes" if settings.metrics_password else "no",
        "metrics_password": settings.metrics_password,
    }
    templates = sorted(
        (entry for entry in files(__package__).joinpath("templates").iterdir() if entry.name.endswith(".conf")),
        key=lambda entry: entry.name,
    )
    texts = {entry.name: _ConfigurationTemplate(entry.read_text("utf-8")).substitute(values) for entry in templates}
    return texts | {"modules.conf": _without_absent_modules(texts["modules.conf"], program.modules)}


def _without_absent_modules(text: str, folder: Path) -> str:
    """A ``load`` of a module that this build of Asterisk lacks is left out; a ``require`` stays, and fails aloud."""
    wanted = re.compile(r"load = (\S+)")
    lines = ((line, wanted.fullmatch(line)) for line in text.splitlines(keepends=False))
    return "".join(f"{line}\n" for line, module in lines if module is None or (folder / module[1]).exists())


def write(settings: LineSettings, program: AsteriskProgram) -> tuple[str, ...]:
    """Write the configuration and the folders it names; give back the names of the files that changed.

    Each file is replaced at once, so a running Asterisk never reads half of one. Raises HotlineError.
    """
    try:
        for name in _FOLDERS:
            (settings.folder / name).mkdir(parents=True, exist_ok=True, mode=0o750)
        settings.sounds.mkdir(parents=True, exist_ok=True, mode=0o750)
        _link_share(settings, program)
        return tuple(
            name for name, text in render(settings, program).items() if _replace(settings.folder / "etc" / name, text)
        )
    except OSError as error:
        raise HotlineError(
            f"Không ghi được cấu hình Asterisk vào {settings.folder}: {error.strerror}",
            remedy="kiểm tra quyền ghi và chỗ trống của đĩa",
        ) from error


def _link_share(settings: LineSettings, program: AsteriskProgram) -> None:
    """Asterisk wants documentation, music and sounds under one folder: the program's, with our recordings as ``vi``."""
    share = settings.folder / "share"
    (share / "sounds").mkdir(exist_ok=True)
    english = next(
        (path for path in sorted(program.data.glob("sounds/en*")) if path.is_dir()), program.data / "sounds" / "en"
    )
    for link, target in (
        (share / "documentation", program.data / "documentation"),
        (share / "rest-api", program.data / "rest-api"),
        (share / "moh", program.data / "moh"),
        (share / "sounds" / "en", english),
        (share / "sounds" / "vi", settings.sounds),
    ):
        if not (link.is_symlink() and link.readlink() == target):
            link.unlink(missing_ok=True)
            link.symlink_to(target)


def _replace(path: Path, text: str) -> bool:
    if path.is_file() and path.read_text("utf-8") == text:
        return False
    fresh = path.with_suffix(".fresh")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    fresh.replace(path)
    return True


def _setting(name: str) -> str:
    return f"HOTLINE_{name.upper()}"


def _port(name: str, value: int) -> None:
    if type(value) is not int or not 1 <= value <= 65535:
        raise HotlineError(f"{_setting(name)} phải là một cổng từ 1 đến 65535", remedy=_REMEDY)


def _address(name: str, value: str) -> None:
    try:
        if "%" in value:
            raise ValueError("an address with a zone")
        ip_address(value)
    except ValueError as error:
        raise HotlineError(f"{_setting(name)} phải là một địa chỉ IP", remedy=_REMEDY) from error


def _network(name: str, value: str) -> None:
    try:
        if "%" in value:
            raise ValueError("an address with a zone")
        ip_network(value)
    except ValueError as error:
        raise HotlineError(f"{_setting(name)} phải là các địa chỉ IP hoặc mạng IP", remedy=_REMEDY) from error


def _secret(name: str, value: str) -> None:
    if not re.fullmatch(r"[A-Za-z0-9_-]{16,128}", value):
        raise HotlineError(
            f"{_setting(name)} phải gồm 16 đến 128 chữ cái không dấu, chữ số, dấu - hoặc _", remedy=_REMEDY
        )


def _folder(path: Path) -> Path:
    """Letters (Vietnamese ones too), digits, a few signs: what means nothing to a configuration file or a dialplan."""
    plain = all(unicodedata.category(sign)[0] in "LNM" or sign in "/._-+@ " for sign in str(path))
    if (
        not path.is_absolute()
        or not plain
        or "//" in str(path)
        or str(path) != str(path).strip()
        or len(str(path).encode()) > 150
    ):
        raise HotlineError(
            "Đường dẫn của thư mục dữ liệu chỉ được gồm chữ, số, dấu cách và . _ - + @, dài không quá 150 byte",
            remedy="đặt thư mục dữ liệu (HOTLINE_DATA) ở một đường dẫn như /var/lib/hotline1022",
        )
    return path
