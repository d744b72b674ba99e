"""``hotline1022 openapi``: the description of the interface over HTTP, printed without a running service. Thin."""

from hotline1022.api import Api
from hotline1022.base import outbox
from hotline1022.base.clock import SystemClock
from hotline1022.base.db import Database
from hotline1022.cli.asking import RULES_FOLDER, print_json
from hotline1022.config import Settings
from hotline1022.panel.operators import without_a_line
from hotline1022.survey_desk import SurveyRules
from tickets.desk import Desk
from tickets.rules import StandingRules


def openapi() -> None:
    """In mô tả giao diện HTTP (OpenAPI 3.1, JSON); không cần dịch vụ đang chạy, không mở cơ sở dữ liệu."""
    settings, clock = Settings.load(), SystemClock()
    database, rules = Database(settings.database), StandingRules(settings.data / RULES_FOLDER)
    desk = Desk(database, clock, rules, outbox.add)
    surveys = SurveyRules.load(settings.data / RULES_FOLDER, b"")
    api = Api(
        database=database,
        clock=clock,
        rules=rules,
        desk=desk,
        record_event=outbox.add,
        data=settings.data,
        account_key=b"",
        surveys=surveys,
    )
    api.add(without_a_line(settings, clock, database, api, surveys.current_policy).routes)
    print_json(api.description())
