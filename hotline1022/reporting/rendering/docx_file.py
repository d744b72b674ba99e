"""A report as a Word document, laid out as a state document so that it can be edited and signed. No figure is computed here."""

from html import escape
from io import BytesIO
from typing import Any

import docx
from docx.document import Document
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt
from docx.text.paragraph import Paragraph

from hotline1022.reporting import written
from hotline1022.reporting.rendering import charts, letterhead
from hotline1022.reporting.report import Chapter, Kind, Report, Table

_CENTRE = WD_ALIGN_PARAGRAPH.CENTER
_A4 = (Mm(210), Mm(297))
_SIDES = {Kind.WORDS: "left", Kind.MARK: "center"}
"""Where the words of a cell stand; figures stand right."""


def render(report: Report) -> bytes:
    """The document."""
    document = docx.Document()
    _style(document)
    document.core_properties.title = f"{report.title}, {report.period_title}"
    document.core_properties.author = letterhead.OFFICE
    document.core_properties.language = "vi-VN"
    _head(document, report)
    for number, chapter in enumerate(report.chapters, 1):
        _chapter(document, number, chapter)
    _heading(document, f"{len(report.chapters) + 1}. Thuyết minh")
    for sentence in (report.basis, *report.notes, f"Số liệu lấy lúc {written.instant(report.made_at)}."):
        _sentence(document, sentence)
    _foot(document)
    made = BytesIO()
    document.save(made)
    return made.getvalue()


def _style(document: Document) -> None:
    for name in ("Normal", "Heading 2"):
        style: Any = document.styles[name]
        style.font.name, style.font.size = letterhead.FONT, Pt(letterhead.SIZE)
        # Word asks for the font of each script apart; Vietnamese letters count as "high ANSI".
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for attribute in list(fonts.attrib):
            if attribute.endswith("Theme"):
                del fonts.attrib[attribute]
        for script in ("w:ascii", "w:hAnsi", "w:cs", "w:eastAsia"):
            fonts.set(qn(script), letterhead.FONT)
    heading: Any = document.styles["Heading 2"]
    heading.font.bold, heading.font.color.rgb = True, None
    section = document.sections[0]
    _page(section, wide=False)
    section.different_first_page_header_footer = True
    number = section.header.paragraphs[0]
    number.alignment = _CENTRE
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), "PAGE")
    number._p.append(field)


def _page(section: Any, *, wide: bool) -> None:
    width, height = reversed(_A4) if wide else _A4
    section.orientation = WD_ORIENT.LANDSCAPE if wide else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = width, height
    section.top_margin, section.bottom_margin = Mm(letterhead.TOP), Mm(letterhead.BOTTOM)
    section.left_margin, section.right_margin = Mm(letterhead.LEFT), Mm(letterhead.RIGHT)


def _head(document: Document, report: Report) -> None:
    heading = letterhead.heading(report)
    left, right = document.add_table(rows=1, cols=2).rows[0].cells
    left.width, right.width = Mm(68), Mm(97)
    _words(left.paragraphs[0], letterhead.SUPERIOR, align=_CENTRE)
    _words(left.add_paragraph(), letterhead.OFFICE, bold=True, underline=True, align=_CENTRE)
    _words(left.add_paragraph(), letterhead.NUMBER, align=_CENTRE)
    _words(right.paragraphs[0], letterhead.COUNTRY, bold=True, align=_CENTRE)
    _words(right.add_paragraph(), letterhead.MOTTO, bold=True, underline=True, align=_CENTRE)
    _words(right.add_paragraph(), heading.dated, italic=True, align=_CENTRE)
    document.add_paragraph()
    _words(document.add_paragraph(), heading.kind, bold=True, align=_CENTRE, size=14)
    _words(document.add_paragraph(), heading.subject, bold=True, align=_CENTRE, size=14)
    for sentence in report.warnings:
        _sentence(document, sentence, italic=True)


def _chapter(document: Document, number: int, chapter: Chapter) -> None:
    _heading(document, f"{number}. {chapter.title}")
    for sentence in chapter.sentences:
        _sentence(document, sentence)
    tables = {table.name: table for table in chapter.tables}
    for table in chapter.tables:
        if table.wide:
            _page(document.add_section(WD_SECTION.NEW_PAGE), wide=True)
        _table(document, table)
        if table.wide:
            _page(document.add_section(WD_SECTION.NEW_PAGE), wide=False)
    for chart in chapter.charts:
        drawn = charts.draw(chart, tables[chart.table])
        if drawn is not None:
            document.add_picture(BytesIO(charts.png(drawn)), width=Mm(160))
            document.paragraphs[-1].alignment = _CENTRE
            _words(document.add_paragraph(), chart.title, italic=True, align=_CENTRE, size=12)
    for quote in chapter.quotes:
        for sentence in (f"Hỏi: {quote.question}", f"Trả lời: {quote.answer}"):
            _words(document.add_paragraph(), sentence, size=12, indent=8)
        _words(document.add_paragraph(), quote.source, italic=True, size=12, indent=8)


def _table(document: Document, table: Table) -> None:
    _words(document.add_paragraph(), table.title, bold=True, align=_CENTRE, keep=True)
    size = 8 if table.wide else 11
    made = document.add_table(rows=0, cols=len(table.columns), style="Table Grid")
    head = "".join(_cell(column.title, "center", size, bold=True) for column in table.columns)
    # The head of a table stands on each of its pages.
    made._tbl.append(_row(f"<w:trPr><w:tblHeader/></w:trPr>{head}"))
    for number, row in enumerate(table.rows, 1):
        bold = table.total and number == len(table.rows)
        pairs = zip(table.columns, row, strict=True)
        cells = (
            _cell(written.cell(value, each.kind), _SIDES.get(each.kind, "right"), size, bold=bold)
            for each, value in pairs
        )
        made._tbl.append(_row("".join(cells)))
    if not table.rows:
        _words(document.add_paragraph(), "Không có dòng nào.", align=_CENTRE)
    document.add_paragraph()


def _row(cells: str) -> Any:
    # Thousands of cells: written as text they take a tenth of the time that the library takes for them one by one.
    return parse_xml(f"<w:tr {nsdecls('w')}>{cells}</w:tr>")


def _cell(words: str, side: str, size: float, *, bold: bool) -> str:
    weight = "<w:b/>" if bold else ""
    looks = f'<w:pPr><w:spacing w:after="20"/><w:jc w:val="{side}"/></w:pPr>'
    run = f'<w:rPr>{weight}<w:sz w:val="{size * 2:.0f}"/></w:rPr><w:t xml:space="preserve">{escape(words)}</w:t>'
    return f"<w:tc><w:p>{looks}<w:r>{run}</w:r></w:p></w:tc>"


def _foot(document: Document) -> None:
    document.add_paragraph()
    left, right = document.add_table(rows=1, cols=2).rows[0].cells
    _words(left.paragraphs[0], "Nơi nhận:", bold=True, italic=True, size=12)
    for each in letterhead.RECIPIENTS:
        _words(left.add_paragraph(), f"- {each}", size=11)
    _words(right.paragraphs[0], letterhead.SIGNER, bold=True, align=_CENTRE)
    _words(right.add_paragraph(), letterhead.SIGN_HERE, italic=True, align=_CENTRE)


def _heading(document: Document, words: str) -> None:
    document.add_paragraph(words, style="Heading 2")


def _sentence(document: Document, words: str, *, italic: bool = False) -> None:
    paragraph = document.add_paragraph()
    paragraph.paragraph_format.first_line_indent = Mm(10)
    _words(paragraph, words, italic=italic, align=WD_ALIGN_PARAGRAPH.JUSTIFY)


def _words(
    paragraph: Paragraph,
    words: str,
    *,
    bold: bool = False,
    italic: bool = False,
    underline: bool = False,
    keep: bool = False,
    align: Any = None,
    size: float = letterhead.SIZE,
    indent: float = 0,
) -> None:
    run = paragraph.add_run(words)
    run.bold, run.italic, run.underline, run.font.size = bold, italic, underline, Pt(size)
    form = paragraph.paragraph_format
    form.space_after, form.keep_with_next = Pt(2), keep
    form.left_indent = Mm(indent)
    if align is not None:
        paragraph.alignment = align
