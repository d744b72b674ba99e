"""The one place that knows everybody: composition root, story, settings, command line. Rules of a context never live here."""
