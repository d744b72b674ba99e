"""Claims about the test run itself: in CI a real part that was not tried fails the run, elsewhere its skip says why."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
TEST = """
import pytest
@pytest.mark.engine
def test_part():
    pytest.skip("no model")
@pytest.fixture
def absent():
    pytest.skip("Asterisk is not installed")
@pytest.mark.asterisk
def test_part_by_fixture(absent):
    pass
@pytest.mark.postgresql
def test_part_that_is_there():
    pass
@pytest.mark.skip(reason="later")
def test_other():
    pass
"""


def run(folder: Path, ci: str) -> subprocess.CompletedProcess[str]:
    (folder / "test_it.py").write_text(TEST)
    (folder / "conftest.py").write_text("from tests.conftest import pytest_runtest_makereport\n")
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-c",
        str(ROOT / "pyproject.toml"),
        "--rootdir",
        str(folder),
        str(folder),
    ]
    environment = {**os.environ, "CI": ci, "PYTHONPATH": str(ROOT)}
    return subprocess.run(command, env=environment, cwd=folder, capture_output=True, text=True, check=False)


def test_skipped_real_part_fails_the_run_in_ci_with_one_clear_line(tmp_path: Path) -> None:
    ran = run(tmp_path, "true")
    assert ran.returncode == 1
    assert "1 failed, 1 passed, 1 skipped, 1 error" in ran.stdout
    assert "test_it.py::test_part: needs the real engine and was skipped in CI (Skipped: no model)" in ran.stdout
    assert "test_it.py::test_part_by_fixture: needs the real asterisk and was skipped in CI" in ran.stdout


def test_skipped_real_part_is_only_told_elsewhere(tmp_path: Path) -> None:
    ran = run(tmp_path, "")
    assert ran.returncode == 0
    assert "1 passed, 3 skipped" in ran.stdout
    assert "no model" in ran.stdout
    assert "Asterisk is not installed" in ran.stdout
