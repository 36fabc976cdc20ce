from tests.cabinet.people import Bench, protocol_data


def test_x(bench: Bench) -> None:
    for name, client in bench.clients.items():
        r = client.get("/en/cabinet/")
        print(name, r.status_code, r.headers.get("Location"))
    c = bench.clients["pec chair"]
    r = c.get("/en/cabinet/protocols/")
    print(r.status_code)
    r = c.get("/en/cabinet/protocols/list/")
    print(r.status_code)
    r = c.post("/en/cabinet/protocols/list/", protocol_data(step="check"))
    print(r.status_code)
    r = c.post("/en/cabinet/protocols/list/", protocol_data(step="submit"))
    print(r.status_code, r.headers.get("Location"))
    r = c.get(r.headers["Location"])
    print(r.status_code, r.content.decode()[:100])
    t = bench.clients["tec chair"]
    r = t.get("/en/cabinet/acceptance/")
    print(r.status_code)
    assert 0
