// Sends a video in parts and goes on after a lost line: the server knows where it stopped, by the file's name, size and time of last change.
const place = document.querySelector("[data-video-upload]");

if (place) {
  const form = place.querySelector("form");
  const input = form.querySelector("input[type=file]");
  const send = form.querySelector("button[type=submit]");
  const pause = form.querySelector("[data-pause]");
  const shown = place.querySelector(".video-progress");
  const said = place.querySelector(".video-said");
  const token = form.querySelector("[name=csrfmiddlewaretoken]").value;
  const words = place.dataset;
  const WAITS = [1, 2, 4, 8, 15];
  let paused = false;

  const say = (sentence, bad = false) => {
    said.textContent = sentence;
    said.classList.toggle("late", bad);
  };
  const wait = (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  const show = (sent, size) => {
    shown.hidden = false;
    const percent = Math.floor((sent / size) * 100);
    shown.querySelector("progress").value = percent;
    shown.querySelector("output").textContent = `${percent} %`;
  };

  class Refused extends Error {}

  const ask = async (address, options = {}) => {
    const answer = await fetch(address, { ...options, headers: { "X-CSRFToken": token, Accept: "application/json", ...(options.headers ?? {}) } });
    let told = {};
    try {
      told = await answer.json();
    } catch {
      if (answer.ok || answer.redirected) throw new Refused(words.failed); // the log-in page, most likely
    }
    if (answer.ok) return told;
    if ("next_offset" in told && answer.status !== 413 && answer.status < 500) return { ...told, refused: true };
    if (answer.status >= 500 && answer.status !== 507) throw new TypeError(String(answer.status)); // as a lost line: asked again
    throw new Refused(told.error ?? words.failed);
  };

  const digest = async (data) => {
    if (!globalThis.crypto?.subtle) return {};
    const bytes = new Uint8Array(await crypto.subtle.digest("SHA-256", data));
    return { "Content-Digest": `sha-256=:${btoa(String.fromCharCode(...bytes))}:` };
  };

  const patiently = async (work) => {
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await work();
      } catch (error) {
        if (error instanceof Refused || !(error instanceof TypeError)) throw error;
        say(words.waiting, true);
        await wait(WAITS[Math.min(attempt, WAITS.length - 1)]);
      }
    }
  };

  const read = async (file, from, to) => {
    try {
      return await file.slice(from, to).arrayBuffer();
    } catch {
      throw new Refused(words.changed);
    }
  };

  const sendParts = async (file, upload) => {
    const address = `${words.start}${upload.id}/`;
    let offset = upload.next_offset;
    let twice = 0;
    while (offset < file.size) {
      while (paused) await wait(0.3);
      show(offset, file.size);
      const data = await read(file, offset, Math.min(file.size, offset + upload.chunk));
      const headers = { "Content-Type": "application/octet-stream", ...(await digest(data)) };
      const told = await patiently(async () => ask(`${address}?offset=${offset}`, { method: "PUT", body: data, headers }));
      twice = told.next_offset > offset ? 0 : twice + 1;
      if (twice > 5) throw new Refused(told.error ?? words.failed);
      if (told.refused && twice) await wait(1);
      offset = told.next_offset;
      if (!told.refused) say(words.sending);
    }
    show(file.size, file.size);
  };

  const start = async (file) => {
    const body = { name: file.name, size: file.size, modified: file.lastModified };
    for (const field of form.querySelectorAll("input[type=text], textarea")) body[field.name] = field.value;
    const upload = await patiently(() => ask(words.start, { method: "POST", body: JSON.stringify(body), headers: { "Content-Type": "application/json" } }));
    say(upload.resumed ? words.resumed : words.sending);
    await sendParts(file, upload);
    say(words.done);
    window.removeEventListener("beforeunload", hold);
    window.location.assign(upload.page);
  };

  const hold = (event) => event.preventDefault();

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const file = input.files[0];
    if (!file) {
      say(words.nofile, true);
      return;
    }
    send.disabled = true;
    pause.hidden = false;
    window.addEventListener("beforeunload", hold);
    try {
      await start(file);
    } catch (error) {
      say(error instanceof Refused ? error.message : words.failed, true);
    } finally {
      send.disabled = false;
      pause.hidden = true;
      window.removeEventListener("beforeunload", hold);
    }
  });

  pause.addEventListener("click", () => {
    paused = !paused;
    [pause.textContent, pause.dataset.other] = [pause.dataset.other, pause.textContent];
  });

  for (const row of place.querySelectorAll("[data-unfinished]")) {
    row.querySelector("[data-cancel]").addEventListener("click", async () => {
      try {
        await ask(row.dataset.unfinished, { method: "DELETE" });
        row.remove();
      } catch (error) {
        say(error instanceof Refused ? error.message : words.failed, true);
      }
    });
  }
}
