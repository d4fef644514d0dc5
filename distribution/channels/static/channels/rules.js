/* "Apply the routing rules again": asks which channels the rules choose for the story as it stands in the form, and fills the rows. Nothing is saved by it. */
(() => {
  "use strict";

  const value = (name) => document.querySelector(`[name="${name}"]`)?.value ?? "";
  const keys = () => [...document.querySelectorAll('[name^="channel_texts-"][name$="-account_key"]')].filter((one) => !one.name.includes("__prefix__"));
  const prefixOf = (key) => keys().find((one) => one.value === key && value(one.name.replace("account_key", "DELETE")) !== "1")?.name.replace("-account_key", "");

  const added = (key) => {
    document.getElementById("id_channel_texts-ADD")?.click();
    const last = keys().at(-1);
    if (!last || ![...last.options].some((option) => option.value === key)) return null;
    last.value = key;
    return last.name.replace("-account_key", "");
  };

  /* What the rules gave, now or before, they may take; what a person ticked stays. */
  const tick = (box, wanted, given) => {
    const theirs = !box.dataset.byHand && (box.dataset.byRule || given);
    if (wanted && !box.checked) box.dataset.byRule = "1";
    box.checked = wanted || (box.checked && !theirs);
  };

  const fill = ({ key, wanted, text }, given) => {
    const prefix = prefixOf(key) ?? (wanted ? added(key) : null);
    if (!prefix) return;
    const box = document.querySelector(`[name="${prefix}-wanted"]`);
    const words = document.querySelector(`[name="${prefix}-text"]`);
    if (box) tick(box, wanted, given.includes(key));
    if (words && !words.value.trim()) words.value = text;
    for (const one of [box, words]) one?.dispatchEvent(new Event("change", { bubbles: true }));
  };

  const apply = async (button) => {
    const said = button.parentElement.querySelector("[data-channel-rules-said]");
    const body = JSON.stringify({
      story: document.querySelector("[data-channel-previews]")?.dataset.story ?? "",
      headline: value("title"),
      lead: value("lead"),
      kicker: value("kicker"),
      section: value("main_section"),
      others: [...document.querySelectorAll('[name="other_sections"]:checked')].map((one) => one.value),
      image: value("main_image"),
      video: value("main_video"),
      body: window.newsroomBody(),
      texts: [],
    });
    button.disabled = true;
    try {
      const answer = await fetch(button.dataset.address, { method: "POST", body, headers: { "Content-Type": "application/json", "X-CSRFToken": value("csrfmiddlewaretoken") } });
      if (!answer.ok) throw new Error(String(answer.status));
      const found = await answer.json();
      if (found.rules) found.rows.forEach((row) => fill(row, found.given));
      said.textContent = found.rules ? button.dataset.done : button.dataset.none;
    } catch {
      said.textContent = button.dataset.failed;
    } finally {
      button.disabled = false;
    }
  };

  // Scripts dispatch events too: only a person's are trusted.
  document.addEventListener("change", ({ target, isTrusted }) => {
    const row = isTrusted && target.name?.match(/^(channel_texts-\d+)-(wanted|account_key)$/)?.[1];
    const box = row && document.querySelector(`[name="${row}-wanted"]`);
    if (box) box.dataset.byHand = box.checked ? "1" : "";
  });

  document.addEventListener("click", ({ target }) => {
    const button = target.closest?.("[data-channel-rules]");
    if (button) apply(button);
  });
})();
