"""The reference data over HTTP: anybody may read it."""

from typing import Any

from service.directory import operations
from service.directory.rules import Category, Place
from service.directory.schemas import DepartmentPageSchema, DepartmentQuerySchema, LeafSchema, RegionSchema
from service.errors import Invalid
from service.http import Blueprint, public

blp = Blueprint("directory", __name__, url_prefix="/api/v1", description="类别、地区、部门")


@blp.route("/categories")
@public
@blp.response(200, LeafSchema(many=True))
def categories() -> list[Category]:
    """The categories a complaint can have, family by family."""
    return [leaf for leaf in operations.current().categories.values() if leaf.active]


@blp.route("/regions")
@public
@blp.response(200, RegionSchema(many=True))
def regions() -> list[Place]:
    """All places, with the development zones."""
    return list(operations.current().places.values())


@blp.route("/departments")
@public
@blp.arguments(DepartmentQuerySchema, location="query")
@blp.response(200, DepartmentPageSchema)
def departments(wanted: dict[str, Any]) -> dict[str, Any]:
    """The departments of a place or of a kind, in pages."""
    book = operations.current()
    for name, known, sentence in (
        ("region", book.places, "没有这个地区编码，可查 /api/v1/regions。"),
        ("kind", book.kinds, "没有这种部门。"),
    ):
        if name in wanted and wanted[name] not in known:
            raise Invalid(sentence, {name: [sentence]})
    found = book.offices(wanted.get("region"), wanted.get("kind"), wanted.get("after", ""))
    items = found[: wanted["limit"]]
    return {"items": items, "next_after": items[-1].code if len(found) > len(items) else None}
