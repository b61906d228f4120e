// What every page for the public needs; desks have more in site.js.
import "./comforts.js";
