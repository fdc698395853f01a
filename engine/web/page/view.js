// What the page says: the state, the bars, the table of utterances.

const element = (id) => document.getElementById(id);

// Colours on which dark text is readable; labels that are no emotions take those of their place.
const COLOURS = {
  neutral: "#9fb0c3", calm: "#62c2b8", happy: "#f2b632", sad: "#6ea8ee", angry: "#f07a6a", fearful: "#b596f0", disgust: "#8cc265",
  surprised: "#f08fc0",
};
const STAGES = {
  asleep: "Nobody speaks", attentive: "A sound: is it speech?", speech: "Somebody speaks", ending: "Somebody spoke",
  doubtful: "A sound that is no speech",
};
const QUIETEST = -72; // dB that the level's bar begins with

const percent = (share) => `${Math.round(100 * share)} %`;
const width = (share) => `${Math.min(Math.max(100 * share, 0), 100)}%`;

class View {
  constructor() {
    this.picture = new Picture(element("picture"));
    this.events = [];
  }

  // A model is loaded.
  model(facts) {
    this.facts = facts;
    const places = Object.values(COLOURS);
    this.colours = Object.fromEntries(facts.labels.map((label, index) => [label, COLOURS[label] ?? places[index % places.length]]));
    element("facts").textContent = `Model “${facts.name}”: ${facts.labels.length} labels, ${Math.round(facts.bytes / 1000)} kB, hears ${facts.rate} Hz, ${+facts.window.toFixed(1)} s at a time.`;
    this.bars = facts.labels.map((label) => this.bar(label));
    element("bars").replaceChildren(...this.bars.map(({ row }) => row));
    this.clear();
  }

  bar(label) {
    const row = document.createElement("li");
    row.innerHTML = '<span class="name"></span><span class="track" aria-hidden="true"><span></span></span><span class="percent">–</span>';
    const [name, track, share] = row.children;
    name.textContent = name.title = label;
    track.firstChild.style.background = this.colours[label];
    return { label, row, fill: track.firstChild, share };
  }

  // A stream begins, or a recording of so many seconds.
  clear(seconds) {
    this.events = [];
    this.answer = null;
    this.picture.begin(this.facts, seconds);
    element("utterances").innerHTML = '<tr class="none"><td colspan="4">None yet.</td></tr>';
    element("save").disabled = true;
    this.say("Emotion", "Waits for somebody to speak.");
    this.shares(null);
  }

  state(text, stage = "") {
    element("state").textContent = text;
    document.body.dataset.stage = stage;
  }

  say(verdict, about) {
    element("verdict").textContent = verdict;
    element("about").textContent = about;
  }

  // What the engine made of some samples.
  heard({ t, stage, level, events, so_far, columns }) {
    this.picture.hear(columns);
    this.state(STAGES[stage], stage);
    element("time").textContent = clock(t);
    element("decibels").textContent = `${level.toFixed(0)} dB`;
    element("level").style.width = width(1 - level / QUIETEST);
    events.forEach((event) => this.happened(event));
    if (so_far) this.shares(so_far.probabilities);
  }

  happened(event) {
    this.events.push(event);
    element("save").disabled = false;
    if (event.event === "speech") {
      this.say("…", `Somebody speaks, since ${event.t.toFixed(1)} s.`);
      this.shares(null);
    } else if (event.event === "emotion") {
      this.opinion(event, "so far");
    } else {
      this.over(event);
    }
  }

  // An utterance, or another sound, is over.
  over(event) {
    const times = `${event.start.toFixed(1)} to ${event.t.toFixed(1)} s`;
    const what = event.verdict === "not_speech" ? "not speech" : event.emotion;
    const colour = event.verdict === "emotion" ? this.colours[event.emotion] : undefined;
    this.picture.note({ start: event.start, end: event.t, text: what, colour });
    this.row(event, what, colour);
    if (event.verdict !== "not_speech") this.opinion(event, times);
    const sure = event.verdict === "emotion" ? `, ${percent(event.confidence)}` : "";
    element("said").textContent = `${what}${sure}, ${times}`;
  }

  row({ start, t, confidence, verdict }, what, colour) {
    const row = document.createElement("tr");
    row.innerHTML = '<td></td><td></td><td><i aria-hidden="true"></i></td><td class="number"></td>';
    const [from, to, name, sure] = row.children;
    from.textContent = start.toFixed(1);
    to.textContent = t.toFixed(1);
    name.firstChild.style.background = colour ?? "var(--unsure)";
    name.append(what);
    sure.textContent = verdict === "emotion" ? percent(confidence) : "–";
    const rows = element("utterances");
    rows.querySelector(".none")?.remove();
    rows.prepend(row);
  }

  // What is said of an utterance, or of a recording.
  opinion({ emotion, confidence, probabilities }, about) {
    const unsure = emotion === "unsure" && !(emotion in this.colours);
    this.say(unsure ? "Unsure" : `${emotion} ${percent(confidence)}`, unsure ? `No emotion is likely enough, ${about}.` : `${about}.`);
    this.shares(probabilities);
  }

  shares(probabilities) {
    const most = Math.max(...Object.values(probabilities ?? { none: 2 }));
    for (const { label, row, fill, share } of this.bars) {
      const value = probabilities?.[label];
      fill.style.width = width(value ?? 0);
      share.textContent = value === undefined ? "–" : percent(value);
      row.className = value === most ? "first" : "";
    }
  }

  error(text) {
    element("error").textContent = text;
    element("error").hidden = !text;
  }
}
