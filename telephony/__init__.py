"""The line itself: calls in, calls out, operators, audio legs.

The only place that names panoramisk or ARI; no ticket and no score lives here.
"""
