"""Whom to ask after an answer, by what means, what was answered, and what the answers do to an agency's score.

It cannot see who took the case.
"""
