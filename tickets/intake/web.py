"""The interface for the province's app and forms. Routes only; services decide."""

from hotline1022.base.access import Role
from hotline1022.base.http.routes import Call, Reply, Route, Told
from tickets.intake.forms import Addition, AppReport, Return
from tickets.intake.reports import Reports, ReportStatus
from tickets.photos.web import CODE, MOST, PHOTOS
from tickets.web import IDEMPOTENCY

APPS = frozenset({Role.APP})
OFTEN = (600, 60.0)
"""Requests and seconds for one key: a storm's reports of a whole province pass, a program in a loop does not."""
TAG = "Ứng dụng, biểu mẫu"
PER_KEY = "Ứng dụng chỉ xem và làm tiếp được những phản ánh gửi bằng khoá của mình."


def routes(*, reports: Reports) -> list[Route]:
    """Sending reports, following them, adding to them, having them reopened."""

    async def sent(call: Call[Told, AppReport]) -> Reply:
        opening = await reports.send(call.body, call.files, call.by, call.headers["Idempotency-Key"])
        status = await reports.status(opening.ticket.code, call.by)
        return Reply(status, status=201 if opening.new else 200)

    async def shown(call: Call[Told, None]) -> ReportStatus:
        return await reports.status(call.path["code"], call.by)

    async def added(call: Call[Told, Addition]) -> ReportStatus:
        return await reports.add(call.path["code"], call.body.text, call.files, call.by)

    async def reopened(call: Call[Told, Return]) -> ReportStatus:
        return await reports.reopen(call.path["code"], call.body.reason, call.files, call.by)

    return [
        Route(
            "POST", "/api/app/reports", sent, "Gửi một phản ánh", TAG, APPS, {200: ReportStatus, 201: ReportStatus},
            "201 là phiếu mới; 200 là phiếu đã có của cùng khoá Idempotency-Key và cùng nội dung. "
            "Cùng khoá mà khác nội dung thì 409. Có ảnh thì gửi multipart/form-data.",
            body=AppReport, takes="json-or-multipart", files=PHOTOS, most_bytes=MOST, headers=IDEMPOTENCY, limit=OFTEN,
        ),
        Route(
            "GET", "/api/app/reports/{code}", shown, "Xem phản ánh đã gửi", TAG, APPS, {200: ReportStatus}, PER_KEY,
            parameters=CODE, limit=OFTEN,
        ),
        Route(
            "POST", "/api/app/reports/{code}/information", added, "Bổ sung thông tin, trả lời câu hỏi", TAG, APPS,
            {200: ReportStatus}, PER_KEY, parameters=CODE, body=Addition, takes="json-or-multipart", files=PHOTOS,
            most_bytes=MOST, limit=OFTEN,
        ),
        Route(
            "POST", "/api/app/reports/{code}/reopen", reopened, "Đề nghị xem lại vì chưa giải quyết xong", TAG, APPS,
            {200: ReportStatus}, PER_KEY, parameters=CODE, body=Return, takes="json-or-multipart", files=PHOTOS,
            most_bytes=MOST, limit=OFTEN,
        ),
    ]  # fmt: skip
