// From a microphone or a file to the engine, and from the engine to the view.

const LARGEST_FILE = 256 << 20; // bytes
const MAGIC = "EMO8"; // what a model begins with

const view = new View();
// A script of this file; as a blob's address, Chromium takes no worklet in a page that is a file.
const script = (id) => `data:text/javascript;charset=utf-8,${encodeURIComponent(element(id).textContent)}`;
const worker = new Worker(script("worker.js"));
let microphone = null; // its stream and audio context, from when it is asked for until it is stopped

// A part of this file that was compressed.
async function unpacked(id) {
  const bytes = Uint8Array.from(atob(element(id).textContent), (letter) => letter.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

worker.onmessage = ({ data }) => replies[data.is](data);
worker.onerror = () => view.error("The engine failed. Reload the page.");

const replies = {
  model({ facts, isOwn }) {
    view.error("");
    element("credits").hidden = !isOwn;
    view.model(facts);
    view.state("Ready");
    for (const id of ["microphone", "open"]) element(id).disabled = false;
  },
  microphone() { view.clear(); },
  heard(heard) { view.heard(heard); },
  recording({ name, seconds, answer, milliseconds }) {
    view.clear(seconds);
    view.file = name;
    element("save").disabled = false;
    view.answer = answer;
    view.milliseconds = milliseconds;
  },
  // As a whole, the recording is what `host-trainer predict` says of it.
  over() {
    view.state("The recording is over");
    const window = view.facts.window.toFixed(0);
    view.opinion(view.answer, `the recording's loudest ${window} s, answered to in ${view.milliseconds.toFixed(0)} ms`);
    element("said").textContent = `As a whole: ${element("verdict").textContent}`;
    document.body.dataset.over = view.milliseconds;
  },
  error({ text, name = "That does not work" }) {
    stop();
    view.error(`${name}: ${text}.`);
    view.state("Ready");
  },
};

async function listen(mine) {
  view.error("");
  const sound = { echoCancellation: false, noiseSuppression: false, autoGainControl: false, channelCount: 1 };
  const stream = await navigator.mediaDevices.getUserMedia({ audio: sound });
  mine.stream = stream;
  const { context, source } = connected(stream);
  mine.context = context;
  await context.audioWorklet.addModule(script("worklet.js"));
  if (mine !== microphone) return;
  const node = new AudioWorkletNode(context, "microphone", { numberOfOutputs: 0 });
  const { port1, port2 } = new MessageChannel();
  worker.postMessage({ task: "microphone", rate: context.sampleRate, port: port1 }, [port1]);
  node.port.postMessage(port2, [port2]);
  mine.isHeard = true;
  pressed(true);
  stream.getAudioTracks()[0].onended = () => { stop(); view.error("The microphone is gone."); };
  source.connect(node);
  await context.resume();
}

// At the model's rate where the browser brings a microphone to it; else at its own, and the engine does it.
function connected(stream) {
  const context = new AudioContext({ sampleRate: view.facts.rate });
  try {
    return { context, source: context.createMediaStreamSource(stream) };
  } catch {
    context.close();
    const own = new AudioContext();
    return { context: own, source: own.createMediaStreamSource(stream) };
  }
}

function stop() {
  if (!microphone) return;
  release(microphone);
  if (microphone.isHeard) worker.postMessage({ task: "stop" });
  microphone = null;
  pressed(false);
}

function release({ stream, context }) {
  stream?.getTracks().forEach((track) => track.stop());
  context?.close().catch(() => {}); // it may be closed already
}

function pressed(isPressed) {
  element("microphone").setAttribute("aria-pressed", isPressed);
  element("microphone").textContent = isPressed ? "Stop listening" : "Use the microphone";
}

// Why there is no microphone, in words that help.
function explained(error) {
  if (!navigator.mediaDevices) return "This browser lends microphones to pages from https or from a file only.";
  if (!window.AudioWorkletNode) return "This browser has no AudioWorklet, which it takes to hear a microphone. A recording can be dropped.";
  if (error.name === "NotAllowedError") return "The microphone was not allowed. Allow it in the browser's settings for this page, and try again.";
  if (error.name === "NotFoundError") return "There is no microphone.";
  return `The microphone can't be used: ${error.message}.`;
}

element("microphone").onclick = async () => {
  if (microphone?.isHeard) return stop();
  if (microphone) return; // it is being asked for
  const mine = {};
  microphone = mine;
  try {
    await listen(mine);
  } catch (error) {
    if (mine === microphone) {
      stop();
      view.error(explained(error));
    }
  }
  // A file may have been dropped meanwhile.
  if (mine !== microphone) release(mine);
};

async function open(file) {
  stop();
  view.error("");
  delete document.body.dataset.over;
  view.state(`Reads ${file.name}`);
  try {
    const task = await read(file);
    stop(); // what began meanwhile
    worker.postMessage(task);
  } catch (error) {
    view.state("Ready");
    view.error(error.message);
  }
}

// A model, a recording, or neither: told by its first bytes. The engine reads WAV.
async function read(file) {
  const { name } = file;
  if (file.size > LARGEST_FILE) throw new Error(`${name} has more than 256 MiB. Cut it into shorter ones.`);
  const bytes = new Uint8Array(await file.arrayBuffer().catch(() => {
    throw new Error(`${name} can't be read. Drop a file, not a folder.`);
  }));
  const first = String.fromCharCode(...bytes.subarray(0, 4));
  if (first === MAGIC || name.endsWith(".postcard")) return { task: "model", name, blob: bytes };
  if (first === "RIFF") return { task: "recording", name, wav: bytes };
  const sound = await decoded(bytes.buffer).catch(() => {
    throw new Error(`${name} is neither a recording that this browser can decode nor a model.`);
  });
  return { task: "recording", name, floats: mixed(sound), rate: sound.sampleRate };
}

// By the browser, at the model's rate.
async function decoded(buffer) {
  return new OfflineAudioContext(1, 1, view.facts.rate).decodeAudioData(buffer);
}

// The mean over the channels.
function mixed(sound) {
  const channels = Array.from({ length: sound.numberOfChannels }, (_, index) => sound.getChannelData(index));
  return channels[0].map((_, n) => channels.reduce((sum, channel) => sum + channel[n], 0) / channels.length);
}

element("open").onclick = () => element("file").click();
element("file").onchange = ({ target }) => {
  if (target.files[0]) open(target.files[0]);
  target.value = "";
};
addEventListener("dragover", (event) => { event.preventDefault(); element("drop").hidden = false; });
addEventListener("dragleave", (event) => { if (!event.relatedTarget) element("drop").hidden = true; });
addEventListener("drop", (event) => {
  event.preventDefault();
  element("drop").hidden = true;
  const [file] = event.dataTransfer.files;
  if (file) open(file);
});

// A line of JSON for each event, as `host-trainer listen --json` prints them, and one for a recording, as `predict --json` does.
element("save").onclick = () => {
  const answers = view.answer ? [{ file: view.file, ...view.answer }] : [];
  const lines = [...view.events, ...answers].map((line) => JSON.stringify(line) + "\n");
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob(lines, { type: "application/json" }));
  link.download = "events.jsonl";
  link.click();
};

const [wasm, blob] = await Promise.all(["engine.wasm", "model.postcard"].map(unpacked));
worker.postMessage({ task: "begin", wasm, blob });
