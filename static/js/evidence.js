// A file or an address pasted onto the case, or dropped there, opens "Add evidence" with it filled in (CAS-5). Nothing is sent by that.
import { $, say, takesText } from "./page.js";

let waiting = null;

function put(found) {
  const opener = $("#add-evidence");
  if (!opener) return false;
  waiting = found;
  opener.click();
  return true;
}

function fill() {
  const form = $("#add")?.closest("form");
  if (!waiting || !form) return;
  const { file, text } = waiting;
  waiting = null;
  if (file) {
    const list = new DataTransfer();
    list.items.add(file);
    $("input[type=file]", form).files = list.files;
    say(file.name);
  } else {
    const isAddress = /^https?:\/\/\S+$/i.test(text);
    $(isAddress ? "[name=url]" : "[name=text]", form).value = text;
  }
  $("[name=note]", form)?.focus();
}
document.addEventListener("htmx:afterSettle", fill);

document.addEventListener("paste", (event) => {
  if (takesText(event.target) || !$("#add-evidence") || $("dialog[open]")) return;
  const file = event.clipboardData?.files[0], text = event.clipboardData?.getData("text/plain").trim();
  if ((file || text) && put(file ? { file } : { text })) event.preventDefault();
});

const holdsFiles = (event) => event.dataTransfer?.types.includes("Files");
const over = () => ($("#add-evidence") ? $(".casepage .mid") : null);
document.addEventListener("dragover", (event) => {
  if (!holdsFiles(event) || !over()) return;
  event.preventDefault(); // else the browser leaves the page for the file
  over().dataset.dropping = "";
});
document.addEventListener("dragleave", (event) => { if (!event.relatedTarget && over()) delete over().dataset.dropping; });
document.addEventListener("drop", (event) => {
  if (!holdsFiles(event) || !over()) return;
  event.preventDefault();
  delete over().dataset.dropping;
  const own = event.target.closest?.("dialog[open] form")?.querySelector("#add");
  if (own) { waiting = { file: event.dataTransfer.files[0] }; fill(); } else put({ file: event.dataTransfer.files[0] });
});
