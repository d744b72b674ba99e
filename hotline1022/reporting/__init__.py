"""Reporting: what managers read, computed from the reporting views and nothing else."""
