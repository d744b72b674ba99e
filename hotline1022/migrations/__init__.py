"""The schema's history as Alembic revisions, shipped with the package and run by ``hotline1022.base.migrate``. No query lives here."""
