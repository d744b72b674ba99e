"""Whether a text may be read as YAML at all: how deep it goes, and how large it is once its references are unfolded. Pure."""

import yaml

DEEPEST = 30
"""Levels; the shipped files have six."""

MOST_PARTS = 200_000
"""Values in a file with every reference written out."""

_OPEN = (
    yaml.BlockMappingStartToken,
    yaml.BlockSequenceStartToken,
    yaml.FlowMappingStartToken,
    yaml.FlowSequenceStartToken,
)
_CLOSE = (yaml.BlockEndToken, yaml.FlowMappingEndToken, yaml.FlowSequenceEndToken)


def trouble(text: str) -> tuple[int, str, str] | None:
    """Line, what is wrong, remedy; None when the text can be read, or is told by whoever reads it."""
    try:
        depth = 0
        for token in yaml.scan(text, Loader=yaml.CSafeLoader):
            depth += isinstance(token, _OPEN) - isinstance(token, _CLOSE)
            if depth > DEEPEST:
                return token.start_mark.line + 1, "Tệp lồng nhau quá sâu", "viết lại cho phẳng hơn"
        root = yaml.compose(text, Loader=yaml.CSafeLoader)
    except yaml.YAMLError:
        return None
    if root is not None and _parts(root, {}) > MOST_PARTS:
        return 1, "Tệp có quá nhiều chỗ tham chiếu (dấu *) lồng nhau", "viết đầy đủ thay cho tham chiếu"
    return None


def _parts(node: yaml.Node, known: dict[int, int]) -> int:
    """The values of a node; one that contains itself has more than any."""
    if id(node) not in known:
        known[id(node)] = MOST_PARTS + 1  # as long as it is being counted
        parts = (
            [part for pair in node.value for part in pair]
            if isinstance(node, yaml.MappingNode)
            else node.value
            if isinstance(node, yaml.SequenceNode)
            else []
        )
        known[id(node)] = 1 + sum(_parts(part, known) for part in parts)
    return known[id(node)]
