// The service's own voice: one websocket of what happens now. It reconnects by itself, and says when everything must be fetched anew.
import { ref } from 'vue'

export interface Message {
  type: string
  [name: string]: unknown
}

const FIRST_GAP = 500
const LONGEST_GAP = 8000
const ALIVE_EVERY = 5000
const OVER = 4401

/** Whether the websocket stands. */
export const connected = ref(false)

/** Since when it does not. */
export const lostAt = ref<Date | null>(null)

type Hearer = (message: Message) => void
const hearers = new Map<string, Set<Hearer>>()

let socket: WebSocket | null = null
let wanted = false
let gap = FIRST_GAP
let retry: ReturnType<typeof setTimeout> | undefined
let viewing: { ticket: string | null; typing: boolean } = { ticket: null, typing: false }

/** Hear messages of a type ("resync": fetch everything anew); returns what ends it. */
export function hear(type: string, hearer: Hearer): () => void {
  const those = hearers.get(type) ?? new Set()
  hearers.set(type, those)
  those.add(hearer)
  return () => those.delete(hearer)
}

function tell(message: Message): void {
  for (const hearer of hearers.get(message.type) ?? []) hearer(message)
}

function send(message: Message): void {
  if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message))
}

/** Say which ticket is looked at and whether something is being written in it. */
export function view(ticket: string | null, typing = false): void {
  viewing = { ticket, typing }
  send({ type: 'viewing', ...viewing })
}

function connect(): void {
  socket = new WebSocket(`${location.origin.replace(/^http/, 'ws')}/panel/events`)
  socket.onopen = () => {
    gap = FIRST_GAP
    connected.value = true
    lostAt.value = null
    if (viewing.ticket) send({ type: 'viewing', ...viewing })
    tell({ type: 'resync' })
  }
  socket.onmessage = (event) => tell(JSON.parse(String(event.data)) as Message)
  socket.onclose = (event) => {
    if (event.code === OVER) tell({ type: 'over' })
    connected.value = false
    lostAt.value ??= new Date()
    if (!wanted) return
    retry = setTimeout(connect, gap * (0.5 + Math.random()))
    gap = Math.min(gap * 2, LONGEST_GAP)
  }
}

/** Stay connected until `close`. */
export function open(): void {
  if (wanted) return
  wanted = true
  connect()
}

/** Leave. */
export function close(): void {
  wanted = false
  clearTimeout(retry)
  socket?.close()
}

// A hidden page's timers are slowed down; a worker's are not.
const ticking = new Worker(new URL('./ticking.ts', import.meta.url), { type: 'module' })
ticking.onmessage = () => send({ type: 'alive' })
ticking.postMessage(ALIVE_EVERY)
