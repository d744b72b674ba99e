"""Agencies' scores as people meet them: kept counts, periods, figures, the ranking, what a period was signed off with."""
