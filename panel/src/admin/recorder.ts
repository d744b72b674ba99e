// A prompt spoken into the microphone: one recording at a time, kept in the page until it is sent or thrown away.
import { computed, onUnmounted, ref, shallowRef } from 'vue'

export type RecorderTrouble = 'denied' | 'none' | 'busy'

const LONGEST_SECONDS = 120

export function recorder() {
  const recording = ref(false)
  const seconds = ref(0)
  const sound = shallowRef<Blob | null>(null)
  const address = ref('')
  const trouble = ref<RecorderTrouble | null>(null)
  const possible = computed(() => typeof MediaRecorder !== 'undefined')
  let running: MediaRecorder | null = null
  let counting: ReturnType<typeof setInterval> | undefined

  function keep(blob: Blob | null): void {
    URL.revokeObjectURL(address.value)
    sound.value = blob
    address.value = blob ? URL.createObjectURL(blob) : ''
  }

  async function begin(): Promise<void> {
    keep(null)
    try {
      const stream = await navigator.mediaDevices.getUserMedia({ audio: { channelCount: 1, noiseSuppression: false } })
      const parts: Blob[] = []
      running = new MediaRecorder(stream)
      running.ondataavailable = (event) => parts.push(event.data)
      running.onstop = () => {
        for (const track of stream.getTracks()) track.stop()
        keep(new Blob(parts, { type: running?.mimeType ?? 'audio/webm' }))
      }
      running.start()
      trouble.value = null
      recording.value = true
      seconds.value = 0
      counting = setInterval(() => {
        seconds.value += 1
        if (seconds.value >= LONGEST_SECONDS) end()
      }, 1000)
    } catch (error) {
      const name = error instanceof DOMException ? error.name : ''
      trouble.value = name === 'NotAllowedError' ? 'denied' : name === 'NotReadableError' ? 'busy' : 'none'
    }
  }

  function end(): void {
    clearInterval(counting)
    if (running?.state === 'recording') running.stop()
    recording.value = false
  }

  onUnmounted(() => {
    end()
    URL.revokeObjectURL(address.value)
  })
  return { recording, seconds, sound, address, trouble, possible, begin, end, keep }
}
