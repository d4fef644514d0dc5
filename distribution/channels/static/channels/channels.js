/* Keeps the previews and counters of the channel tab up to date while somebody writes. Nothing is saved by looking. */
(() => {
  "use strict";
  const PAUSE = 500;
  const FIELDS = ["text", "title", "tags", "privacy", "hashtags", "first_comment", "media", "link_place"];
  const OFFERED = { media: "media", link_place: "links", first_comment: "comments" };
  const numbers = new Intl.NumberFormat("vi-VN");

  const value = (name) => document.querySelector(`[name="${name}"]`)?.value ?? "";

  const prefixes = () =>
    [...document.querySelectorAll('[name^="channel_texts-"][name$="-account_key"]')]
      .filter((field) => !field.name.includes("__prefix__"))
      .map((field) => field.name.replace("-account_key", ""))
      .filter((prefix) => value(`${prefix}-DELETE`) !== "1");

  const rows = () =>
    prefixes()
      .filter((prefix) => document.querySelector(`[name="${prefix}-wanted"]`)?.checked)
      .map((prefix) => ({
        key: value(`${prefix}-account_key`),
        ...Object.fromEntries(FIELDS.map((name) => [name, value(`${prefix}-${name}`)])),
      }));

  const listed = (channel, name) => JSON.parse(channel.dataset[name] || "[]").includes(channel.value);

  /* Title, tags and privacy are for channels of videos. */
  const offer = (prefix) => {
    const channel = document.querySelector(`[name="${prefix}-account_key"]`);
    if (!channel) return;
    for (const name of ["title", "tags", "privacy"]) {
      const wrapper = document.querySelector(`[name="${prefix}-${name}"]`)?.closest("[data-video-only]");
      if (wrapper) wrapper.hidden = !listed(channel, "videos");
    }
    for (const [name, list] of Object.entries(OFFERED)) {
      const wrapper = document.querySelector(`[name="${prefix}-${name}"]`)?.closest("[data-offered]");
      if (wrapper) wrapper.hidden = !listed(channel, list) && !value(`${prefix}-${name}`);
    }
    for (const [name, timing] of [["after_minutes", "after"], ["at", "at"]]) {
      const wrapper = document.querySelector(`[name="${prefix}-${name}"]`)?.closest("[data-timing]");
      if (wrapper) wrapper.hidden = value(`${prefix}-timing`) !== timing;
    }
  };

  /* As texts.weighted_length counts on the server. */
  const weighted = (text) => {
    const light = (code) => code <= 0x10ff || (code >= 0x2000 && code <= 0x200d) || (code >= 0x2010 && code <= 0x201f) || (code >= 0x2032 && code <= 0x2037);
    let links = 0;
    const rest = text.normalize("NFC").replace(/https?:\/\/[^\s<>"“”]*[^\s<>"“”.,;:!?)\]]/gi, () => ((links += 1), ""));
    return 23 * links + [...new Intl.Segmenter("vi").segment(rest)].reduce((sum, { segment }) => {
      if (/\p{Extended_Pictographic}\ufe0f?|\p{Regional_Indicator}{2}|\u20e3/u.test(segment) && !/^[©®]$/.test(segment)) return sum + 2;
      return sum + [...segment].reduce((one, letter) => one + (light(letter.codePointAt(0)) ? 1 : 2), 0);
    }, 0);
  };

  /* Each platform counts in a unit of its own. */
  const lengthIn = (unit, text) => {
    if (unit === "bytes") return new TextEncoder().encode(text).length;
    if (unit === "utf16") return text.length;
    if (unit === "weighted") return weighted(text);
    return [...text].length;
  };

  const count = (prefix) => {
    const text = document.querySelector(`[name="${prefix}-text"]`);
    const channel = document.querySelector(`[name="${prefix}-account_key"]`);
    if (!text || !channel) return;
    let place = text.parentElement.querySelector(".channel-count");
    if (!place) {
      place = document.createElement("p");
      place.className = "channel-count";
      text.insertAdjacentElement("afterend", place);
    }
    const limit = JSON.parse(channel.dataset.limits || "{}")[channel.value] ?? 0;
    const length = lengthIn(JSON.parse(channel.dataset.units || "{}")[channel.value], text.value);
    place.textContent = limit ? `${numbers.format(length)} / ${numbers.format(limit)}` : numbers.format(length);
    place.classList.toggle("too-long", limit > 0 && length > limit);
  };

  const start = (place) => {
    let timer = 0;
    let running = null;
    let last = "";
    const refresh = async () => {
      const body = JSON.stringify({
        story: place.dataset.story,
        headline: value("title"),
        lead: value("lead"),
        social_headline: value("social_headline"),
        image: value("main_image"),
        video: value("main_video"),
        body: window.newsroomBody(),
        texts: rows(),
      });
      if (body === last) return;
      last = body;
      running?.abort();
      running = new AbortController();
      const headers = { "Content-Type": "application/json", "X-CSRFToken": value("csrfmiddlewaretoken") };
      try {
        const answer = await fetch(place.dataset.address, { method: "POST", headers, body, signal: running.signal });
        if (!answer.ok) throw new Error(String(answer.status));
        place.innerHTML = await answer.text();
        document.dispatchEvent(new CustomEvent("channels:shown", { detail: { place, prefixes: prefixes() } }));
      } catch (error) {
        if (error.name === "AbortError") return;
        last = "";
        place.textContent = place.dataset.failed;
      }
    };
    const soon = () => {
      prefixes().forEach(count);
      prefixes().forEach(offer);
      clearTimeout(timer);
      timer = setTimeout(refresh, PAUSE);
    };
    // Choosers say "change" without bubbling; a block that is dragged says nothing but "pointerup".
    for (const name of ["input", "change", "click", "pointerup"]) document.addEventListener(name, soon, true);
    prefixes().forEach(count);
    prefixes().forEach(offer);
    refresh();
  };

  const begin = () => document.querySelectorAll("[data-channel-previews]").forEach(start);
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", begin);
  else begin();
})();
