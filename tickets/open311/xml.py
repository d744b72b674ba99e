"""GeoReport answers as XML: the same names as in JSON, each item of a list in an element of its own. No schema, no namespace."""

import re
from typing import Any
from xml.etree import ElementTree

from tickets.open311.model import Answer

MEDIA_TYPE = "text/xml"

ITEMS = {
    "services": "service",
    "service_requests": "request",
    "attributes": "attribute",
    "values": "value",
    "endpoints": "endpoint",
    "formats": "format",
    "errors": "error",
}
"""What an item of a list is called, by the list's name."""

_UNWRITABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What no XML 1.0 document may hold, not even as a reference."""


def written(answer: Answer) -> str:
    """The document of an answer; characters that XML cannot carry are left out."""
    root = _element(answer.root_name, answer.model_dump(mode="json"))
    document: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return document.decode()


def _element(name: str, value: Any) -> ElementTree.Element:
    element = ElementTree.Element(name)
    if isinstance(value, dict):
        element.extend(_element(child, each) for child, each in value.items())
    elif isinstance(value, list):
        element.extend(_element(ITEMS[name], each) for each in value)
    elif isinstance(value, bool):
        element.text = "true" if value else "false"
    elif value is not None:
        element.text = _UNWRITABLE.sub("", str(value))
    return element
