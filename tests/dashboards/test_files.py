"""Claims about the dashboards' files: they are what the code makes, Grafana can read them, and they name only what there is."""

import itertools
import re
from typing import Any

import pytest
import yaml

from dashboards.board import TAG, written
from dashboards.catalogue import BOARDS as MADE
from dashboards.words import OPERATOR_STATES
from hotline1022.migrations.view_texts import VIEWS
from hotline1022.reporting.live_figures import OPERATOR_STATES as STATES
from tests.dashboards import grafana
from tests.dashboards.contract import ELSEWHERE, contract
from tests.dashboards.test_rules import RECORDED, RULES

BOARDS = grafana.files()
each_board = pytest.mark.parametrize("name", BOARDS)
VIETNAMESE = re.compile("[àáảãạăằắẳẵặâầấẩẫậèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵđ]", re.IGNORECASE)


def test_the_files_are_what_the_code_makes() -> None:
    made = {f"{board.uid}.json": written(board) for board in (make() for make in MADE)}
    files = {path.name: path.read_text(encoding="utf-8") for path in (grafana.FOLDER / "dashboards").glob("*")}
    assert files == made, "run: python -m dashboards"


def test_there_are_seven_each_with_a_number_and_a_uid_of_its_own() -> None:
    titles = sorted(board["title"] for board in BOARDS.values())
    assert [title.split(" · ")[0] for title in titles] == list("1234567")
    uids = [board["uid"] for board in BOARDS.values()]
    assert len(set(uids)) == len(uids)
    assert all(re.fullmatch(r"[a-z0-9-]{1,40}", uid) for uid in uids)


@each_board
def test_a_dashboard_has_what_grafana_asks_of_one(name: str) -> None:
    board = BOARDS[name]
    assert board["schemaVersion"] >= 39
    assert board["timezone"] == "Asia/Ho_Chi_Minh"
    assert TAG in board["tags"]
    assert board["description"]
    assert "id" not in board, "an id is Grafana's own"
    ids = [panel["id"] for panel in board["panels"]]
    assert sorted(set(ids)) == sorted(ids)
    assert min(ids) > 0
    for variable in board["templating"]["list"]:
        assert variable["datasource"]["uid"] in sources()
        assert variable["label"]


@each_board
def test_no_panel_lies_over_another_or_beyond_the_edge(name: str) -> None:
    cells: set[tuple[int, int]] = set()
    for panel in BOARDS[name]["panels"]:
        place = panel["gridPos"]
        assert place["w"] > 0
        assert place["h"] > 0
        assert 0 <= place["x"] <= 24 - place["w"]
        covered = set(
            itertools.product(range(place["x"], place["x"] + place["w"]), range(place["y"], place["y"] + place["h"]))
        )
        assert not cells & covered, panel["title"]
        cells |= covered


@each_board
def test_every_panel_says_in_vietnamese_what_it_shows_and_how_it_is_defined(name: str) -> None:
    for panel in grafana.panels(BOARDS[name]):
        assert panel["title"]
        assert VIETNAMESE.search(panel["description"]), panel["title"]
        assert len(panel["description"]) > 20, panel["title"]
        defaults = panel["fieldConfig"]["defaults"]
        assert defaults["unit"], panel["title"]
        steps = defaults["thresholds"]["steps"]
        assert steps[0]["value"] is None, panel["title"]
        values = [step["value"] for step in steps[1:]]
        assert values == sorted(values), panel["title"]


@each_board
def test_every_panel_asks_a_source_that_is_provisioned(name: str) -> None:
    known = sources()
    for panel in grafana.panels(BOARDS[name]):
        references = [target["refId"] for target in panel["targets"]]
        assert references
        assert len(set(references)) == len(references)
        for asked in (panel["datasource"], *(target["datasource"] for target in panel["targets"])):
            assert known[asked["uid"]] == asked["type"]


@each_board
def test_sql_reads_reporting_views_only_and_asks_no_clock_of_its_own(name: str) -> None:
    board = BOARDS[name]
    statements = [query.text for query in grafana.queries(board) if query.kind != "prometheus"]
    statements += [variable["query"] for variable in board["templating"]["list"]]
    own = {"span", "counted", "tested", "judged", "generate_series", "s"}
    for statement in statements:
        named = set(re.findall(r"\b(?:FROM|JOIN)\s+([a-z_]+)", statement)) - {"lateral"}
        assert named <= {*VIEWS, "report_names", *own, "taken_at"}, statement
        assert not re.search(r"\bnow\(\)|current_date|current_timestamp", statement, re.IGNORECASE), statement


def test_every_metric_that_is_asked_for_is_in_the_contract() -> None:
    promised = {*contract(), *ELSEWHERE}
    expressions = [
        query.text for board in BOARDS.values() for query in grafana.queries(board) if query.kind == "prometheus"
    ]
    expressions += [path.read_text(encoding="utf-8") for path in RULES]
    named = {
        word for text in expressions for word in re.findall(r"\b(?:hotline|asterisk)[a-z0-9_]*_[a-z0-9_]+\b", text)
    }
    named = {re.sub(r"_(bucket|count|sum)$", "", word) if word not in promised else word for word in named}
    recorded = {name for text in expressions for name in re.findall(r"\bhotline:[a-z0-9_:]+", text)}
    assert named - promised == set()
    assert recorded <= RECORDED


def test_labels_that_are_asked_for_are_in_the_contract() -> None:
    promised = contract()
    wrong = []
    for board in BOARDS.values():
        for query in grafana.queries(board):
            for metric, inner in re.findall(r"\b(hotline_\w+)\{([^}]*)\}", query.text):
                base = metric if metric in promised else re.sub(r"_(bucket|count|sum)$", "", metric)
                asked = set(re.findall(r"(\w+)\s*(?:=~|!~|!=|=)", inner)) - {"le"}
                wrong += [f"{query.name}: {metric} has no {label}" for label in asked - promised[base]]
    assert wrong == []


def test_every_state_of_an_operator_has_a_name() -> None:
    assert set(OPERATOR_STATES) == set(STATES)


def test_grafana_is_told_where_the_dashboards_lie_and_learns_no_password_from_a_file_here() -> None:
    (provider,) = yaml.safe_load((grafana.FOLDER / "provisioning/dashboards/hotline.yaml").read_text())["providers"]
    assert provider["allowUiUpdates"] is False
    for source in provisioned():
        for secret in source.get("secureJsonData", {}).values():
            assert re.fullmatch(r"\$__file\{/run/secrets/\w+\}", secret)


def provisioned() -> list[dict[str, Any]]:
    found = yaml.safe_load((grafana.FOLDER / "provisioning/datasources/hotline.yaml").read_text())["datasources"]
    return list(found)


def sources() -> dict[str, str]:
    return {source["uid"]: source["type"] for source in provisioned()}
