"""Other ways in than the telephone: what the province's app and forms send becomes tickets, and comes back as what may be told."""
