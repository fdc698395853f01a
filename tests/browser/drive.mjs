// Opens the page in Chromium from a file, does what a person does, and prints what the page then says.
//
//   node drive.mjs PAGE {"files": [...], "microphone": WAV, "seconds": N, "denied": true, "interrupted": true, "pictures": FOLDER}
//
// One line of JSON: {"seen": [...], "microphones": [...], "requests": [...], "errors": [...]}, where something was seen after each file, and
// after so many seconds of the microphone, and the microphones are those that are left open. CHROMIUM names the browser, if it is not called chromium.
import { readFile } from "node:fs/promises";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const [file, text] = process.argv.slice(2);
const wanted = JSON.parse(text);

const args = ["--use-fake-device-for-media-stream"];
if (!wanted.denied) args.push("--use-fake-ui-for-media-stream");
if (wanted.microphone) args.push(`--use-file-for-fake-audio-capture=${wanted.microphone}%noloop`);
const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
const browser = await chromium.launch({ executablePath, args, chromiumSandbox: false });
const page = await browser.newPage({ viewport: { width: 1100, height: 1000 } });

const requests = [], errors = [], seen = [];
page.on("request", (request) => requests.push(request.url()));
page.on("pageerror", (error) => errors.push(error.message));
page.on("console", (message) => message.type() === "error" && errors.push(message.text()));

await page.addInitScript(() => {
  const { getUserMedia } = MediaDevices.prototype;
  window.tracks = [];
  MediaDevices.prototype.getUserMedia = async function (wanted) {
    const stream = await getUserMedia.call(this, wanted);
    window.tracks.push(...stream.getTracks());
    return stream;
  };
});
await page.goto(pathToFileURL(file).href);
await page.locator("#microphone:enabled").waitFor();

// What a person can see, and what they can save.
async function look() {
  const all = async (selector) => page.locator(selector).allTextContents();
  const [error, state, verdict, said] = await Promise.all(["#error", "#state", "#verdict", "#said"].map((id) => page.locator(id).textContent()));
  const milliseconds = Number(await page.locator("body").getAttribute("data-over"));
  return { error, state, verdict, said, labels: await all("#bars .name"), rows: await all("#utterances tr"), saved: await saved(), milliseconds };
}

async function saved() {
  if (await page.locator("#save").isDisabled()) return [];
  const [download] = await Promise.all([page.waitForEvent("download"), page.locator("#save").click()]);
  const lines = (await readFile(await download.path(), "utf8")).trim().split("\n");
  return lines.filter(Boolean).map((line) => JSON.parse(line));
}

// Until the recording is over, there is an error, or the model is another; or until it is being heard.
async function drop(path, isInterrupted) {
  const bytes = (await readFile(path)).toString("base64");
  const before = await page.locator("#facts").textContent();
  await page.evaluate(([name, base64]) => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))], name));
    window.dispatchEvent(new DragEvent("drop", { dataTransfer: transfer, cancelable: true }));
  }, [path.split("/").pop(), bytes]);
  const isDone = (before) => document.body.dataset.over || !document.getElementById("error").hidden
    || document.getElementById("facts").textContent !== before;
  const isHeard = () => !document.getElementById("save").disabled;
  await page.waitForFunction(isInterrupted ? isHeard : isDone, before, { timeout: 120_000 });
}

const files = wanted.files ?? [];
if (wanted.interrupted) await drop(files.shift(), true);
for (const path of files) {
  await drop(path);
  seen.push(await look());
}

if (wanted.microphone || wanted.denied) {
  // Twice, before the browser lends it.
  await page.locator("#microphone").evaluate((button) => { button.focus(); button.click(); button.click(); });
  const hasHeard = (seconds) => !document.getElementById("error").hidden
    || parseFloat(document.getElementById("time").textContent) >= seconds;
  await page.waitForFunction(hasHeard, wanted.seconds ?? 0, { timeout: 120_000 });
  if (!wanted.denied) await page.keyboard.press("Enter");
  await page.locator('#microphone[aria-pressed="false"]').waitFor();
  seen.push(await look());
}

for (const colorScheme of wanted.pictures ? ["light", "dark"] : []) {
  await page.emulateMedia({ colorScheme });
  await page.evaluate(() => new Promise((resume) => requestAnimationFrame(() => requestAnimationFrame(resume))));
  await page.screenshot({ path: `${wanted.pictures}/browser-${colorScheme}.png`, clip: { x: 0, y: 0, width: 1100, height: 1000 } });
}

const microphones = await page.evaluate(() => window.tracks.filter((track) => track.readyState === "live").map(({ label }) => label));
await browser.close();
console.log(JSON.stringify({ seen, microphones, requests, errors }));
