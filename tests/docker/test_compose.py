"""docker/compose.yaml: accepted by the specification, careful in every service, closed to the outside until somebody opens it."""

import json
import re
import subprocess
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import yaml
from compose_spec import PyCompose

from hotline1022.config import Settings
from tests.docker.composition import FOLDER, VARIABLE, composition, mounts, services

PASSING = {"restore"}
"""Run by a person, once, and then gone."""

EVERY = tuple(services())
LASTING = tuple(name for name in EVERY if name not in PASSING)
POD = ("asterisk", "serve", "transcriber")

IN_THE_IMAGE = {
    "hotline1022/hotline": {"true", "python3"},
    "hotline1022/asterisk": {"python3"},
    "hotline1022/backup": {"python3"},
    "hotline1022/coturn": {"turnutils_stunclient"},
    "postgres": {"pg_isready"},
    "prom/prometheus": {"wget"},
    "prom/alertmanager": {"wget"},
    "grafana/grafana": {"wget"},
}
"""What a health check may start: programs that the image has. None has curl."""

each_service = pytest.mark.parametrize("name", EVERY)
each_lasting_service = pytest.mark.parametrize("name", LASTING)


def accepted(what: dict[str, Any]) -> None:
    """Raises ValueError for what the Compose specification does not know, and for a network, volume or secret that is not defined."""
    PyCompose.from_json(json.dumps(what)).validate()


def test_the_specification_accepts_it() -> None:
    accepted(composition())
    assert set(services()) == {
        "node", "asterisk", "serve", "transcriber", "postgres", "coturn", "prometheus", "alertmanager", "grafana", "backup", "restore",
    }  # fmt: skip


@pytest.mark.parametrize(
    "wrong",
    [
        {"healtcheck": {}},
        {"mem_limit": "two apples"},
        {"secrets": ["nowhere"]},
        {"depends_on": {"postgres": {"condition": "service_asleep"}}},
    ],
    ids=lambda wrong: next(iter(wrong)),
)
def test_the_specification_refuses_what_it_does_not_know(wrong: dict[str, Any]) -> None:
    broken = deepcopy(composition())
    broken["services"]["serve"] |= wrong
    with pytest.raises(ValueError, match=r"healtcheck|apples|nowhere|service_asleep"):
        accepted(broken)


@each_service
def test_a_service_can_do_little_to_the_machine(name: str) -> None:
    service = services()[name]
    assert service["cap_drop"] == ["ALL"]
    assert "cap_add" not in service
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["read_only"] is True
    assert service["init"] is True
    for forbidden in ("privileged", "pid", "ipc", "devices", "userns_mode", "volumes_from"):
        assert forbidden not in service
    assert service.get("network_mode") in (None, "service:node")
    assert not any("docker.sock" in source or source.startswith("/") for source, _, _ in mounts(service))
    limits = service["deploy"]["resources"]["limits"]
    assert set(limits) == {"cpus", "memory", "pids"}
    assert float(limits["cpus"]) <= 4


@each_lasting_service
def test_a_service_is_started_again_and_tells_how_it_is(name: str) -> None:
    service = services()[name]
    assert service["restart"] == "unless-stopped"
    test = service["healthcheck"]["test"]
    assert test[0] == "CMD", "no shell"
    assert test[1] in IN_THE_IMAGE[service["image"].partition(":")[0]]


@each_service
def test_an_image_has_a_version(name: str) -> None:
    image, _, version = services()[name]["image"].partition(":")
    assert image in IN_THE_IMAGE
    assert re.search(r"\d+\.\d+", version), version
    if image.startswith("hotline1022/"):
        assert services()[name]["build"]["target"] == image.partition("/")[2]


@each_service
def test_no_secret_stands_in_a_variable(name: str) -> None:
    """A variable may name a secret's file; settings that hold secrets, and addresses of databases, come as files too."""
    secret_settings = {
        f"HOTLINE_{key.upper()}" for key, field in Settings.model_fields.items() if "Secret" in str(field.annotation)
    }
    for variable, value in services()[name].get("environment", {}).items():
        assert variable not in secret_settings | {"HOTLINE_DATABASE_URL", "HOTLINE_JOBS_DATABASE_URL"}
        if re.search("PASSWORD|SECRET|TOKEN|KEY", variable):
            assert variable.endswith("_FILE")
            assert str(value).removeprefix("/run/secrets/") in services()[name]["secrets"]


@each_service
def test_a_setting_that_is_handed_over_exists(name: str) -> None:
    handed = {each for each in services()[name].get("environment", {}) if each.startswith("HOTLINE_")}
    assert handed <= {f"HOTLINE_{key.upper()}" for key in Settings.model_fields}


@each_service
def test_nothing_is_reachable_from_beyond_the_machine_by_default(name: str) -> None:
    assert all(port.startswith("127.0.0.1:") for port in services()[name].get("ports", []))


@each_service
def test_what_is_mounted_exists(name: str) -> None:
    for source, _, how in mounts(services()[name]):
        if not source.startswith("./"):
            continue
        assert how == "ro", "a container never writes into the repository"
        if not (FOLDER / source).parent.exists():
            pytest.skip(f"docker/{source[2:]} comes with what watches the hotline")
        assert (FOLDER / source).exists()


@each_service
def test_what_a_service_waits_for_does_not_wait_for_it(name: str) -> None:
    met, ahead = set[str](), [name]
    while ahead:
        for other, how in services()[ahead.pop()].get("depends_on", {}).items():
            assert other != name
            assert how["condition"] != "service_healthy" or "test" in services()[other]["healthcheck"]
            if other not in met:
                met.add(other)
                ahead.append(other)


def test_asterisk_service_and_transcriber_are_one_machine_to_each_other() -> None:
    for name in POD:
        service = services()[name]
        assert service["network_mode"] == "service:node"
        assert ("data", "/var/lib/hotline1022", "rw") in mounts(service)
        assert "ports" not in service
        assert "networks" not in service
    assert "network_mode" not in services()["node"]
    assert mounts(services()["node"]) == []


def test_the_database_is_on_no_network_that_leads_out() -> None:
    networks = composition()["networks"]
    assert services()["postgres"]["networks"] == ["back"]
    assert networks["back"]["internal"] is True
    assert networks["turn"]["internal"] is True
    assert "ports" not in services()["postgres"]
    on_turn = {name for name, service in services().items() if "turn" in service.get("networks", [])}
    assert on_turn == {"node", "coturn"}


def test_the_backup_reads_the_data_and_writes_copies_only() -> None:
    assert mounts(services()["backup"]) == [
        ("data", "/var/lib/hotline1022", "ro"),
        ("backup", "/var/lib/hotline1022/backup", "rw"),
    ]
    assert ("backup", "/var/lib/hotline1022/backup", "ro") in mounts(services()["serve"]), (
        "its metrics read the last success"
    )


def test_each_variable_is_explained_with_its_default() -> None:
    used = set(VARIABLE.findall((FOLDER / "compose.yaml").read_text("utf-8")))
    lines = re.findall(r"^(\w+)=(.*)$", (FOLDER / ".env.example").read_text("utf-8"), re.MULTILINE)
    assert used == set(lines)
    assert len(lines) == len(dict(lines))
    assert "${" not in VARIABLE.sub("", (FOLDER / "compose.yaml").read_text("utf-8")), "a variable without a default"


def test_every_secret_is_made_once_and_only_its_owner_enters_the_folder(tmp_path: Path) -> None:
    folder = tmp_path / "secrets"

    def made() -> dict[str, str]:
        subprocess.run([FOLDER / "make-secrets.sh", folder], check=True, capture_output=True)
        return {path.name: path.read_text() for path in folder.iterdir()}

    first = made()
    assert set(first) == {Path(secret["file"]).name for secret in composition()["secrets"].values()}
    assert {secret["file"] for secret in composition()["secrets"].values()} == {f"./secrets/{name}" for name in first}
    assert folder.stat().st_mode & 0o777 == 0o700
    # The mail server's password comes from whoever keeps that server.
    passwords = {name: text for name, text in first.items() if not name.endswith("_url") and name != "smtp_password"}
    assert all(re.fullmatch(r"[A-Za-z0-9]{40}", text) for text in passwords.values())
    assert len(set(passwords.values())) == len(passwords)
    assert f":{first['database_password']}@postgres/hotline" in first["hotline_database_url"]
    (folder / "grafana_password").unlink()
    again = made()
    assert again["grafana_password"] != first["grafana_password"]
    assert again | {"grafana_password": ""} == first | {"grafana_password": ""}


def test_no_key_stands_twice() -> None:
    """A second one would silently win."""

    class Strict(yaml.SafeLoader):
        """Refuses what YAML's own loader lets pass."""

    def mapping(loader: yaml.SafeLoader, node: yaml.MappingNode) -> dict[Any, Any]:
        keys = [key.value for key, _ in node.value if key.value != "<<"]
        assert len(keys) == len(set(keys)), f"line {node.start_mark.line + 1}"
        loader.flatten_mapping(node)
        return yaml.SafeLoader.construct_mapping(loader, node, deep=True)

    Strict.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, mapping)
    assert yaml.load((FOLDER / "compose.yaml").read_text("utf-8"), Strict)  # noqa: S506 (a safe loader, made stricter)
