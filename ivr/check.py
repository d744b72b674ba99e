"""Whether a flow can be trusted with a caller: what its author got wrong, each with file, line and remedy.

Pure: it reads no file.
"""

from collections.abc import Iterator, Mapping

from ivr.finding import Finding
from ivr.flow import (
    CONSENT_FACT,
    SURVEY,
    EmitNode,
    Exit,
    Flow,
    GatherNode,
    GoNode,
    HangupNode,
    LookUpNode,
    Node,
    Part,
    QueueNode,
    RecordNode,
    exits,
    spoken_in,
)
from ivr.prompt_book import PromptBook

MOST_CHOICES = 5
"""More choices than this cannot be kept in mind.

0, * and # mean the same in every menu, and a key that settles a fact answers a question of consent: neither is counted.
"""

MAKE = "chạy `hotline1022 prompts make`, hoặc đặt bản thu vào thư mục prompts/vi của tỉnh"

UNCOUNTED_KEYS = frozenset("0*#")

PARTS_OF_KIND = {
    "digits": ("digit-",),
    "number": ("number-",),
    "date": ("day-", "month-", "weekday-"),
    "agency": ("agency-unknown",),
    "stage": ("stage-unknown",),
}
"""What the names of the recordings begin with that must be there. An agency or stage of its own name need not be."""


def check(flow: Flow, file: str, book: PromptBook, recorded: Mapping[str, str]) -> list[Finding]:
    """Everything that is wrong with a flow, in the order of its lines.

    ``recorded``: for each prompt with a recording, "" if it can be used, else why not.
    """
    checks = (_targets, _facts, _values, _choices, _hangups)
    findings = [Finding(file, *wrong) for one in checks for wrong in one(flow)]
    if not any(finding.level == "error" for finding in findings):
        findings += [Finding(file, *wrong) for one in (_unreachable, _dead_ends, _circles) for wrong in one(flow)]
    findings += [Finding(file, *wrong) for wrong in _prompts(flow, book, recorded)]
    findings += _spoken_generally(flow, book, recorded)
    findings += _unused(flow, book)
    return sorted(set(findings), key=lambda finding: (finding.level, finding.file, finding.line, finding.what))


Wrong = tuple[int, str, str]
"""Line, what is wrong, remedy."""


def _ways(flow: Flow) -> Iterator[tuple[str, Node, str, Exit]]:
    for name, node in flow.nodes.items():
        for way, leads in exits(node):
            yield name, node, way, leads


def _targets(flow: Flow) -> Iterator[Wrong]:
    if flow.start not in flow.nodes:
        yield 1, f"Nút đầu “{flow.start}” không có", "sửa start hoặc thêm nút này"
    for name, _, way, leads in _ways(flow):
        if leads.go not in flow.nodes:
            yield (
                leads.line,
                f"Nút “{name}”, lối “{way}”: không có nút “{leads.go}”",
                "sửa tên nút đích hoặc thêm nút này",
            )


def _hangups(flow: Flow) -> Iterator[Wrong]:
    for name, node in flow.nodes.items():
        if isinstance(node, RecordNode) and not isinstance(flow.nodes.get(node.on_hangup), EmitNode):
            what = f"Nút “{name}”: on_hangup phải chỉ đến một nút emit, không phải “{node.on_hangup}”"
            yield node.line, what, "ghi tên nút emit giữ lời của người gác máy khi đang nói"


def _facts(flow: Flow) -> Iterator[Wrong]:
    remedy = "khai trong mục facts, hoặc sửa tên"
    for name, node in flow.nodes.items():
        if isinstance(node, GoNode):
            for case in node.cases:
                for fact in case.facts:
                    if fact not in flow.facts:
                        yield case.exit.line, f"Nút “{name}” hỏi dữ kiện “{fact}” chưa khai", remedy
        if isinstance(node, RecordNode) and CONSENT_FACT not in flow.facts:
            yield node.line, f"Nút “{name}” ghi âm mà luồng không khai dữ kiện “{CONSENT_FACT}”", remedy
    for name, _, way, leads in _ways(flow):
        for fact, _ in leads.facts:
            if fact not in flow.facts:
                yield leads.line, f"Nút “{name}”, lối “{way}” đặt dữ kiện “{fact}” chưa khai", remedy


def _values(flow: Flow) -> Iterator[Wrong]:
    given = set(flow.values)
    for node in flow.nodes.values():
        match node:
            case LookUpNode() | EmitNode():
                given.update(node.gives)
            case GatherNode() if node.digits:
                given.add(node.digits.save)
    for _, _, _, leads in _ways(flow):
        given.update(name for name, _ in leads.values)
    remedy = "khai trong values, đặt bằng set, hoặc thêm vào gives của look-up hay emit"
    for name, node in flow.nodes.items():
        for line, value in _values_used(node):
            if value not in given:
                yield line, f"Nút “{name}” dùng giá trị “{value}” mà không gì cho", remedy


def _values_used(node: Node) -> Iterator[tuple[int, str]]:
    for part in spoken_in(node):
        if part.kind != "prompt":
            yield part.line, part.name
    if isinstance(node, LookUpNode):
        yield node.line, node.code
    if isinstance(node, EmitNode):
        for _, text in node.values:
            if text.startswith("{"):
                yield node.line, text[1:-1]


def _choices(flow: Flow) -> Iterator[Wrong]:
    for name, node in flow.nodes.items():
        if isinstance(node, GatherNode):
            counted = [key for key, way in node.keys.items() if key not in UNCOUNTED_KEYS and not way.facts]
            if len(counted) > MOST_CHOICES:
                what = f"Nút “{name}” có {len(counted)} lựa chọn; người nghe nhớ được nhiều nhất {MOST_CHOICES}"
                yield node.line, what, "chia thành hai câu hỏi (0, *, # và phím trả lời về ghi âm không tính)"


def _reached(flow: Flow, start: str) -> set[str]:
    seen, ahead = {start}, [start]
    while ahead:
        node = flow.nodes[ahead.pop()]
        kept = [node.on_hangup] if isinstance(node, RecordNode) else []
        for target in [leads.go for _, leads in exits(node)] + kept:
            if target not in seen:
                seen.add(target)
                ahead.append(target)
    return seen


def _unreachable(flow: Flow) -> Iterator[Wrong]:
    reached = _reached(flow, flow.start)
    for name, node in flow.nodes.items():
        if name not in reached:
            yield node.line, f"Không có đường nào dẫn đến nút “{name}”", "nối một lối ra đến nút này, hoặc xoá nút"


def _dead_ends(flow: Flow) -> Iterator[Wrong]:
    for name, node in flow.nodes.items():
        ends = (isinstance(flow.nodes[other], HangupNode | QueueNode) for other in _reached(flow, name))
        if not any(ends):
            yield node.line, f"Từ nút “{name}” không đến được điểm kết thúc hay điện thoại viên", "thêm một lối ra"


def _circles(flow: Flow) -> Iterator[Wrong]:
    """Circles that a caller who does nothing, or a failure that lasts, would never leave."""
    steps = {
        name: {way.go for label, way in exits(node) if not _acted(node, label)} for name, node in flow.nodes.items()
    }
    for name, node in flow.nodes.items():
        seen, ahead = set[str](), steps[name]
        while ahead:
            seen |= ahead
            ahead = {after for step in ahead for after in steps[step]} - seen
        if name in seen:
            what = f"Nút “{name}” nằm trong vòng lặp mà người gọi im lặng không bao giờ ra được"
            yield node.line, what, "cho vòng này một lối ra khác khi không có phím bấm hoặc khi hỏng"


def _acted(node: Node, way: str) -> bool:
    """Whether a way out needs the caller (or an operator) to do something."""
    match node:
        case GatherNode():
            return way not in ("no_input", "give_up")
        case RecordNode():
            return way == "spoken"
        case QueueNode():
            return way == "answered"
    return False


def _prompts(flow: Flow, book: PromptBook, recorded: Mapping[str, str]) -> Iterator[Wrong]:
    for node in flow.nodes.values():
        for part in spoken_in(node):
            for name in _recordings(part, book):
                if name not in book:
                    yield part.line, f"Câu “{name}” không có trong tệp lời thoại", "thêm lời, hoặc sửa tên câu"
                elif not book[name].text.strip():
                    yield part.line, f"Câu “{name}” không có lời", f"ghi lời ở {book[name].file}:{book[name].line}"
                elif why := recorded.get(name, "không có bản ghi âm"):
                    yield part.line, f"Câu “{name}”: {why}", MAKE


def _recordings(part: Part, book: PromptBook) -> list[str]:
    """Every recording that may be needed to say this."""
    if part.kind == "prompt":
        return [part.name]
    return [name for name in book if name.startswith(PARTS_OF_KIND[part.kind])]


def _spoken_generally(flow: Flow, book: PromptBook, recorded: Mapping[str, str]) -> list[Finding]:
    """Agencies and stages that a caller hears by a general word only."""
    kinds = {part.kind for node in flow.nodes.values() for part in spoken_in(node)}
    return [
        Finding(prompt.file, prompt.line, f"“{prompt.text}” chỉ được đọc bằng lời chung: {why}", MAKE, "warning")
        for name, prompt in book.items()
        for kind in ("agency", "stage")
        if kind in kinds and name.startswith(f"{kind}-") and (why := recorded.get(name, "không có bản ghi âm"))
    ]


def _unused(flow: Flow, book: PromptBook) -> list[Finding]:
    said = {part.name for node in flow.nodes.values() for part in spoken_in(node) if part.kind == "prompt"}
    return [
        Finding(prompt.file, prompt.line, f"Câu “{name}” không được luồng nào dùng", "xoá câu, hoặc dùng nó", "warning")
        for name, prompt in book.items()
        if prompt.use == ("survey" if flow.name == SURVEY else "flow") and name not in said
    ]
