"""A small flow with one node of most kinds, for tests that break it or follow it."""

from ivr.flow import Flow
from ivr.flow_file import read_flow
from ivr.prompt_book import PromptBook
from ivr.yaml_lines import Reader

GOOD = """\
flow: small
version: 3
start: hello
facts: {recording-allowed: yes, open-now: no}
values: {topic: "0"}
nodes:
  hello:
    play: [greeting]
    then: ask
  ask:
    gather: [menu]
    seconds: 7
    tries: 2
    keys:
      "1": {go: report, set: {topic: "1"}}
      "0": person
    no_input: {say: [not-heard]}
    give_up: person
  report:
    record: report
    max_seconds: 60
    silence_seconds: 5
    spoken: tell
    silent: bye
    failed: bye
    on_hangup: tell
  tell:
    emit: report
    values: {topic: "{topic}"}
    gives: [code]
    ok: code
    failed: bye
  code:
    hangup: [code-is, digits: code]
  person:
    queue: main
    answered: bye
    unanswered: bye
    failed: bye
  bye:
    hangup: [goodbye]
"""


def understood(text: str, book: PromptBook) -> Flow:
    """The flow of this text, read but not checked."""
    reader = Reader("small.yaml")
    flow = read_flow(text, reader, book)
    assert flow is not None, reader.findings
    assert reader.findings == []
    return flow
