"""What the caller's words propose for a slip: topic, place, agency, danger, tickets alike. A person accepts or not."""
