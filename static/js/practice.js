// The practice bar: as its step's keys are pressed, the next one lights up. The server decides when the step is done.
const base = (event) => (event.key === " " ? "Space" : event.key);

function said(event) {
  const mod = event.ctrlKey || event.metaKey ? "Mod+" : "";
  const alt = event.altKey ? "Alt+" : "";
  const key = base(event);
  const shift = event.shiftKey && (key.length > 1 || key !== key.toLowerCase()) ? "Shift+" : "";
  return mod + alt + shift + (key.length === 1 ? key.toLowerCase() : key);
}

let begun = ""; // the first half of a chord, such as "g q"

document.addEventListener(
  "keydown",
  (event) => {
    const bar = document.querySelector("[data-practice-keys]");
    if (!bar || event.isComposing || event.repeat) return;
    const steps = [...bar.querySelectorAll("[data-press]")];
    const at = steps.findIndex((step) => step.querySelector(".lit"));
    if (at < 0) return;
    const wanted = steps[at].dataset.press;
    const now = said(event);
    if (wanted !== now && wanted !== `${begun} ${now}`) {
      begun = now;
      return;
    }
    begun = "";
    if (at === steps.length - 1) return;
    steps[at].querySelectorAll("kbd").forEach((cap) => cap.classList.remove("lit"));
    steps[at + 1].querySelectorAll("kbd").forEach((cap) => cap.classList.add("lit"));
  },
  true,
);
