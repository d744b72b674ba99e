"""Which Asterisk program this installation runs: the host's own, or one unpacked into our data folder.

No package of the host is ever changed. The unpacked program comes from Debian's suite sid through the host's apt (its
mirror, proxies and keys; signatures are checked), without root, and is run by its own loader, with its own libraries.
"""

import os
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from hotline1022.base.errors import HotlineError

OLDEST = 20
"""The oldest major version that is used."""

Progress = Callable[[str, int, int], None]
"""Told what is done ("tải gói", "mở gói"), how many packages are done and how many there are."""

_PACKAGES = ("asterisk", "asterisk-core-sounds-en-wav", "asterisk-moh-opsound-wav")
_KEYRINGS = (
    Path("/usr/share/keyrings/debian-archive-keyring.gpg"),
    Path("/usr/share/keyrings/debian-archive-keyring.pgp"),
)
_ARCHITECTURES = ("amd64", "arm64")
_DISK_NEEDED = 700_000_000
_OWN_PROGRAM = "cài Asterisk 22 rồi đặt HOTLINE_ASTERISK_PROGRAM"


@dataclass(frozen=True, kw_only=True)
class AsteriskProgram:
    """An Asterisk that can be run.

    ``command`` starts it (the first words of a command line); ``modules`` is its folder of modules, ``data`` that of
    documentation, sounds and music; ``version`` is what it says of itself, such as ``22.10.1``.
    """

    command: tuple[str, ...]
    modules: Path
    data: Path
    version: str


def find(configured: Path | None, unpacked: Path) -> AsteriskProgram | None:
    """The program to use: ``configured``, else a good one on PATH, else the one in the folder ``unpacked``, else None.

    ``configured`` is a program or a folder made by ``install``. Raises HotlineError if it is given and is no good.
    """
    if configured is not None:
        try:
            return _of_folder(configured) if configured.is_dir() else _of_host(configured)
        except _UnfitError as unfit:
            raise HotlineError(
                f"Không dùng được Asterisk {configured}: {unfit}", remedy="sửa hoặc xoá HOTLINE_ASTERISK_PROGRAM"
            ) from unfit
    path = os.pathsep.join((os.environ.get("PATH", os.defpath), "/usr/local/sbin", "/usr/sbin"))
    on_path = shutil.which("asterisk", path=path)
    for look, place in ((_of_host, on_path), (_of_folder, unpacked)):
        try:
            if place is not None:
                return look(Path(place))
        except _UnfitError:
            continue
    return None


def find_or_install(configured: Path | None, unpacked: Path, progress: Progress) -> AsteriskProgram:
    """The program to use, installed into ``unpacked`` if there is none. Raises HotlineError with the remedy."""
    return find(configured, unpacked) or install(unpacked, progress)


def install(unpacked: Path, progress: Progress) -> AsteriskProgram:
    """Download Asterisk and what it needs, and unpack it as the folder ``unpacked``, which appears when it is whole.

    Takes 110 MB of download and 310 MB of disk. Needs ``apt-get`` and ``dpkg-deb``, not root. Raises HotlineError.
    """
    if missing := [tool for tool in ("apt-get", "dpkg", "dpkg-deb") if shutil.which(tool) is None]:
        raise HotlineError(f"Máy này không có {', '.join(missing)} nên không tự cài được Asterisk", remedy=_OWN_PROGRAM)
    architecture = _run(["dpkg", "--print-architecture"]).strip()
    if architecture not in _ARCHITECTURES:
        raise HotlineError(f"Chưa có Asterisk đóng gói sẵn cho kiến trúc {architecture}", remedy=_OWN_PROGRAM)
    try:
        unpacked.parent.mkdir(parents=True, exist_ok=True)
        if shutil.disk_usage(unpacked.parent).free < _DISK_NEEDED:
            raise HotlineError(
                f"Đĩa chứa {unpacked.parent} còn dưới {_DISK_NEEDED // 1_000_000} MB, không đủ để cài Asterisk",
                remedy="dọn bớt đĩa hoặc đặt HOTLINE_DATA ở đĩa khác",
            )
        with tempfile.TemporaryDirectory(prefix=".asterisk-", dir=unpacked.parent) as folder:
            fresh = Path(folder) / "program"
            packages = _download(Path(folder) / "apt", progress)
            for done, package in enumerate(packages):
                progress("mở gói", done, len(packages))
                _run(["dpkg-deb", "-x", str(package), str(fresh)])
                package.unlink()
            progress("mở gói", len(packages), len(packages))
            _of_folder(fresh)
            shutil.rmtree(unpacked, ignore_errors=True)
            fresh.rename(unpacked)
    except OSError as error:
        raise HotlineError(
            f"Không ghi được Asterisk vào {unpacked}: {error.strerror}",
            remedy="kiểm tra quyền ghi và chỗ trống của đĩa",
        ) from error
    except _UnfitError as unfit:
        raise HotlineError(f"Bản Asterisk vừa tải không chạy được: {unfit}", remedy=_OWN_PROGRAM) from unfit
    return _of_folder(unpacked)


class _UnfitError(Exception):
    """Why a program cannot be used, in Vietnamese."""


def _of_folder(folder: Path) -> AsteriskProgram:
    """The program in a folder of unpacked packages, run by the loader that came with it."""
    loader = next(folder.glob("usr/lib/*-linux-gnu*/ld-linux*.so.*"), None)
    if loader is None:
        raise _UnfitError("thư mục không chứa Asterisk đã mở gói")
    libraries = loader.parent
    command = (str(loader), "--library-path", str(libraries), str(folder / "usr/sbin/asterisk"))
    return _examine(command, (libraries / "asterisk/modules",), (folder / "usr/share/asterisk",))


def _of_host(program: Path) -> AsteriskProgram:
    """A program of the host, with its folders where distributions and a build from source put them."""
    root = program.resolve().parent.parent
    modules = (
        *sorted(root.glob("lib/*-linux-gnu*/asterisk/modules")),
        root / "lib64/asterisk/modules",
        root / "lib/asterisk/modules",
    )
    return _examine((str(program),), modules, (root / "share/asterisk", Path("/var/lib/asterisk")))


def _examine(command: tuple[str, ...], modules: Sequence[Path], data: Sequence[Path]) -> AsteriskProgram:
    try:
        answer = subprocess.run(  # noqa: S603 (our own words, no shell)
            [*command, "-V"], capture_output=True, text=True, timeout=20, check=True, cwd="/"
        ).stdout
    except (OSError, subprocess.SubprocessError) as error:
        raise _UnfitError("chương trình không chạy được") from error
    said = re.match(r"Asterisk (?:certified/|certified-)?(\d+)([.\d]*)", answer)
    if said is None or int(said[1]) < OLDEST:
        raise _UnfitError(f"cần phiên bản {OLDEST} trở lên, chương trình này là {answer.strip() or 'không rõ'}")
    module_folder = next((folder for folder in modules if folder.is_dir()), None)
    if module_folder is None:
        raise _UnfitError("không tìm thấy thư mục mô-đun")
    if missing := [name for name in required_modules() if not (module_folder / name).exists()]:
        raise _UnfitError(f"thiếu mô-đun {', '.join(missing)}")
    data_folder = next((folder for folder in data if (folder / "documentation/core-en_US.xml").exists()), None)
    if data_folder is None:
        raise _UnfitError("không tìm thấy thư mục dữ liệu (documentation/core-en_US.xml)")
    return AsteriskProgram(command=command, modules=module_folder, data=data_folder, version=said[1] + said[2])


def required_modules() -> Iterator[str]:
    """The modules without which there is no hotline, as the configuration names them."""
    text = files(__package__).joinpath("templates/modules.conf").read_text("utf-8")
    return (line.removeprefix("require = ") for line in text.splitlines() if line.startswith("require = "))


def _download(folder: Path, progress: Progress) -> list[Path]:
    """Every package that Asterisk needs, whatever the host has; apt keeps its own state in ``folder``."""
    for name in ("sources", "lists/partial", "cache/archives/partial"):
        (folder / name).mkdir(parents=True)
    (folder / "status").touch()
    keyring = next((path for path in _KEYRINGS if path.exists()), None)
    if keyring is None:
        raise HotlineError(
            "Máy này không có khoá ký của Debian", remedy="cài gói debian-archive-keyring, hoặc " + _OWN_PROGRAM
        )
    (folder / "sources/sid.list").write_text(f"deb [signed-by={keyring}] {_mirror()} sid main\n", encoding="utf-8")
    options = {
        "Dir::Etc::SourceList": "/dev/null",
        "Dir::Etc::SourceParts": folder / "sources",
        "Dir::Etc::PreferencesParts": "/dev/null",
        "Dir::Etc::Preferences": "/dev/null",
        "Dir::State::Lists": folder / "lists",
        "Dir::State::status": folder / "status",
        "Dir::Cache": folder / "cache",
        # A mirror may be a snapshot whose Release file is past its date; its signature is checked all the same.
        "Acquire::Check-Valid-Until": "false",
        "APT::Update::Error-Mode": "any",
        # apt would else give the download to a user who may not enter our folder.
        "APT::Sandbox::User": "root",
    }
    apt = ["apt-get", "-qq", *(word for key, value in options.items() for word in ("-o", f"{key}={value}"))]
    wanted = ["install", "--no-install-recommends", "-y", *_PACKAGES]
    _run([*apt, "update"])
    total = _run([*apt, "--print-uris", *wanted]).count(".deb ")
    archives = folder / "cache/archives"
    process = subprocess.Popen(  # noqa: S603 (our own words, no shell)
        [*apt, "--download-only", *wanted],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env=_environment(),
    )  # fmt: skip
    try:
        while process.poll() is None:
            progress("tải gói", min(len(list(archives.glob("*.deb"))), total), total)
            time.sleep(0.2)
        said = process.communicate()[1]
    finally:
        process.kill()
        process.wait()
    if process.returncode != 0:
        raise _apt_failed(said)
    progress("tải gói", total, total)
    return sorted(archives.glob("*.deb"))


def _mirror() -> str:
    """The address of the Debian archive that the host's apt already uses."""
    listing = _run(["apt-get", "indextargets", "--format", "$(ORIGIN)|$(LABEL)|$(REPO_URI)", "Created-By: Packages"])
    for line in listing.splitlines():
        origin, _, rest = line.partition("|")
        label, _, address = rest.partition("|")
        if (origin, label) == ("Debian", "Debian") and re.fullmatch(r"\S+", address):
            return address
    # Before the first `apt-get update` of a machine there are no targets, only the addresses that it would ask.
    for address in re.findall(r"^'(\S+?/debian)/dists/", _run(["apt-get", "--print-uris", "update"]), re.MULTILINE):
        return str(address)
    raise HotlineError(
        "apt của máy này không dùng kho Debian nào",
        remedy=f"cài asterisk (>= {OLDEST}) bằng apt-get, hoặc " + _OWN_PROGRAM,
    )


def _environment() -> dict[str, str]:
    return {**os.environ, "LC_ALL": "C.UTF-8", "DEBIAN_FRONTEND": "noninteractive"}


def _run(command: Sequence[str]) -> str:
    try:
        done = subprocess.run(  # noqa: S603 (our own words, no shell)
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=600,
            check=True,
            env=_environment(),
        )
    except subprocess.CalledProcessError as error:
        raise _apt_failed(error.stderr) from error
    except subprocess.TimeoutExpired as error:
        raise _apt_failed(f"{command[0]}: timeout") from error
    return done.stdout


def _apt_failed(said: str) -> HotlineError:
    if "No space left" in said:
        return HotlineError("Hết chỗ trên đĩa khi cài Asterisk", remedy="dọn bớt đĩa rồi chạy lại")
    lines = [line for line in said.splitlines() if line.startswith("E:")] or said.splitlines() or ["?"]
    return HotlineError(
        f"Không tải được Asterisk từ kho Debian mà apt đang dùng ({lines[0].strip()[:200]})",
        remedy="kiểm tra mạng và `apt-get update` rồi chạy lại, hoặc " + _OWN_PROGRAM,
    )
