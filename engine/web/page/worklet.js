// Passes on what the microphone hears, on the browser's audio thread: the first channel, a tenth of a second at a time.
class Microphone extends AudioWorkletProcessor {
  constructor() {
    super();
    this.block = new Float32Array(2048);
    this.filled = 0;
    this.port.onmessage = ({ data }) => { this.worker = data; };
  }

  process([[channel]]) {
    if (!channel || !this.worker) return true;
    this.block.set(channel, this.filled); // 128 samples, which divide the block
    this.filled += channel.length;
    if (this.filled === this.block.length) {
      this.worker.postMessage(this.block);
      this.filled = 0;
    }
    return true;
  }
}

registerProcessor("microphone", Microphone);
