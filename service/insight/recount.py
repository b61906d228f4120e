"""The same figures counted a second time, in plain SQL that shares nothing with the first count."""
# ruff: noqa: S608 - the statements are put together from constants of this file alone

from datetime import datetime

from sqlalchemy import text

from service.db import db

OWN = "source_system = :system AND source_number LIKE :prefix AND NOT excluded"
CASES = f"""
  SELECT c.id, c.solved, c.satisfaction,
         EXISTS (SELECT 1 FROM clocks k WHERE k.complaint_id = c.id AND k.kind = 'contact'
                 AND k.state = 'met' AND k.overdue_at IS NULL) AS reached_in_time
  FROM complaints c WHERE {OWN} AND c.id IN (
    SELECT complaint_id FROM events WHERE at >= :since AND at < :until
      AND action IN ('revisit', 'revisit_unanswered') AND data->>'contacted' = 'true'
    UNION
    SELECT e.complaint_id FROM events e JOIN complaints r ON r.id = e.complaint_id AND r.solved IS NOT NULL
      WHERE e.action IN ('rate', 'close') AND e.role = 'enterprise' AND e.data->>'satisfaction' IS NOT NULL
      GROUP BY e.complaint_id HAVING max(e.at) >= :since AND max(e.at) < :until
      AND e.complaint_id NOT IN (SELECT complaint_id FROM events WHERE
        action IN ('revisit', 'revisit_unanswered') AND data->>'contacted' = 'true')
    UNION
    SELECT complaint_id FROM clocks WHERE kind = 'result' AND state <> 'cancelled'
      AND overdue_at >= :since AND overdue_at < :until)
"""
CLOCKS = f"""
  SELECT count(*) FILTER (WHERE state = 'met' AND overdue_at IS NULL), count(*)
  FROM clocks WHERE kind = '{{}}' AND state <> 'cancelled' AND due_at >= :since AND due_at < :until
    AND complaint_id IN (SELECT id FROM complaints WHERE {OWN})
"""
STEPS = f"""
  SELECT count(*) FILTER (WHERE action IN ({{}})), count(*) FILTER (WHERE action IN ({{}}))
  FROM events WHERE at >= :since AND at < :until AND complaint_id IN (SELECT id FROM complaints WHERE {OWN})
"""
# figure → a statement that gives what stands above the line and below it
RECOUNTS = {
    "response": f"SELECT count(*) FILTER (WHERE reached_in_time), count(*) FROM ({CASES}) one",
    "solution": f"SELECT count(*) FILTER (WHERE solved), count(*) FROM ({CASES}) one",
    "satisfaction": f"""
      SELECT count(*) FILTER (WHERE satisfaction IN ('very_satisfied', 'satisfied'))
             + 0.9 * count(*) FILTER (WHERE satisfaction = 'mostly_satisfied'), count(*) FROM ({CASES}) one""",
    "on_time": CLOCKS.format("result"),
    "signing": CLOCKS.format("sign"),
    "hand_back": STEPS.format("'hand_back'", "'dispatch', 'transfer', 'designate', 'take_over'"),
    "redo": STEPS.format("'redo', 'grant_redo'", "'reply'"),
}


def recounted(system: str, prefix: str, since: datetime, until: datetime) -> dict[str, tuple[float, int]]:
    """Figure → numerator and denominator, of the complaints that one system filed under numbers of one beginning."""
    given = {"system": system, "prefix": f"{prefix}%", "since": since, "until": until}
    rows = {code: db.session.execute(text(query), given).one() for code, query in RECOUNTS.items()}
    return {code: (float(above), int(below)) for code, (above, below) in rows.items()}
