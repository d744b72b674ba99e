"""The phiếu: its code, states, routing, SLA clock, agencies and localities. It knows no telephone and no recogniser."""
