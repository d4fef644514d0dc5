/* Puts each preview at the end of its channel's row, the channel's name on the row, and what is wrong beside the field it is about. */
(() => {
  "use strict";

  const NOT_OFFERED = "[data-video-only][hidden], [data-offered][hidden], [data-timing][hidden]";
  const field = (prefix, name) => document.querySelector(`[name="${prefix}-${name}"]`);
  const rowOf = (prefix) => field(prefix, "account_key")?.closest("[data-inline-panel-child]");

  const forget = () => {
    document.querySelectorAll(".channel-problem, .channel-beside").forEach((one) => one.remove());
    document.querySelectorAll("[data-said-before]").forEach((input) => {
      if (input.dataset.saidBefore) input.setAttribute("aria-describedby", input.dataset.saidBefore);
      else input.removeAttribute("aria-describedby");
      input.removeAttribute("aria-invalid");
      delete input.dataset.saidBefore;
    });
  };

  const say = (prefix, line, number) => {
    const wanted = field(prefix, line.dataset.field);
    const input = wanted && !wanted.closest(NOT_OFFERED) ? wanted : field(prefix, "account_key");
    const said = document.createElement("p");
    said.id = `${prefix}-problem-${number}`;
    said.className = `channel-problem ${line.className}`;
    said.textContent = line.textContent;
    (input.closest("[data-field]") ?? input.parentElement).append(said);
    if (!("saidBefore" in input.dataset)) input.dataset.saidBefore = input.getAttribute("aria-describedby") ?? "";
    input.setAttribute("aria-describedby", `${input.getAttribute("aria-describedby") ?? ""} ${said.id}`.trim());
    if (line.classList.contains("late")) input.setAttribute("aria-invalid", "true");
  };

  const name = (prefix) => {
    const heading = rowOf(prefix)?.querySelector("[data-panel-heading-text]");
    const chosen = field(prefix, "account_key")?.selectedOptions?.[0];
    if (heading && chosen) heading.textContent = chosen.textContent.trim();
  };

  // Before anything is written nothing is wrong yet.
  const written = () => ["#id_title", "#id_lead"].some((name) => document.querySelector(name)?.value.trim());

  document.addEventListener("channels:shown", ({ detail: { place, prefixes } }) => {
    forget();
    for (const prefix of prefixes) {
      name(prefix);
      const key = field(prefix, "account_key")?.value;
      const shown = key && place.querySelector(`[data-channel="${CSS.escape(key)}"]`);
      const row = rowOf(prefix);
      if (!shown || !row) continue;
      if (written()) shown.querySelectorAll("[data-field]").forEach((line, number) => say(prefix, line, number));
      const beside = document.createElement("div");
      beside.className = "channel-beside";
      beside.append(shown);
      (row.querySelector("[data-panel] > .w-panel__content, .w-panel__content") ?? row).append(beside);
    }
  });
})();
