"""Reads a flow's YAML file into ``ivr.flow`` values, strictly:

a word outside the vocabulary is a mistake with file and line.

What needs the whole flow to be seen (targets, reachability, prompts) is ``ivr.check``'s.
"""

import hashlib
import re
from collections.abc import Callable
from functools import partial

import yaml

from ivr.flow import (
    CONSENT_FACT,
    Again,
    Case,
    Digits,
    EmitNode,
    Exit,
    Flow,
    GatherNode,
    GoNode,
    HangupNode,
    Keep,
    LookUpNode,
    Node,
    Part,
    PlayNode,
    QueueNode,
    RecordNode,
)
from ivr.model import KEYS
from ivr.prompt_book import NAME as PROMPT_NAME
from ivr.prompt_book import PromptBook
from ivr.yaml_lines import Entry, Reader, is_flag, line_of

VOCABULARY: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    "play": (frozenset({"then"}), frozenset({"skippable"})),
    "gather": (
        frozenset({"seconds"}),
        frozenset({"tries", "keys", "digits", "no_input", "no_match", "give_up"}),
    ),
    "record": (
        frozenset({"max_seconds", "silence_seconds", "spoken", "silent", "failed", "on_hangup"}),
        frozenset({"finish"}),
    ),
    "queue": (frozenset({"answered", "unanswered", "failed"}), frozenset()),
    "look-up": (frozenset({"found", "not_found", "failed"}), frozenset({"gives"})),
    "emit": (frozenset({"ok", "failed"}), frozenset({"values", "gives"})),
    "go": (frozenset({"else"}), frozenset()),
    "hangup": (frozenset(), frozenset()),
}
"""The verbs, and for each the words that it must and may have beside it. There are no others."""

KINDS = ("digits", "number", "date", "agency", "stage")
NAME = re.compile(r"[a-z][a-z0-9-]{0,39}")
REFERENCE = re.compile(r"\{[a-z][a-z0-9-]*\}")
TEXT_OF = re.compile(r"\{text:([a-z][a-z0-9-]*)\}")

SECONDS = (0.5, 60)
RECORD_SECONDS = (1, 600)


def read_flow(text: str, reader: Reader, book: PromptBook) -> Flow | None:
    """The flow that a file's text describes; None if it cannot be understood. What is wrong is in
    ``reader.findings``.
    """
    root = reader.compose(text)
    if root is None:
        return None
    top = reader.mapping(root, "Luồng")
    must = {"flow", "version", "start", "nodes"}
    if not reader.closed(top, line_of(root), "Luồng", must=must, may={"facts", "values"}):
        return None
    name = _name(reader, top["flow"].node, "Tên luồng")
    number = int(reader.number(top["version"].node, "version", 1, 9999))
    facts = {
        fact: reader.flag(entry.node, f"Dữ kiện “{fact}”") for fact, entry in _optional(reader, top, "facts").items()
    }
    values = {
        value: reader.text(entry.node, f"Giá trị “{value}”")
        for value, entry in _optional(reader, top, "values").items()
    }
    nodes = {
        node: made
        for node, entry in reader.mapping(top["nodes"].node, "nodes").items()
        if (made := NodeReader(reader, book, node, entry).node()) is not None
    }
    # What people were asked is the flow and the words of its prompts: either changed makes another version.
    spoken = (book[name].version for name in sorted(book.keys() & set(PROMPT_NAME.findall(text))))
    content = hashlib.sha256("\n".join((text, *spoken)).encode()).hexdigest()[:8]
    return Flow(name, f"{name}-{number}-{content}", reader.text(top["start"].node, "start"), facts, values, nodes)


def _optional(reader: Reader, entries: dict[str, Entry], word: str) -> dict[str, Entry]:
    return reader.mapping(entries[word].node, word) if word in entries else {}


def _name(reader: Reader, node: yaml.Node, what: str) -> str:
    name = reader.text(node, what)
    if not NAME.fullmatch(name):
        reader.wrong(line_of(node), f"{what} “{name}” không hợp lệ", "dùng chữ thường không dấu, chữ số và gạch nối")
    return name


class NodeReader:
    """Reads one node: the verb decides which words may stand beside it."""

    def __init__(self, reader: Reader, book: PromptBook, name: str, entry: Entry) -> None:
        self.reader = reader
        self.book = book
        self.what = f"Nút “{name}”"
        self.line = entry.line
        self.has = reader.mapping(entry.node, self.what)
        if not NAME.fullmatch(name):
            reader.wrong(entry.line, f"Tên nút “{name}” không hợp lệ", "dùng chữ thường không dấu, chữ số và gạch nối")

    def node(self) -> Node | None:
        """The node; None if its verb is missing or a word is."""
        verbs = [word for word in self.has if word in VOCABULARY]
        if len(verbs) != 1:
            self._wrong(self.line, "phải có đúng một việc", f"chọn một trong: {', '.join(VOCABULARY)}")
            return None
        verb = verbs[0]
        must, may = VOCABULARY[verb]
        if not self.reader.closed(self.has, self.line, f"{self.what} ({verb})", must=must, may=may | {verb}):
            return None
        make: dict[str, Callable[[yaml.Node], Node]] = {
            "play": self._play,
            "gather": self._gather,
            "record": self._record,
            "queue": lambda node: QueueNode(
                self.line, self._named(node), *map(self._exit, ("answered", "unanswered", "failed"))
            ),
            "look-up": lambda node: LookUpNode(
                self.line, self._named(node), self._gives(), *map(self._exit, ("found", "not_found", "failed"))
            ),
            "emit": self._emit,
            "go": self._go,
            "hangup": lambda node: HangupNode(self.line, self._say(node)),
        }
        return make[verb](self.has[verb].node)

    # The verbs that have more than names and exits

    def _play(self, node: yaml.Node) -> PlayNode:
        skippable = "skippable" in self.has and self.reader.flag(self.has["skippable"].node, f"{self.what}: skippable")
        return PlayNode(self.line, self._say(node), skippable, self._exit("then"))

    def _gather(self, node: yaml.Node) -> GatherNode:
        keys = {key: self._way(entry) for key, entry in _optional(self.reader, self.has, "keys").items()}
        for key, way in keys.items():
            if key not in KEYS:
                self._wrong(way.line, f"không có phím “{key}”", "dùng 0-9, * hoặc #")
        gather = GatherNode(
            line=self.line,
            say=self._say(node),
            seconds=self._number("seconds", *SECONDS),
            tries=int(self._number("tries", 1, 5, default=1)),
            keys=keys,
            digits=self._digits(self.has["digits"]) if "digits" in self.has else None,
            no_input=self._again("no_input"),
            no_match=self._keep() or self._again("no_match"),
            give_up=self._exit("give_up") if "give_up" in self.has else None,
        )
        if not gather.keys and not gather.digits:
            self._wrong(self.line, "hỏi mà không nhận câu trả lời nào", "thêm keys hoặc digits")
        if gather.digits and (gather.no_match == "keep" or any(key.isdecimal() for key in gather.keys)):
            self._wrong(self.line, "digits không đi cùng phím số riêng hoặc “no_match: keep”", "bỏ một trong hai")
        asks_again = isinstance(gather.no_input, Again) or isinstance(gather.no_match, Again)
        if asks_again and gather.give_up is None:
            self._wrong(self.line, "hỏi lại mà không có give_up", "thêm “give_up: nút” cho người không trả lời được")
        return gather

    def _digits(self, entry: Entry) -> Digits:
        words = self.reader.mapping(entry.node, f"{self.what}: digits")
        must, may = {"count", "save", "then"}, {"finish", "pause"}
        self.reader.closed(words, entry.line, f"{self.what}: digits", must=must, may=may)
        number = partial(self._number, words=words)
        finish = self.reader.text(words["finish"].node, "finish") if "finish" in words else ""
        if finish not in ("", "#", "*"):
            self._wrong(entry.line, f"finish “{finish}” không hợp lệ", "dùng # hoặc *")
        save = self._named(words["save"].node) if "save" in words else ""
        then = self._way(words["then"]) if "then" in words else Exit("", entry.line)
        return Digits(int(number("count", 1, 20, default=1)), finish, number("pause", *SECONDS, default=4), save, then)

    def _record(self, node: yaml.Node) -> RecordNode:
        finish = self.reader.text(self.has["finish"].node, "finish") if "finish" in self.has else "#"
        if finish not in ("#", "*"):
            self._wrong(self.line, f"finish “{finish}” không hợp lệ", "dùng # hoặc *")
        return RecordNode(
            line=self.line,
            name=self._named(node),
            max_seconds=self._number("max_seconds", *RECORD_SECONDS),
            silence_seconds=self._number("silence_seconds", *SECONDS),
            finish=finish,
            spoken=self._exit("spoken"),
            silent=self._exit("silent"),
            failed=self._exit("failed"),
            on_hangup=self.reader.text(self.has["on_hangup"].node, "on_hangup"),
        )

    def _emit(self, node: yaml.Node) -> EmitNode:
        values = tuple(
            (name, self._value(entry)) for name, entry in sorted(_optional(self.reader, self.has, "values").items())
        )
        return EmitNode(self.line, self._named(node), values, self._gives(), *map(self._exit, ("ok", "failed")))

    def _go(self, node: yaml.Node) -> GoNode:
        cases = []
        for item in self.reader.items(node, f"{self.what}: go"):
            words = self.reader.mapping(item, f"{self.what}: go")
            if self.reader.closed(words, line_of(item), f"{self.what}: go", must={"if", "go"}, may={"set"}):
                facts = self.reader.texts(words["if"].node, f"{self.what}: if")
                cases.append(Case(facts, self._settling(words, line_of(item))))
        return GoNode(self.line, tuple(cases), self._exit("else"))

    # The words

    def _wrong(self, line: int, what: str, remedy: str) -> None:
        self.reader.wrong(line, f"{self.what} {what}", remedy)

    def _named(self, node: yaml.Node) -> str:
        return _name(self.reader, node, f"{self.what}: tên")

    def _number(
        self,
        word: str,
        least: float,
        most: float,
        *,
        default: float | None = None,
        words: dict[str, Entry] | None = None,
    ) -> float:
        words = self.has if words is None else words
        if word not in words:
            return least if default is None else default
        return self.reader.number(words[word].node, f"{self.what}: {word}", least, most)

    def _gives(self) -> tuple[str, ...]:
        return self.reader.texts(self.has["gives"].node, f"{self.what}: gives") if "gives" in self.has else ()

    def _say(self, node: yaml.Node) -> tuple[Part, ...]:
        return tuple(part for item in self.reader.items(node, self.what) for part in self._part(item))

    def _part(self, item: yaml.Node) -> list[Part]:
        if isinstance(item, yaml.ScalarNode):
            return [Part("prompt", str(item.value), line_of(item))]
        spoken = []
        for word, entry in self.reader.mapping(item, self.what).items():
            kind = next((kind for kind in KINDS if kind == word), None)
            if kind is None:
                self._wrong(entry.line, f"không biết đọc giá trị kiểu “{word}”", f"dùng {', '.join(KINDS)}")
            else:
                spoken.append(Part(kind, self._named(entry.node), entry.line))  # type: ignore[arg-type]
        return spoken

    def _value(self, entry: Entry) -> str:
        """A literal, a reference to a value, or the version of a text."""
        written = self.reader.text(entry.node, f"{self.what}: values")
        if text := TEXT_OF.fullmatch(written):
            if text[1] in self.book:
                return self.book[text[1]].version
            self._wrong(entry.line, f"nhắc đến lời “{text[1]}” không có", "dùng tên một câu trong tệp lời thoại")
        elif "{" in written and not REFERENCE.fullmatch(written):
            self._wrong(entry.line, f"có giá trị “{written}” không hiểu được", "viết chữ thường, hoặc đúng một {tên}")
        return written

    def _exit(self, word: str) -> Exit:
        return self._way(self.has[word])

    def _way(self, entry: Entry) -> Exit:
        """A target's name, or a target with what taking this way settles."""
        if isinstance(entry.node, yaml.ScalarNode):
            return Exit(str(entry.node.value), entry.line)
        words = self.reader.mapping(entry.node, f"{self.what}: lối ra")
        whole = self.reader.closed(words, entry.line, f"{self.what}: lối ra", must={"go"}, may={"set"})
        return self._settling(words, entry.line) if whole else Exit("", entry.line)

    def _settling(self, words: dict[str, Entry], line: int) -> Exit:
        """``set``: written yes or no it is a fact, anything else is a value."""
        settles = _optional(self.reader, words, "set")
        values = tuple((n, self.reader.text(e.node, n)) for n, e in settles.items() if not is_flag(e.node))
        facts = tuple((n, self.reader.flag(e.node, n)) for n, e in settles.items() if is_flag(e.node))
        for name, holds in facts:
            if name == CONSENT_FACT and holds:
                self._wrong(
                    settles[name].line, f"không được tự cho phép ghi âm (“{name}: yes”)", "chỉ được đặt thành no"
                )
        return Exit(self.reader.text(words["go"].node, "go"), line, values, facts)

    def _keep(self) -> Keep | None:
        entry = self.has.get("no_match")
        return "keep" if entry and isinstance(entry.node, yaml.ScalarNode) and entry.node.value == "keep" else None

    def _again(self, word: str) -> Exit | Again:
        """A way out, or words before the question is asked again; nothing said: just again."""
        entry = self.has.get(word)
        if entry is None:
            return Again()
        if not isinstance(entry.node, yaml.ScalarNode):
            words = self.reader.mapping(entry.node, f"{self.what}: {word}")
            if words.keys() == {"say"}:
                return Again(self._say(words["say"].node))
        return self._way(entry)
