from tests.factories import filing
def test_files(client, people):
    r = client.post("/api/v1/complaints", json=filing())
    print(r.status_code, r.json)
    r = client.get("/api/v1/complaints", headers=people.headers("supervisor", "150000"))
    print(r.status_code, r.json)
    r = client.get("/api/v1/complaints")
    print(r.status_code, r.json)
