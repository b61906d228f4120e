"""The reference data over HTTP: anybody may read it."""

from typing import Any

from service.directory import operations
from service.directory.rules import Category, Place
from service.directory.schemas import DepartmentPageSchema, DepartmentQuerySchema, LeafSchema, RegionSchema
from service.http import Blueprint, UnaskedSchema, public

blp = Blueprint("directory", __name__, url_prefix="/api/v1", description="类别、地区、部门")


@blp.route("/categories")
@public
@blp.arguments(UnaskedSchema, location="query")
@blp.response(200, LeafSchema(many=True))
def categories(_: dict[str, Any]) -> list[Category]:
    """The categories a complaint can have, family by family."""
    return [leaf for leaf in operations.current().categories.values() if leaf.active]


@blp.route("/regions")
@public
@blp.arguments(UnaskedSchema, location="query")
@blp.response(200, RegionSchema(many=True))
def regions(_: dict[str, Any]) -> list[Place]:
    """All places in use, with the development zones."""
    return [place for place in operations.current().places.values() if place.active]


@blp.route("/departments")
@public
@blp.arguments(DepartmentQuerySchema, location="query")
@blp.response(200, DepartmentPageSchema)
def departments(wanted: dict[str, Any]) -> dict[str, Any]:
    """The departments of a place or of a kind, in pages."""
    found = operations.current().offices(wanted.get("region"), wanted.get("kind"), wanted.get("after", ""))
    items = found[: wanted["limit"]]
    return {"items": items, "next_after": items[-1].code if len(found) > len(items) else None}
