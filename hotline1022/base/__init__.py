"""What every context stands on: clock, ids, errors, database, events, jobs, log. It knows no context and no rule of the hotline."""
