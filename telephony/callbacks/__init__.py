"""People whom the hotline owes a call: who gave up waiting, who left a message, whom an operator has promised one. No call is led here."""
