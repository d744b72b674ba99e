// How the sound of a call fares, out of the browser's figures. Numbers only: no sound is read here.

export interface Figures {
  received: number
  sent: number
  heard: number
  said: number
  lost: number
  codec: string
}

type Stat = Readonly<Record<string, unknown>>

/** The figures of one moment, of the statistics that a connection gives. */
export function figures(report: Iterable<Stat>): Figures {
  const stats = [...report]
  const of = (type: string): Stat => stats.find((stat) => stat.type === type && (stat.kind ?? 'audio') === 'audio') ?? {}
  const inbound = of('inbound-rtp')
  const codec = stats.find((stat) => stat.id === inbound.codecId && stat.type === 'codec')
  return {
    received: Number(inbound.packetsReceived ?? 0),
    heard: Number(inbound.totalAudioEnergy ?? 0),
    lost: Number(inbound.packetsLost ?? 0),
    sent: Number(of('outbound-rtp').packetsSent ?? 0),
    said: Number(of('media-source').totalAudioEnergy ?? 0),
    codec: String(codec?.mimeType ?? ''),
  }
}

/** For how long nothing has come from the other side: by packets, because a person who is silent sends packets too. */
export class Hearing {
  private received = -1
  private since = 0

  /** Whole seconds without a packet, at an instant in milliseconds. */
  deafFor(received: number, at: number): number {
    if (received !== this.received) {
      this.received = received
      this.since = at
    }
    return Math.floor((at - this.since) / 1000)
  }
}

const LOUD = 0.02
const SPEAKING_FOR = 2000
const PAUSE = 700

/** Whether somebody whose microphone is off has been speaking for two seconds. */
export class Speaking {
  private from: number | null = null
  private last = 0

  hears(level: number, at: number): boolean {
    if (level >= LOUD) {
      this.from ??= at
      this.last = at
    } else if (at - this.last > PAUSE) this.from = null
    return this.from !== null && at - this.from >= SPEAKING_FOR
  }
}
