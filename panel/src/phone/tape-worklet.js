// Hands the sound that passes to the page, in blocks. It changes nothing and keeps nothing.
const BLOCK = 4096

class TapeProcessor extends AudioWorkletProcessor {
  constructor() {
    super()
    this.block = new Float32Array(BLOCK)
    this.filled = 0
  }

  process(inputs) {
    const samples = inputs[0]?.[0]
    if (!samples) return true
    this.block.set(samples, this.filled)
    this.filled += samples.length
    if (this.filled === BLOCK) {
      this.port.postMessage(this.block)
      this.block = new Float32Array(BLOCK)
      this.filled = 0
    }
    return true
  }
}

registerProcessor('tape', TapeProcessor)
