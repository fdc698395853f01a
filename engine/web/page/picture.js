// The spectrogram, and the timeline below it.

// Columns of a picture at most; those of a long recording share one.
const MOST_COLUMNS = 1600;
// Seconds of a microphone's picture.
const LIVE_SECONDS = 20;
// Milliseconds between two pictures where motion is unwanted.
const STILL = 1000;
const LANE = 34, AXIS = 20; // heights, in CSS pixels
// The quietest and the loudest that are told apart, as the engine's bytes.
const QUIET = 60, LOUD = 190;
// From quiet to loud: red, green, blue.
const LIGHT = [[238, 241, 246], [188, 205, 236], [104, 140, 214], [58, 70, 168], [44, 22, 92]];
const DARK = [[16, 19, 28], [45, 35, 96], [122, 47, 140], [222, 84, 92], [253, 220, 140]];

const isDark = matchMedia("(prefers-color-scheme: dark)");
const isStill = matchMedia("(prefers-reduced-motion: reduce)");
const style = (name) => getComputedStyle(document.documentElement).getPropertyValue(name);

class Picture {
  constructor(canvas) {
    this.canvas = canvas;
    this.image = document.createElement("canvas");
    this.drawn = -STILL; // when, in milliseconds
    this.begin({ bands: 1, hop: 1, rate: 0 });
    new ResizeObserver(() => this.ask()).observe(canvas);
    isDark.addEventListener("change", () => this.ask());
  }

  // Of a stream that goes on, or of a recording of so many seconds.
  begin({ bands, hop, rate }, seconds) {
    const columns = Math.max(1, Math.ceil((seconds ?? LIVE_SECONDS) / hop));
    Object.assign(this, { bands, rate, first: 0, count: 0, isLive: seconds === undefined, utterances: [] });
    this.shared = Math.max(1, columns / MOST_COLUMNS); // columns of the engine to one of the picture
    this.step = hop * this.shared; // its seconds
    this.width = Math.ceil(columns / this.shared);
    this.loudness = new Uint8Array(this.width * bands);
    this.ask();
  }

  // Columns of the engine's, the loudest of those that share one.
  hear(columns) {
    for (let start = 0; start < columns.length; start += this.bands) {
      const place = Math.floor(this.count / this.shared) - this.first;
      const x = this.isLive ? this.scroll(place) : Math.min(place, this.width - 1);
      for (let band = 0; band < this.bands; band += 1) {
        const index = x * this.bands + band;
        this.loudness[index] = Math.max(this.loudness[index], columns[start + band]);
      }
      this.count += 1;
    }
    this.ask();
  }

  // Makes room for a column behind the right edge.
  scroll(place) {
    if (place < this.width) return place;
    this.loudness.copyWithin(0, this.bands);
    this.loudness.fill(0, -this.bands);
    this.first += 1;
    return this.width - 1;
  }

  // An utterance, or what else was heard, with its text and colour.
  note(utterance) {
    this.utterances.push(utterance);
    this.ask();
  }

  // Draws soon: with the next picture, or, where motion is unwanted, once a second at most.
  ask() {
    if (this.isAsked) return;
    this.isAsked = true;
    const draw = () => { this.isAsked = false; this.draw(); };
    const wait = isStill.matches ? this.drawn + STILL - performance.now() : 0;
    if (wait > 0) setTimeout(draw, wait);
    else requestAnimationFrame(draw);
  }

  draw() {
    this.drawn = performance.now();
    const { canvas } = this, scale = devicePixelRatio || 1;
    const [width, height] = [canvas.clientWidth, canvas.clientHeight];
    canvas.width = width * scale;
    canvas.height = height * scale;
    const context = canvas.getContext("2d");
    context.scale(scale, scale);
    const top = height - LANE - AXIS;
    this.paint();
    context.imageSmoothingQuality = "high";
    context.drawImage(this.image, 0, 0, width, top);
    context.font = "12px system-ui, sans-serif";
    context.textBaseline = "middle";
    this.drawAxis(context, width, height, top);
    context.fillStyle = style("--track");
    context.fillRect(0, top + 4, width, LANE - 4);
    this.utterances.forEach((utterance) => this.drawUtterance(context, utterance, width, top + 4));
  }

  // Brings the loudness to colours, low bands at the bottom.
  paint() {
    Object.assign(this.image, { width: this.width, height: this.bands });
    const context = this.image.getContext("2d"), image = context.createImageData(this.width, this.bands);
    const words = new Uint32Array(image.data.buffer), colours = palette(isDark.matches ? DARK : LIGHT);
    for (let x = 0; x < this.width; x += 1) {
      for (let band = 0; band < this.bands; band += 1) {
        words[(this.bands - 1 - band) * this.width + x] = colours[this.loudness[x * this.bands + band]];
      }
    }
    context.putImageData(image, 0, 0);
  }

  place(seconds, width) { return (seconds / this.step - this.first) / this.width * width; }

  drawAxis(context, width, height, top) {
    const span = this.step * this.width, from = this.first * this.step;
    const unit = [0.5, 1, 2, 5, 10, 30, 60, 120, 300, 600, 1800, 3600].find((unit) => span / unit <= width / 64) ?? 7200;
    context.fillStyle = style("--soft");
    for (let time = Math.ceil(from / unit) * unit; time < from + span; time += unit) {
      const x = this.place(time, width);
      context.fillRect(x, height - AXIS, 1, 4);
      context.fillText(clock(time), x + 4, height - AXIS / 2 + 2);
    }
    if (this.rate) {
      context.textAlign = "right";
      context.fillText(`${(this.rate / 2000).toFixed(0)} kHz`, width - 8, 14);
      context.fillText("0", width - 8, top - 10);
      context.textAlign = "left";
    }
  }

  drawUtterance(context, { start, end, text, colour }, width, y) {
    const x = this.place(start, width), length = Math.max(2, this.place(end, width) - x - 1);
    context.fillStyle = colour ?? style("--unsure");
    context.beginPath();
    context.roundRect(x, y, length, LANE - 4, 5);
    context.fill();
    if (context.measureText(text).width > length - 8) return;
    context.fillStyle = colour ? "#10131a" : style("--ink");
    context.fillText(text, Math.max(x, 0) + 4, y + LANE / 2 - 1);
  }
}

// 256 colours as little-endian words.
function palette(stops) {
  return Uint32Array.from({ length: 256 }, (_, byte) => {
    const place = Math.min(Math.max((byte - QUIET) / (LOUD - QUIET), 0), 0.9999) * (stops.length - 1);
    const below = Math.floor(place), part = place - below;
    const [r, g, b] = stops[below].map((value, channel) => Math.round(value + part * (stops[below + 1][channel] - value)));
    return (255 << 24 | b << 16 | g << 8 | r) >>> 0;
  });
}

const clock = (seconds) => seconds < 60 ? `${+seconds.toFixed(1)} s`
  : `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;
