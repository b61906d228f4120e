import "htmx.org";
import "./comforts.js";
import "./desk.js";
import "./live.js";
import "./keys.js";
import "./hotline.js";
import "./dispatching.js";
import "./cases.js";
