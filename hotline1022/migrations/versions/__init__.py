"""The revisions, oldest to newest by their ``down_revision``. A revision that has been released is never edited."""
