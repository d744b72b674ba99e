"""Whom to ring after an answer, what to ask, and what the answers do to an agency's score.

It cannot see who took the case. Nothing is built here yet.
"""
