"""Surveys that operators made before there was this service, read from a file. They are kept apart: no case, no ticket of ours."""
