"""Filing over HTTP, from the outside."""

from flask.testing import FlaskClient

from tests.factories import filing


def test_a_hospitals_debt_goes_to_the_countys_health_commission_with_the_law_beside_it(client: FlaskClient) -> None:
    response = client.post("/api/v1/complaints", json=filing())
    assert response.status_code == 201, response.json
    answer = response.json
    assert answer["category"]["family"] == "arrears"
    assert answer["department"]["name"] == "五原县卫生健康委员会"
    assert answer["receiver"]["name"] == "内蒙古自治区工业和信息化厅"
    assert answer["routed_by"] == "model"
    assert answer["status"] == "dispatched"
    assert answer["queue"] == {"desk": "department", "code": "150821-health", "name": "五原县卫生健康委员会"}
    assert {clock["kind"] for clock in answer["clocks"]} == {"sign", "result"}
    assert "保障中小企业款项支付条例第二十五条" in answer["reason"]
