"""The claim that the dashboards are what Grafana 12 says a dashboard is: each file is given to TypeScript with Grafana's own types.

Panels' options and the fields' own options are typed by the panel's kind. Not covered by any type: queries, which are each source's own.
"""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.dashboards import grafana

pytestmark = pytest.mark.grafana_types

MODULES = grafana.FOLDER / "schema" / "node_modules"
RAW = MODULES / "@grafana" / "schema" / "dist" / "types" / "raw"
KINDS = {"stat": "Stat", "timeseries": "TimeSeries", "barchart": "BarChart", "bargauge": "BarGauge", "table": "Table"}
FIELDS = {"timeseries": "TimeSeries", "barchart": "BarChart", "table": "Table"}
"""Kinds of panels whose fields have options of their own."""

WRITTEN = """
// In a file an enumeration is its text.
type Written<T> = T extends string ? `${T}` : T extends (infer U)[] ? Written<U>[]
  : T extends object ? {[K in keyof T]: Written<T[K]>} : T;
"""


def program() -> str:
    """Every dashboard as a constant of Grafana's type."""
    lines = [f"import type {{Dashboard}} from '{RAW}/dashboard/x/dashboard_types.gen';"]
    for kind, name in KINDS.items():
        lines.append(f"import type * as {kind} from '{RAW}/composable/{kind}/panelcfg/x/{name}PanelCfg_types.gen';")
    lines.append(WRITTEN)
    for number, board in enumerate(grafana.files().values()):
        lines.append(f"export const board{number}: Written<Dashboard> = {json.dumps(board)};")
        for panel in grafana.panels(board):
            kind, name = panel["type"], f"{number}_{panel['id']}"
            lines.append(f"export const options{name}: Written<{kind}.Options> = {json.dumps(panel['options'])};")
            if kind in FIELDS:
                custom = json.dumps(panel["fieldConfig"]["defaults"]["custom"])
                lines.append(f"export const fields{name}: Written<{kind}.FieldConfig> = {custom};")
    return "\n".join(lines)


def checked(folder: Path, text: str) -> str:
    """What TypeScript finds wrong with a program."""
    (folder / "boards.ts").write_text(text, encoding="utf-8")
    compiler = MODULES / "typescript" / "bin" / "tsc"
    options = ["--noEmit", "--strict", "--skipLibCheck", "--moduleResolution", "bundler", "--module", "esnext"]
    command = ["node", str(compiler), *options, "--target", "es2022", str(folder / "boards.ts")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


@pytest.fixture(autouse=True)
def _compiler() -> None:
    if shutil.which("node") is None or not MODULES.is_dir():
        pytest.skip("Grafana's types are not installed: make check-dashboards does it")


def test_every_dashboard_is_one_by_grafanas_own_types(tmp_path: Path) -> None:
    assert {panel["type"] for board in grafana.files().values() for panel in grafana.panels(board)} <= KINDS.keys()
    assert checked(tmp_path, program()) == ""


def test_a_mistake_is_found(tmp_path: Path) -> None:
    broken = (
        program()
        .replace('"mode": "absolute"', '"mode": "absolut"', 1)
        .replace('"showLegend": true', '"showLegend": "yes"')
    )
    found = checked(tmp_path, broken)
    assert "absolut" in found
    assert "boolean" in found
