// One telephone's line: registered over the service's websocket, one call at a time, its sound found anew when the network changes. SIP and WebRTC
// only: what a call means, the service says.
import JsSIP from 'jssip'
import type { RTCSession } from 'jssip/lib/RTCSession'
import type { LineStanding, SoundStanding } from './standing'

export interface PhoneAccount {
  id: string
  extension: string
  password: string
  domain: string
  websocket: string
  relays: RTCIceServer[]
}

export interface Hears {
  line: (standing: LineStanding) => void
  sound: (standing: SoundStanding) => void
  heard: (stream: MediaStream) => void
}

/** So long after the last candidate the call goes on: browsers tell the end of all candidates seconds later. */
const CANDIDATES_PAUSE = 200
/** A relay is asked twice before it gives its candidate: where there is one, it is waited for so long. */
const RELAY_PAUSE = 2000
const RESTART_AFTER = 1500
const RESTART_EVERY = 4000
const LONGEST_RETRY = 8000

export class Line {
  private readonly agent: JsSIP.UA
  private session: RTCSession | null = null
  private refusals = 0
  private stopped = false
  private restarting: ReturnType<typeof setTimeout> | undefined

  constructor(private readonly account: PhoneAccount, private readonly hears: Hears) {
    const address = `${location.origin.replace(/^http/, 'ws')}${account.websocket}`
    this.agent = new JsSIP.UA({
      sockets: [new JsSIP.WebSocketInterface(address)],
      uri: `sip:${account.extension}@${account.domain}`,
      password: account.password,
      register: true,
      register_expires: 120,
      session_timers: false,
      connection_recovery_min_interval: 1,
      connection_recovery_max_interval: 8,
      user_agent: 'hotline1022 panel',
    })
    this.agent.on('registered', () => this.registered())
    this.agent.on('disconnected', () => this.tell('lost'))
    this.agent.on('registrationFailed', () => this.tryAgain())
    this.agent.on('newRTCSession', (event: { session: RTCSession }) => this.take(event.session))
  }

  private tell(standing: LineStanding): void {
    if (!this.stopped) this.hears.line(standing)
  }

  start(): void {
    this.tell('connecting')
    this.agent.start()
  }

  /** Put the telephone away; a call that is on is ended. */
  stop(): void {
    this.tell('off')
    this.stopped = true
    clearTimeout(this.restarting)
    this.agent.stop()
  }

  private registered(): void {
    this.refusals = 0
    this.tell('registered')
    if (this.isBroken()) this.restart()
  }

  /** An exchange that has just started again knows nobody yet: it is asked until it does. */
  private tryAgain(): void {
    this.tell('lost')
    this.refusals += 1
    const gap = Math.min(1000 * 2 ** this.refusals, LONGEST_RETRY)
    setTimeout(() => !this.stopped && this.agent.isConnected() && this.agent.register(), gap)
  }

  private take(rung: RTCSession): void {
    if (this.session) {
      rung.terminate({ status_code: 486 })
      return
    }
    this.session = rung
    let pause: ReturnType<typeof setTimeout> | undefined
    let relayed = this.account.relays.length === 0
    const over = (): void => {
      clearTimeout(this.restarting)
      clearTimeout(pause)
      this.session = null
      this.hears.sound('none')
    }
    rung.on('peerconnection', (event) => this.watch(event.peerconnection))
    rung.on('icecandidate', (event) => {
      clearTimeout(pause)
      relayed ||= event.candidate.type === 'relay'
      pause = setTimeout(() => event.ready(), relayed ? CANDIDATES_PAUSE : RELAY_PAUSE)
    })
    rung.on('ended', over)
    rung.on('failed', over)
    this.hears.sound('invited')
  }

  private watch(connection: RTCPeerConnection): void {
    connection.addEventListener('track', (event) => this.hears.heard(event.streams[0] ?? new MediaStream([event.track])))
    connection.addEventListener('iceconnectionstatechange', () => {
      const state = connection.iceConnectionState
      if (state === 'connected' || state === 'completed') {
        clearTimeout(this.restarting)
        this.hears.sound('live')
      } else if (state === 'disconnected') {
        this.hears.sound('broken')
        this.restartIn(RESTART_AFTER)
      }
    })
  }

  private isBroken(): boolean {
    return ['disconnected', 'failed'].includes(this.connection?.iceConnectionState ?? '')
  }

  private restartIn(gap: number): void {
    clearTimeout(this.restarting)
    this.restarting = setTimeout(() => this.restart(), gap)
  }

  /** Find a way for the sound anew, and again until it is there. */
  restart(): void {
    // A re-INVITE into a socket that is gone would end the call: it waits for the next registration.
    if (this.isTalking && this.agent.isConnected()) this.session?.renegotiate({ rtcOfferConstraints: { iceRestart: true } })
    if (this.isBroken()) this.restartIn(RESTART_EVERY)
  }

  get connection(): RTCPeerConnection | null {
    return this.session?.connection ?? null
  }

  get isTalking(): boolean {
    return this.session?.isEstablished() ?? false
  }

  get hasSession(): boolean {
    return this.session !== null
  }

  answer(microphone: MediaStream): void {
    this.hears.sound('connecting')
    this.session?.answer({ mediaStream: microphone, pcConfig: { iceServers: this.account.relays } })
  }

  hold(on: boolean): void {
    if (on) this.session?.hold()
    else this.session?.unhold()
  }

  mute(on: boolean): void {
    if (on) this.session?.mute({ audio: true })
    else this.session?.unmute({ audio: true })
  }

  /** A key of the keypad, as an event in the sound (RFC 4733). */
  press(key: string): void {
    this.session?.sendDTMF(key, { transportType: 'RFC2833' as never, duration: 120, interToneGap: 80 })
  }

  /** Speak through this microphone from now on. */
  async speakThrough(microphone: MediaStream): Promise<void> {
    const track = microphone.getAudioTracks()[0]
    const sender = this.connection?.getSenders().find((each) => each.track?.kind === 'audio')
    if (!track || !sender) return
    track.enabled = sender.track?.enabled ?? true
    await sender.replaceTrack(track)
  }
}
