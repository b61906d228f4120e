"""What the first visit to a page of the portal costs somebody on a slow line."""

import pytest

from tests.e2e.cast import LEADER, Cast
from tests.e2e.conftest import Open
from tests.e2e.views import ACCOUNT, PUBLIC, World

MOST = 150 * 1024  # bytes over the wire
FIRST = [view for view in (*PUBLIC, *ACCOUNT) if view.endpoint and not view.endpoint.startswith("signin")]


@pytest.mark.parametrize("who", ["", LEADER])
def test_a_first_visit_is_light(cast: Cast, window: Open, who: str) -> None:
    world, here = World.of(cast), window(who)
    wire = here.context.new_cdp_session(here.page)
    sizes: list[float] = []
    wire.on("Network.loadingFinished", lambda done: sizes.append(done["encodedDataLength"]))
    wire.send("Network.enable")
    wire.send("Network.setCacheDisabled", {"cacheDisabled": True})
    for view in {view.endpoint: view for view in reversed(FIRST) if view.who == who}.values():
        view.come(here, world)
        sizes.clear()
        here.page.goto(here.page.url)
        assert len(sizes) >= 4, "the page, its style, its script and its icons"
        assert sum(sizes) <= MOST, view.name
