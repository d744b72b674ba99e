"""The formats in which reports come, by the names that people give them. A table; each format's module does the work."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from pydantic import TypeAdapter

from hotline1022.reporting.rendering import csv_file, docx_file, pdf, xlsx
from hotline1022.reporting.report import Report

_JSON: TypeAdapter[Report] = TypeAdapter(Report)


@dataclass(frozen=True)
class Format:
    """A way to write a report."""

    render: Callable[[Report], bytes]
    media_type: str
    suffix: str


FORMATS: Mapping[str, Format] = {
    "xlsx": Format(xlsx.render, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx"),
    "docx": Format(docx_file.render, "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "docx"),
    "pdf": Format(pdf.render, "application/pdf", "pdf"),
    "csv": Format(csv_file.render, "text/csv", "csv"),
    "json": Format(lambda report: _JSON.dump_json(report, indent=1), "application/json", "json"),
}
