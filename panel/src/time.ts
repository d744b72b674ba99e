// Times as people say them. Own formatters: the browser's short Vietnamese forms are not what people here write.
import { ref } from 'vue'
import { now } from './session'

const ZONE = 'Asia/Ho_Chi_Minh'
const WEEKDAYS = ['Chủ nhật', 'thứ Hai', 'thứ Ba', 'thứ Tư', 'thứ Năm', 'thứ Sáu', 'thứ Bảy']

/** The instant now, once a second: what timers are counted from. */
export const ticking = ref(now())
setInterval(() => (ticking.value = now()), 1000)

interface Parts {
  year: number
  month: number
  day: number
  hour: string
  minute: string
  second: string
  weekday: number
}

const FORMAT = new Intl.DateTimeFormat('en-GB', {
  timeZone: ZONE,
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
})

function parts(at: Date): Parts {
  const found = Object.fromEntries(FORMAT.formatToParts(at).map((part) => [part.type, part.value]))
  const [year, month, day] = [Number(found.year), Number(found.month), Number(found.day)]
  return {
    year,
    month,
    day,
    hour: found.hour ?? '',
    minute: found.minute ?? '',
    second: found.second ?? '',
    weekday: new Date(Date.UTC(year, month - 1, day)).getUTCDay(),
  }
}

const two = (number: number): string => String(number).padStart(2, '0')

/** `09:15` */
export function clock(at: string | Date): string {
  const { hour, minute } = parts(new Date(at))
  return `${hour}:${minute}`
}

/** `09:15:31` */
export function clockWithSeconds(at: string | Date): string {
  const { second } = parts(new Date(at))
  return `${clock(at)}:${second}`
}

/** `thứ Hai 23/11/2026` */
export function day(at: string | Date): string {
  const { day: number, month, year, weekday } = parts(new Date(at))
  return `${WEEKDAYS[weekday]} ${two(number)}/${two(month)}/${year}`
}

/** `23/11/2026 09:15`: for tables, and what is shown when a time is pointed at. */
export function exact(at: string | Date): string {
  const { day, month, year } = parts(new Date(at))
  return `${two(day)}/${two(month)}/${year} ${clock(at)}`
}

/** `thứ Sáu 27/11, 09:15`, or `09:15 hôm nay`, `hôm qua 09:15`. */
export function said(at: string | Date, from: Date = now()): string {
  const there = parts(new Date(at))
  const days = Math.round((midnight(there) - midnight(parts(from))) / 86_400_000)
  if (days === 0) return `${clock(at)} hôm nay`
  if (days === -1) return `hôm qua ${clock(at)}`
  const year = there.year === parts(from).year ? '' : `/${there.year}`
  return `${WEEKDAYS[there.weekday]} ${two(there.day)}/${two(there.month)}${year}, ${clock(at)}`
}

function midnight(at: Parts): number {
  return Date.UTC(at.year, at.month - 1, at.day)
}

/** A timer: `02:17`, `1:02:17`. */
export function timer(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds))
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60]
  return hours ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${two(minutes)}:${two(whole % 60)}`
}

/** Seconds from an instant to now; it changes once a second. */
export function since(at: string): number {
  return (ticking.value.getTime() - Date.parse(at)) / 1000
}

/** `0907 123 456`; a masked number stays as it is. */
export function phoneNumber(number: string): string {
  const local = number.startsWith('+84') ? `0${number.slice(3)}` : number
  if (!/^0[0-9]{9,10}$/.test(local)) return number
  const rest = local.length === 11 ? 4 : 3
  return `${local.slice(0, 4)} ${local.slice(4, 4 + rest)} ${local.slice(4 + rest)}`.trim()
}

/** A ticket's code as it is read: `1204 5678`. */
export function code(text: string): string {
  return `${text.slice(0, 4)} ${text.slice(4)}`
}

/** Whether this is the screen of a telephone. */
export function phoneScreen(): boolean {
  return window.matchMedia('(max-width: 600px)').matches
}
