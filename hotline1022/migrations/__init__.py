"""The schema's history as Alembic revisions, shipped with the package. Run by ``hotline1022.base.migrate``; no rule and no query lives here."""
