"""Who, inside an agency, works on a ticket."""
