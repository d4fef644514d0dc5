// Share a story: the phone's own sheet where there is one, else the link on the clipboard. The button stays hidden without this file.
for (const tools of document.querySelectorAll("[data-share]")) {
  const button = tools.querySelector("button");
  const { title, address, done } = button.dataset;
  const label = button.textContent;
  if (!navigator.share && !navigator.clipboard) continue;
  tools.hidden = false;
  button.addEventListener("click", async () => {
    try {
      if (navigator.share) return await navigator.share({ title, url: address });
      await navigator.clipboard.writeText(address);
      button.textContent = done;
      setTimeout(() => { button.textContent = label; }, 2500);
    } catch { /* the reader closed the sheet */ }
  });
}
