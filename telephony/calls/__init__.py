"""Calls that are over: the log of them, their recordings heard again, who heard them. No word is recognised and no ticket is known here."""
