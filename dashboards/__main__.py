"""``python -m dashboards``: writes the files that Grafana is provisioned with. No dashboard is described here."""

from pathlib import Path

from dashboards.board import written
from dashboards.catalogue import BOARDS

FOLDER = Path(__file__).parent.parent / "docker" / "grafana" / "dashboards"


def main() -> None:
    """Write each dashboard's file, and take away what no dashboard has any more."""
    files = {f"{made.uid}.json": written(made) for made in (board() for board in BOARDS)}
    FOLDER.mkdir(parents=True, exist_ok=True)
    for old in FOLDER.glob("*.json"):
        if old.name not in files:
            old.unlink()
    for name, text in files.items():
        (FOLDER / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
