// Shows how far a video is while it is checked and converted, and loads the page anew when that is over.
(() => {
  const begin = () => {
    const place = document.querySelector("[data-video-state]");
    if (!place) return;
    const second = place.querySelector("[name=second]");
    place.querySelector("[data-take-second]")?.addEventListener("click", () => {
      second.value = place.querySelector("video").currentTime.toFixed(1);
    });
    const first = place.dataset.now;
    if (first !== "checking" && first !== "converting") return;
    const look = async () => {
      try {
        const answer = await fetch(place.dataset.videoState, { headers: { Accept: "application/json" } });
        const told = await answer.json();
        if (told.state !== "checking" && told.state !== "converting") {
          window.location.reload();
          return;
        }
        place.querySelector("[data-label]").textContent = told.label;
        place.querySelector("progress").value = told.progress;
        place.querySelector("output").textContent = `${told.progress} %`;
      } catch {
        // asked again in a moment
      }
      setTimeout(look, 1500);
    };
    setTimeout(look, 1000);
  };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", begin);
  else begin();
})();
