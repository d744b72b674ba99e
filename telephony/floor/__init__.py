"""The people who answer: their telephones, whether they are ready, the call that each has. No ticket is known here."""
