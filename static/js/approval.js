// A second person's page (templates/escalations/approvals/_approval.html). Without this file both answers are plain buttons.
// Refusing by key goes to the reason first: whoever decided reads it.
import { $ } from "./page.js";
import { onKey } from "./keys.js";

onKey("answer", "refuse", () => {
  const reason = $("#approval-reason");
  if (!reason || reason.value.trim()) return false;
  reason.focus();
  return true;
});
