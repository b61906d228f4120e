import "htmx.org";
import "./comforts.js";
