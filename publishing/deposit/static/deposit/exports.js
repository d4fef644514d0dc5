// Shows how far an export is, and loads the page anew when it is ready.
for (const place of document.querySelectorAll("[data-export]")) {
  const bar = place.querySelector("progress");
  const said = place.querySelector("output");
  const look = async () => {
    try {
      const answer = await fetch(place.dataset.export, { headers: { Accept: "application/json" } });
      const told = await answer.json();
      if (told.state !== "waiting" && told.state !== "running") {
        window.location.reload();
        return;
      }
      if (told.total) {
        bar.max = told.total;
        bar.value = told.done;
      }
      said.textContent = `${told.label} ${told.done} / ${told.total}`;
    } catch {
      // asked again in a moment
    }
    setTimeout(look, 1500);
  };
  setTimeout(look, 700);
}
