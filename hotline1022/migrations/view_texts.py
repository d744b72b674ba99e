"""The SELECT of each reporting view, in the order in which they are made. SQL only; ``views`` says how ``{...}`` is spelled.

A figure that several readers show is a column here, so that it is one figure: CSAT, its interval and on-time come from the counts of
which the scores are made, waits and abandons from the calls' own rows.
"""

_OPEN = (
    "received", "classified", "routed", "accepted", "handling", "waiting", "drafted", "approved", "refused", "reopened", "merged"
)  # fmt: skip
OPEN_STAGES = ", ".join(f"'{stage}'" for stage in _OPEN)
"""Stages in which the citizen still waits (``tickets.stages.OPEN``); a test compares the two."""

WILSON = "3.8414588206941227"
"""The square of ``surveys.tally.Z95``."""

SHORT_ABANDON_SECONDS = 5
"""Who leaves the queue sooner has not waited: such calls are counted apart (a habit of the field, as in Google's CCAI)."""

_COUNTS = [
    "due", "on_time", "answered", "reopened", "received", "accepted_late", "returned", "extended",
    "objected", "publishable", "published", "dissatisfied_or_late", "letters_owed", "letters_on_time", "visits_due", "visits_kept",
]  # fmt: skip
_SURVEY_COUNTS = ["eligible", "reached", "refused", "completed", "partly", "solved", "solved_partly", "unsolved"]

VIEWS: dict[str, str] = {
    # Each call that reached the hotline, or that it made. Surveys have direction 'out' and survey 1.
    "report_calls": f"""
        SELECT c.id AS call, c.direction, CASE WHEN c.flow = 'survey' THEN 1 ELSE 0 END AS survey, c.arrived_at,
          {{day:c.arrived_at}} AS day, {{month:c.arrived_at}} AS month, {{hour:c.arrived_at}} AS hour,
          {{weekday:c.arrived_at}} AS weekday, c.menu, c.ended_at,
          CASE WHEN c.ended_at IS NULL THEN 1 ELSE 0 END AS going_on,
          CASE WHEN c.queued_at IS NOT NULL THEN 1 ELSE 0 END AS offered,
          CASE WHEN c.queued_at IS NOT NULL AND c.answered_at IS NOT NULL THEN 1 ELSE 0 END AS answered,
          CASE WHEN c.queued_at IS NOT NULL AND c.answered_at IS NULL AND c.unqueued_at IS NULL
            AND {{seconds:c.queued_at;c.ended_at}} >= {SHORT_ABANDON_SECONDS} THEN 1 ELSE 0 END AS abandoned,
          CASE WHEN c.queued_at IS NOT NULL AND c.answered_at IS NULL AND c.unqueued_at IS NULL
            AND {{seconds:c.queued_at;c.ended_at}} < {SHORT_ABANDON_SECONDS} THEN 1 ELSE 0 END AS abandoned_at_once,
          CASE WHEN c.unqueued_at IS NOT NULL AND c.answered_at IS NULL THEN 1 ELSE 0 END AS given_back,
          {{seconds:c.queued_at;coalesce(c.answered_at, c.unqueued_at, c.ended_at)}} AS wait_seconds,
          {{seconds:c.answered_at;c.ended_at}} AS talk_seconds,
          CASE WHEN c.recorded THEN 1 ELSE 0 END AS recording_agreed,
          CASE WHEN c.recording IS NOT NULL THEN 1 ELSE 0 END AS recording_kept, c.recording_seconds
        FROM calls c WHERE c.arrived_at IS NOT NULL""",
    # What each operator made of a call: one row for each operator who had it.
    "report_operator_calls": """
        SELECT r.call, r.account, r.operator, r.direction, r.answered_at, {day:r.answered_at} AS day, {month:r.answered_at} AS month,
          {hour:r.answered_at} AS hour, {weekday:r.answered_at} AS weekday, r.waited_seconds, r.result,
          {seconds:r.answered_at;c.ended_at} AS talk_seconds,
          CASE WHEN r.written_at >= c.ended_at THEN {seconds:c.ended_at;r.written_at} END AS wrap_up_seconds
        FROM call_results r JOIN calls c ON c.id = r.call WHERE r.answered_at IS NOT NULL""",
    "report_callbacks": """
        SELECT b.id AS callback, b.reason, b.times, b.asked_at, {day:b.asked_at} AS day, {month:b.asked_at} AS month, b.due_at,
          b.closed_at, b."end" AS ended, CASE WHEN b.closed_at IS NULL THEN 1 ELSE 0 END AS standing,
          {seconds:b.asked_at;b.closed_at} AS seconds,
          (SELECT count(*) FROM callback_attempts a WHERE a.callback = b.id) AS attempts
        FROM callbacks b""",
    # Each ticket as it stands. Of a complaint or denunciation only that there is one: its agency, topic and place are empty.
    "report_tickets": f"""
        SELECT t.code, t.channel, t.taken_at, {{day:t.taken_at}} AS day, {{month:t.taken_at}} AS month, t.level, t.stage, t.stage_at,
          CASE WHEN t.sealed THEN NULL ELSE t.topic END AS topic, CASE WHEN t.sealed THEN NULL ELSE t.place END AS place,
          CASE WHEN t.sealed THEN NULL ELSE t.agency END AS agency, CASE WHEN t.sealed THEN 1 ELSE 0 END AS sealed,
          CASE WHEN t.urgent THEN 1 ELSE 0 END AS urgent, CASE WHEN t.business THEN 1 ELSE 0 END AS business,
          CASE WHEN t.stage IN ({OPEN_STAGES}) THEN 1 ELSE 0 END AS open,
          CASE WHEN t.duplicate_of IS NOT NULL THEN 1 ELSE 0 END AS duplicate, t.returns, t.round AS reopened, t.outcome,
          t.told_at, {{month:t.told_at}} AS told_month, t.closed_at, d.due, {{day:d.due}} AS due_day,
          CASE WHEN d.breached_at IS NOT NULL THEN 1 WHEN d.ended = 'met' THEN 0 END AS late,
          CASE WHEN d.extended IS NOT NULL THEN 1 ELSE 0 END AS extended, {{seconds:t.taken_at;t.told_at}} AS seconds_to_answer,
          CASE WHEN p.code IS NOT NULL THEN 1 ELSE 0 END AS published
        FROM tickets t
        LEFT JOIN ticket_deadlines d ON d.id =
          (SELECT max(x.id) FROM ticket_deadlines x WHERE x.code = t.code AND x.clock = 'answer' AND x.round = t.round)
        LEFT JOIN published_answers p ON p.code = t.code""",
    # Each promise in time that was made, to citizens and between agencies. Of a sealed ticket only the hotline's own.
    "report_promises": """
        SELECT d.code, d.clock, d.party AS agency, d.starts, d.due, {day:d.due} AS due_day, {month:d.due} AS due_month, d.ended_at,
          d.ended, d.round AS reopened, CASE WHEN d.ended IS NULL THEN 1 ELSE 0 END AS running,
          CASE WHEN d.breached_at IS NOT NULL THEN 1 ELSE 0 END AS breached,
          CASE WHEN d.extended IS NOT NULL THEN 1 ELSE 0 END AS extended
        FROM ticket_deadlines d JOIN tickets t ON t.code = d.code WHERE d.party = 'hotline' OR NOT t.sealed""",
    "report_letters": """
        SELECT l.code, l.agency, l.cause, l.owed_at, {month:l.owed_at} AS month, l.due, l.state, l.sent_at, l.waived_at,
          CASE WHEN l.sent_at <= l.due THEN 1 ELSE 0 END AS on_time
        FROM ticket_letters l JOIN tickets t ON t.code = l.code WHERE NOT t.sealed""",
    "report_appointments": """
        SELECT a.code, a.agency, a.starts, a.ends, {month:a.ends} AS month, a.state, a.moved, a.ended_at, a.fault
        FROM ticket_appointments a JOIN tickets t ON t.code = a.code WHERE NOT t.sealed""",
    # Each answer that a citizen was told, and whether and how they were asked about it.
    "report_surveys": """
        SELECT s.id AS survey, s.agency, s.topic, s.place, s.told_at, {month:s.told_at} AS month, s.decided_at,
          {day:s.decided_at} AS day, s.disposition, s.mode, s.attempts, s.next_at, s.closed_at, s.item, s.policy,
          CASE WHEN s.disposition IS NULL THEN 1 ELSE 0 END AS standing,
          (SELECT min(r.reason) FROM survey_reasons r WHERE r."case" = s.id) AS not_asked_because,
          (SELECT a.mark FROM survey_answers a WHERE a."case" = s.id AND a.question = 'resolved') AS resolved,
          (SELECT a.mark FROM survey_answers a WHERE a."case" = s.id AND a.question = 'satisfaction') AS satisfaction,
          (SELECT a.mark FROM survey_answers a WHERE a."case" = s.id AND a.question = s.item) AS item_mark
        FROM survey_cases s JOIN tickets t ON t.code = s.code WHERE NOT t.sealed""",
    "report_survey_attempts": """
        SELECT a.id AS attempt, a.mode, a.made_at, {day:a.made_at} AS day, {month:a.made_at} AS month, a.ended_at, a.disposition,
          a.number AS attempt_number
        FROM survey_attempts a""",
    # What the scores are made of, a line for each month, agency and way of asking ('' for what nobody was asked about).
    "report_agency_counts": f"""
        SELECT c.month, c.agency, c.mode,
          {", ".join(f"sum(CASE WHEN c.name = '{name}' THEN c.amount ELSE 0 END) AS {name}" for name in (*_COUNTS, *_SURVEY_COUNTS))},
          {", ".join(f"sum(CASE WHEN c.name = 'mark-{mark}' THEN c.amount ELSE 0 END) AS mark_{mark}" for mark in range(1, 6))}
        FROM score_counts c GROUP BY c.month, c.agency, c.mode""",
    # The same of each month and agency, with the rates that people read; asked by the automatic call and on the page only.
    "report_agency_months": """
        SELECT n.*, n.satisfied * 1.0 / nullif(n.answers, 0) AS csat, n.on_time * 1.0 / nullif(n.due, 0) AS on_time_rate,
          n.reopened * 1.0 / nullif(n.answered, 0) AS reopen_rate, n.returned * 1.0 / nullif(n.received, 0) AS return_rate,
          (n.completed + n.partly) * 1.0 / nullif(n.eligible, 0) AS response_rate
        FROM (
          SELECT c.month, c.agency, """
    + ", ".join(f"sum(c.{name}) AS {name}" for name in _COUNTS)
    + ", "
    + ", ".join(f"sum(CASE WHEN c.mode <> 'operator' THEN c.{name} ELSE 0 END) AS {name}" for name in _SURVEY_COUNTS)
    + """,
            sum(CASE WHEN c.mode <> 'operator' THEN c.mark_1 + c.mark_2 + c.mark_3 + c.mark_4 + c.mark_5 ELSE 0 END) AS answers,
            sum(CASE WHEN c.mode <> 'operator' THEN c.mark_4 + c.mark_5 ELSE 0 END) AS satisfied,
            sum(CASE WHEN c.mode <> 'operator'
              THEN c.mark_1 + 2 * c.mark_2 + 3 * c.mark_3 + 4 * c.mark_4 + 5 * c.mark_5 ELSE 0 END) AS marks
          FROM report_agency_counts c GROUP BY c.month, c.agency) n""",
    # Satisfaction of each agency in each quarter, with Wilson's 95 % interval (as ``surveys.tally.wilson``).
    "report_agency_quarters": f"""
        SELECT q.*, q.satisfied * 1.0 / nullif(q.answers, 0) AS csat, q.on_time * 1.0 / nullif(q.due, 0) AS on_time_rate,
          CASE WHEN q.answers > 0 THEN {{at_least_zero:((q.satisfied * 1.0 / q.answers + {WILSON} / (2 * q.answers)
            - sqrt({WILSON}) * sqrt(q.satisfied * 1.0 / q.answers * (1 - q.satisfied * 1.0 / q.answers) / q.answers
            + {WILSON} / (4.0 * q.answers * q.answers))) / (1 + {WILSON} / q.answers))}} END AS csat_low,
          CASE WHEN q.answers > 0 THEN {{at_most_one:((q.satisfied * 1.0 / q.answers + {WILSON} / (2 * q.answers)
            + sqrt({WILSON}) * sqrt(q.satisfied * 1.0 / q.answers * (1 - q.satisfied * 1.0 / q.answers) / q.answers
            + {WILSON} / (4.0 * q.answers * q.answers))) / (1 + {WILSON} / q.answers))}} END AS csat_high
        FROM (
          SELECT substr(m.month, 1, 4) || '-Q' || ((CAST(substr(m.month, 6, 2) AS INTEGER) + 2) / 3) AS quarter, m.agency,
            sum(m.due) AS due, sum(m.on_time) AS on_time, sum(m.answered) AS tickets_answered, sum(m.reopened) AS reopened,
            sum(m.received) AS received, sum(m.returned) AS returned, sum(m.eligible) AS eligible, sum(m.reached) AS reached,
            sum(m.refused) AS refused, sum(m.completed + m.partly) AS responded, sum(m.answers) AS answers,
            sum(m.satisfied) AS satisfied
          FROM report_agency_months m GROUP BY 1, m.agency) q""",
    "report_sign_offs": """
        SELECT o.period, o.signed_by, o.signed_at, (SELECT count(*) FROM score_corrections c WHERE c.period = o.period) AS corrections
        FROM score_sign_offs o""",
    # Each transcript: how late it came, how sure the recogniser was, how many words carry a doubt.
    "report_transcripts": """
        SELECT t.id AS transcript, t.call, t.phase, t.engine, t.model, t.created_at, {day:t.created_at} AS day,
          {month:t.created_at} AS month, t.seconds AS audio_seconds, {seconds:c.ended_at;t.created_at} AS lag_seconds,
          (SELECT count(*) FROM {words:}) AS words, (SELECT avg({confidence:}) FROM {words:}) AS confidence,
          (SELECT count(*) FROM {words:} WHERE {doubt:} IS NOT NULL) AS doubtful
        FROM transcripts t LEFT JOIN calls c ON c.id = t.call""",
    # Which calls have words, without reading any.
    "report_transcript_calls": "SELECT t.call, t.phase, t.created_at FROM transcripts t",
    # Facts that wait to be handed on.
    "report_outbox": "SELECT o.name, o.at FROM outbox o WHERE o.handed_at IS NULL",
}
