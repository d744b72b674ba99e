"""What callers are told before the menu, and what operators tell them: by a leader, until an hour that is named. No call is led here."""
