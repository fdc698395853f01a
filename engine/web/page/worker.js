// The engine, on a thread of its own. Each stream has an instance of its own, which holds the model and hears to its end.

let module, own, model, rateOfModel; // compiled, the blob that came with the page, and the one in use
let engine = null, stream = 0; // that of a microphone that is heard, and the latest stream's number

class Engine {
  constructor() { this.wasm = new WebAssembly.Instance(module, {}).exports; }

  write(bytes) {
    const place = this.wasm.input(bytes.length);
    new Uint8Array(this.wasm.memory.buffer, place, bytes.length).set(bytes);
  }

  // Calls a function that leaves a reply.
  call(name, ...values) {
    const length = this.wasm[name](...values);
    const text = new TextDecoder().decode(new Uint8Array(this.wasm.memory.buffer, this.wasm.reply(), length));
    const reply = JSON.parse(text);
    if (reply.error) throw new Error(reply.error);
    return reply;
  }

  load(blob, rate = 0) {
    this.write(blob);
    this.facts = this.call("load", rate);
    return this.facts;
  }

  take(floats) {
    this.write(new Uint8Array(floats.buffer, floats.byteOffset, floats.byteLength));
    this.wasm.take();
  }

  listen(most) { return this.withColumns(this.call("listen", most)); }
  finish() { return this.withColumns(this.call("finish")); }

  withColumns(heard) {
    const length = heard.columns * this.facts.bands;
    return { ...heard, columns: new Uint8Array(this.wasm.memory.buffer, this.wasm.columns(), length).slice() };
  }
}

const tasks = {
  async begin({ wasm, blob }) {
    module = await WebAssembly.compile(wasm);
    own = blob;
    tasks.model({ blob });
  },

  // The former model, and what it hears, stays if this one can't be used.
  model({ blob }) {
    const facts = new Engine().load(blob);
    stream += 1;
    engine = null;
    model = blob;
    rateOfModel = facts.rate;
    postMessage({ is: "model", facts, isOwn: blob.length === own.length && blob.every((byte, n) => byte === own[n]) });
  },

  microphone({ rate, port }) {
    const id = ++stream, hearer = new Engine();
    hearer.load(model, rate);
    engine = hearer;
    postMessage({ is: "microphone" });
    port.onmessage = ({ data }) => guarded(() => {
      if (id !== stream) return;
      hearer.take(data);
      postMessage({ is: "heard", ...hearer.listen(data.length) });
    });
  },

  // A microphone whose rate was refused has no engine.
  stop() {
    stream += 1;
    if (engine) postMessage({ is: "heard", ...engine.finish() });
    engine = null;
  },

  // Hears a recording, a second at a time so that another task can come between, and answers to it as a whole.
  async recording({ name, wav, floats, rate }) {
    const hearer = new Engine();
    let seconds = floats ? floats.length / rate : 0;
    if (wav) {
      hearer.write(wav);
      ({ rate, seconds } = hearer.call("decode", rateOfModel));
    }
    hearer.load(model, rate);
    if (floats) hearer.take(floats);
    const start = performance.now();
    const answer = hearer.call("answer");
    const milliseconds = performance.now() - start;
    const id = ++stream;
    postMessage({ is: "recording", name, seconds, answer, milliseconds });
    for (let second = 0; second < seconds; second += 1) {
      postMessage({ is: "heard", ...hearer.listen(rate) });
      await new Promise((resume) => setTimeout(resume));
      if (id !== stream) return;
    }
    postMessage({ is: "heard", ...hearer.finish() });
    postMessage({ is: "over" });
  },
};

// What fails is told with the name of the file, if there is one.
async function guarded(task, name) {
  try {
    await task();
  } catch (error) {
    postMessage({ is: "error", text: error.message, name });
  }
}

onmessage = ({ data }) => guarded(() => tasks[data.task](data), data.name);
