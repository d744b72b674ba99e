// Days and hours that people choose, in the hotline's own time zone, and what the formatters of `time.ts` say of them.
import { now } from './session'

export { said } from './time'

const ZONE_HOURS = 7
const HOUR = 3_600_000

/** What a field for day and hour shows for an instant: `2026-11-26T16:30`. */
export function field(at: Date): string {
  return new Date(at.getTime() + ZONE_HOURS * HOUR).toISOString().slice(0, 16)
}

/** The field's value so many hours from now, at a full five minutes. */
export function inHours(hours: number, from: Date = now()): string {
  const five = 5 * 60_000
  return field(new Date(Math.ceil((from.getTime() + hours * HOUR) / five) * five))
}

/** The instant that a field for day and hour means: `2026-11-26T16:30:00+07:00`. */
export function civil(chosen: string): string {
  return `${chosen}:00+07:00`
}
