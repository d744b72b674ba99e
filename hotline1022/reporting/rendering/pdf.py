"""A report as PDF: a state document set by WeasyPrint from one HTML template. No figure is computed here."""

import logging

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from hotline1022.base.errors import HotlineError
from hotline1022.reporting import written
from hotline1022.reporting.rendering import charts, letterhead
from hotline1022.reporting.report import Chapter, Kind, Report, Table

_PAGES = Environment(
    loader=PackageLoader("hotline1022.reporting.rendering"), autoescape=True, undefined=StrictUndefined
)
_WIDE = 2.8
"""How much wider than one of figures a column of words is."""
logging.getLogger("weasyprint").setLevel(logging.ERROR)
logging.getLogger("fontTools").setLevel(logging.ERROR)


def page(report: Report) -> str:
    """The document as HTML, before it is set."""
    return _PAGES.get_template("report.html").render(
        report=report,
        chapters=report.chapters,
        pictures=[_pictures(chapter) for chapter in report.chapters],
        head=letterhead,
        heading=letterhead.heading(report),
        cell=lambda value, kind: written.cell(value, Kind(kind)),
        instant=written.instant,
        shares=_shares,
    )


def render(report: Report) -> bytes:
    """The document. Raises HotlineError where this machine lacks what sets type."""
    try:
        # Its library (Pango) is the operating system's: only whoever wants a PDF needs it.
        from weasyprint import HTML  # noqa: PLC0415
    except OSError as error:
        raise HotlineError(
            "Máy này thiếu thư viện dàn trang Pango nên không làm được PDF",
            remedy="cài gói libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-croscore, hoặc chọn dạng docx",
        ) from error
    made: bytes = HTML(string=page(report), url_fetcher=_nothing).write_pdf()
    return made


def _shares(table: Table) -> list[float]:
    """How wide each column is, in per cent: by its kind, not by its words, which would cost half of the time of a long document."""
    wide = [_WIDE if column.kind is Kind.WORDS else 1.0 for column in table.columns]
    return [round(100 * each / sum(wide), 2) for each in wide]


def _pictures(chapter: Chapter) -> list[tuple[str, Markup]]:
    tables = {table.name: table for table in chapter.tables}
    drawn = [(chart.title, charts.draw(chart, tables[chart.table])) for chart in chapter.charts]
    return [(title, Markup(charts.svg(shapes, title))) for title, shapes in drawn if shapes is not None]  # noqa: S704


def _nothing(url: str, *_: object, **__: object) -> dict[str, object]:
    raise ValueError(f"a report fetches nothing: {url}")
