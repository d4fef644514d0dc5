/* Keeps the previews of the channel tab up to date while somebody writes. Nothing is saved by looking. */
(() => {
  "use strict";
  const PAUSE = 500;

  const value = (name) => document.querySelector(`[name="${name}"]`)?.value ?? "";

  const rows = () =>
    [...document.querySelectorAll('[name^="channel_texts-"][name$="-account_key"]')]
      .filter((field) => !field.name.includes("__prefix__"))
      .map((field) => field.name.replace("-account_key", ""))
      .filter((prefix) => value(`${prefix}-DELETE`) !== "1")
      .filter((prefix) => document.querySelector(`[name="${prefix}-wanted"]`)?.checked)
      .map((prefix) => ({ key: value(`${prefix}-account_key`), text: value(`${prefix}-text`) }));

  const start = (place) => {
    let timer = 0;
    let running = null;
    const refresh = async () => {
      running?.abort();
      running = new AbortController();
      const body = { story: place.dataset.story, headline: value("title"), lead: value("lead"), social_headline: value("social_headline"), image: value("main_image"), texts: rows() };
      const headers = { "Content-Type": "application/json", "X-CSRFToken": value("csrfmiddlewaretoken") };
      try {
        const answer = await fetch(place.dataset.address, { method: "POST", headers, body: JSON.stringify(body), signal: running.signal });
        if (!answer.ok) throw new Error(String(answer.status));
        place.innerHTML = await answer.text();
      } catch (error) {
        if (error.name !== "AbortError") place.textContent = place.dataset.failed;
      }
    };
    const soon = () => {
      clearTimeout(timer);
      timer = setTimeout(refresh, PAUSE);
    };
    document.addEventListener("input", soon);
    document.addEventListener("change", soon);
    refresh();
  };

  document.addEventListener("DOMContentLoaded", () => document.querySelectorAll("[data-channel-previews]").forEach(start));
})();
