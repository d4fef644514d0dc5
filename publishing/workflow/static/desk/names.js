// Names for screen readers that Wagtail's widgets leave out: the text areas of the body, and the round marks of who else has the story open.
const heading = (editor) => editor.closest(".w-panel")?.querySelector(".w-panel__heading")?.textContent.trim();
const words = (content) => (typeof content === "string" ? content : content?.textContent);
// Wagtail moves the words out of the button into its tooltip, which the tooltip's library keeps beside the button.
const told = (button) => (button.querySelector("[data-w-tooltip-target='content']")?.textContent ?? words(button._tippy?.props.content))?.trim();

function giveNames() {
  for (const editor of document.querySelectorAll(".public-DraftEditor-content:not([aria-label])")) {
    const name = heading(editor);
    if (name) editor.setAttribute("aria-label", name.replace(/\s+/g, " "));
  }
  for (const button of document.querySelectorAll(".w-editing-sessions__session:not([aria-label])")) {
    const name = told(button);
    if (name) button.setAttribute("aria-label", name.replace(/\s+/g, " "));
  }
}

let waiting = false;
function soon() {
  if (waiting) return;
  waiting = true;
  requestAnimationFrame(() => {
    waiting = false;
    giveNames();
  });
}

document.addEventListener("DOMContentLoaded", () => {
  giveNames();
  new MutationObserver(soon).observe(document.body, { childList: true, subtree: true });
});
