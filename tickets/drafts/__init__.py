"""What people are writing and have not sent: kept with every pause of their typing, never lost to a colleague's saving."""
