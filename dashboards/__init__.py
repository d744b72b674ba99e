"""The seven Grafana dashboards as code; outside of the wheel. ``python -m dashboards`` writes their files."""
