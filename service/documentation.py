"""The API's documentation page, served from our own disk: government networks are closed."""

from flask_swagger_ui import get_swaggerui_blueprint

from service.http import public

blp = get_swaggerui_blueprint(
    "/api/docs", "/api/openapi.json", config={"app_name": "企声通 接口文档", "validatorUrl": None}
)


@blp.record
def _mark_public(state) -> None:  # type: ignore[no-untyped-def]
    """Its one view is a library's; like all of ours it says who may call it."""
    public(state.app.view_functions["swagger_ui.show"])
