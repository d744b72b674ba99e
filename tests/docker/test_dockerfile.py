"""docker/Dockerfile: what runs has no root and no tool of building, what is copied exists, what is fetched is pinned."""

import json
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatch
from functools import cache
from pathlib import Path

import pytest

from tests.docker.composition import FOLDER, ROOT, services

RUNNING = ("hotline", "asterisk", "backup", "coturn")


@dataclass
class StageOfBuild:
    """A stage: what it stands on, and its instructions in order."""

    base: str
    instructions: list[tuple[str, str]] = field(default_factory=list)

    def all(self, word: str) -> list[str]:
        """What follows each instruction ``word``."""
        return [rest for name, rest in self.instructions if name == word]


@cache
def stages() -> dict[str, StageOfBuild]:
    """Each stage by name."""
    text = re.sub(r"^\s*#.*\n", "", (FOLDER / "Dockerfile").read_text("utf-8"), flags=re.MULTILINE)
    found: dict[str, StageOfBuild] = {}
    stage = StageOfBuild("")
    for line in text.replace("\\\n", " ").splitlines():
        word, _, rest = line.strip().partition(" ")
        if word == "FROM":
            base, _, name = rest.partition(" AS ")
            stage = found[name] = StageOfBuild(base)
        elif word:
            stage.instructions.append((word, " ".join(rest.split())))
    return found


def lineage(name: str) -> Iterator[StageOfBuild]:
    """A stage and those that it stands on, itself first."""
    while name in stages():
        yield stages()[name]
        name = stages()[name].base


def test_hadolint_finds_nothing() -> None:
    program = shutil.which("hadolint") or str(Path(sys.executable).parent / "hadolint")
    found = subprocess.run([program, FOLDER / "Dockerfile"], capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stdout


def test_every_image_of_the_composition_has_its_stage() -> None:
    assert {service["build"]["target"] for service in services().values() if "build" in service} == set(RUNNING)
    assert set(RUNNING) <= set(stages())


@pytest.mark.parametrize("name", stages())
def test_what_a_stage_stands_on_is_pinned(name: str) -> None:
    base = stages()[name].base
    assert base in stages() or re.fullmatch(r"[a-z/]+:\d+\.\d+(\.\d+)?-[a-z-]+", base), base


@pytest.mark.parametrize("name", RUNNING)
def test_what_runs_is_not_root_and_builds_nothing(name: str) -> None:
    users = [user for stage in reversed(list(lineage(name))) for user in stage.all("USER")]
    assert users[-1] == "10022:10022"
    asked = " ".join(each for stage in lineage(name) for each in stage.all("RUN"))
    for tool in ("gcc", "build-essential", "python3-dev", "python3-venv", "python3-pip", "npm", "curl", "sudo", "git"):
        assert not re.search(rf"\b{tool}\b", asked), tool
    assert all("--no-install-recommends" in each for each in re.findall("apt-get install.*?&&", asked))


@pytest.mark.parametrize("name", stages())
def test_nothing_is_fetched_by_address_and_no_secret_is_built_in(name: str) -> None:
    stage = stages()[name]
    assert stage.all("ADD") == []
    assert stage.all("ARG") == []
    assert "http" not in " ".join(stage.all("RUN"))
    variables = {word.partition("=")[0] for line in stage.all("ENV") for word in line.split()}
    assert not {each for each in variables if re.search("PASSWORD|TOKEN|KEY|SECRET", each)} - {"HOTLINE_SECRETS_FOLDER"}


def let_through() -> tuple[list[str], list[str]]:
    """What `.dockerignore` lets into the build, and what it leaves out of that again."""
    lines = [line for line in (ROOT / ".dockerignore").read_text().splitlines() if line and not line.startswith("#")]
    assert lines[0] == "*"
    return [line[1:] for line in lines if line.startswith("!")], [
        line for line in lines[1:] if not line.startswith("!")
    ]


@pytest.mark.parametrize("name", stages())
def test_what_is_copied_exists_and_reaches_the_build(name: str) -> None:
    within, _ = let_through()
    for line in stages()[name].all("COPY"):
        words = line.split()
        if words[0].startswith("--from="):
            assert words[0].removeprefix("--from=") in stages()
            continue
        for source in words[:-1]:
            assert (ROOT / source).exists(), source
            assert any(source == path or source.startswith(f"{path}/") for path in within), source


def test_no_data_and_no_secret_reaches_the_build() -> None:
    within, without = let_through()
    for private in ("var", "docker/secrets", "docker/.env", ".git", ".venv", "tests"):
        assert not any(fnmatch(private, path) or private.startswith(f"{path}/") for path in within), private
    assert {"hotline1022/panel/built", "panel/node_modules"} <= set(without)


def locked(*words: str | Path) -> str:
    return subprocess.run(
        [sys.executable, FOLDER / "locked.py", *words], capture_output=True, text=True, check=True
    ).stdout


def test_the_image_gets_what_is_needed_by_its_hash_and_no_tool(tmp_path: Path) -> None:
    lock = ROOT / "requirements.lock"
    report = tmp_path / "report.json"
    report.write_text(
        json.dumps({"install": [{"metadata": {"name": name}} for name in ("aiohttp", "PyYAML", "SQLAlchemy", "numpy")]})
    )
    needed = locked("needed", report, lock)
    names = [line.partition("==")[0] for line in needed.splitlines() if not line.startswith(" ")]
    assert set(names) == {"aiohttp", "pyyaml", "sqlalchemy", "numpy"}
    assert names.count("numpy") == len(re.findall("^numpy==", lock.read_text(), re.MULTILINE)), (
        "for each Python its own"
    )
    assert needed.count("--hash=sha256:") > 30
    assert set(needed.splitlines()) <= set(lock.read_text().splitlines())
    pins = locked("pins", lock)
    assert "hash" not in pins
    assert len(pins.splitlines()) == len(re.findall(r"^[\w.-]+==", lock.read_text(), re.MULTILINE))
    wanted = locked("wanted", ROOT / "pyproject.toml")
    assert "aiohttp" in wanted
    assert "pytest" not in wanted


def test_what_is_not_locked_is_refused(tmp_path: Path) -> None:
    (tmp_path / "report.json").write_text('{"install": [{"metadata": {"name": "not-locked"}}]}')
    with pytest.raises(subprocess.CalledProcessError):
        locked("needed", tmp_path / "report.json", ROOT / "requirements.lock")


def test_the_wheel_holds_every_file_of_the_product(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(tmp_path)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as opened:
        within = set(opened.namelist())
    folders = ("hotline1022", "ivr", "surveys", "telephony", "tickets", "transcription")
    tracked = subprocess.run(["git", "ls-files", *folders], cwd=ROOT, capture_output=True, text=True, check=True)
    assert set(tracked.stdout.splitlines()) - within == set()
