// The operator's microphone: asked for, given back, measured. What it hears is neither kept nor sent from here.
import { chosen } from './devices'
import type { MicrophoneTrouble } from './standing'

/** What a refusal of the browser means to a person. */
export function refusal(error: unknown): MicrophoneTrouble {
  const name = error instanceof Error ? error.name : ''
  if (name === 'NotAllowedError' || name === 'SecurityError') return 'denied'
  if (name === 'NotReadableError' || name === 'AbortError') return 'busy'
  return 'none'
}

function wanted(device: string): MediaStreamConstraints {
  const audio: MediaTrackConstraints = { echoCancellation: true, noiseSuppression: true, autoGainControl: true }
  return { audio: device ? { ...audio, deviceId: { exact: device } } : audio, video: false }
}

/** The microphone's sound. A chosen device that is gone is replaced by the computer's own. Throws what the browser throws. */
export async function openMicrophone(): Promise<MediaStream> {
  const device = chosen('talk')
  try {
    return await navigator.mediaDevices.getUserMedia(wanted(device))
  } catch (error) {
    if (!device || refusal(error) !== 'none') throw error
    return navigator.mediaDevices.getUserMedia(wanted(''))
  }
}

export function closeMicrophone(stream: MediaStream | null): void {
  for (const track of stream?.getTracks() ?? []) track.stop()
}

const MEASURED_EVERY = 200

/** Tell how loud a track is (0 to 1), muted or not, until the returned function is called. */
export function measure(context: AudioContext, track: MediaStreamTrack, tell: (level: number) => void): () => void {
  const copy = track.clone()
  copy.enabled = true
  const source = context.createMediaStreamSource(new MediaStream([copy]))
  const analyser = context.createAnalyser()
  analyser.fftSize = 1024
  source.connect(analyser)
  const samples = new Float32Array(analyser.fftSize)
  const measuring = setInterval(() => {
    analyser.getFloatTimeDomainData(samples)
    tell(Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length))
  }, MEASURED_EVERY)
  return () => {
    clearInterval(measuring)
    source.disconnect()
    copy.stop()
  }
}
