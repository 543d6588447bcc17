// Starts the product's scripts. Every module listens on the document, so that swapped parts need no new wiring.
import { root } from "./page.js";
import "./frame.js";
import "./status.js";
import "./dialogs.js";
import "./toasts.js";
import "./clocks.js";
import "./forms.js";
import "./list.js";
import "./optimistic.js";
import "./shield.js";
import "./palette.js";
import "./citations.js";
import "./filterbox.js";
import "./decide.js";
import "./keys.js";
import "./live.js";
import "./warm.js";
import "./practice.js";
import "./push.js";

// A key pressed from here on is heard.
root.dataset.ready = "";
