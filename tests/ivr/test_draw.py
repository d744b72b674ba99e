"""Claims about the picture of a flow: everything that is in the flow is in the picture."""

from ivr.draw import mermaid
from ivr.flow import Flow, exits


def test_picture_shows_every_node_and_every_way(flow: Flow) -> None:
    picture = mermaid(flow)
    arrows = [line for line in picture.splitlines() if "-->" in line or "-.->" in line]
    ways = sum(len(list(exits(node))) for node in flow.nodes.values())
    assert len(arrows) == 1 + ways + 2, "the beginning, every exit, and what keeps the words of each of two recordings"
    for name in flow.nodes:
        assert f'"{name}<br/>' in picture


def test_picture_of_the_menu_names_its_keys_and_what_they_settle(flow: Flow) -> None:
    assert '  n_menu -->|"phím 2<br/>topic = 2"| n_connect' in mermaid(flow)
    assert '  n_notice -->|"phím 9<br/>recording-allowed = không"| n_refused' in mermaid(flow)
