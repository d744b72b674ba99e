"""Asking by other means than the automatic call: an operator on the telephone, a one-time page; and who does not want to be asked."""
