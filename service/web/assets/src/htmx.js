// Parts of a page that change while one writes.
import "htmx.org";
