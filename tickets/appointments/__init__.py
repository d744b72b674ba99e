"""Home appointments for administrative procedures: a window agreed with the citizen is a promise, reminded of, kept or missed."""
