"""What Alembic runs: the revisions over the connection that ``hotline1022.base.migrate`` opened, then the views.

It imports no context. Which tables the code expects is whatever stands on ``metadata`` when this runs; only autogenerate looks at it.
"""

from alembic import context

from hotline1022.base.db import metadata
from hotline1022.migrations import views

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    # SQLite cannot alter a table in place: Alembic copies it.
    render_as_batch=connection.dialect.name == "sqlite",
    compare_type=True,
    compare_server_default=True,
)
with context.begin_transaction():
    views.drop(connection)
    context.run_migrations()
    views.create(connection)
