"""Requests that are made to break the site, or to make it work for nothing."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import Any

import pytest
from django.test import Client

from esaylov.acts.shape import NotJson, loads
from esaylov.publication.pagecache import PageCache, Sizes
from tests.acts.election import World


class TestBodies:
    @pytest.mark.parametrize("body", [b'{"\\ud800": 1}', b'{"a": ["\\udfff"]}', b'"\\ud83dx"'])
    def test_half_of_a_surrogate_pair_is_refused(self, body: bytes) -> None:
        with pytest.raises(NotJson, match="surrogate"):
            loads(body)

    def test_a_whole_pair_is_taken(self) -> None:
        assert loads(b'{"\\ud83d\\ude00": "\\u045e"}') == {"\U0001f600": "ў"}

    def test_a_member_that_stands_twice_costs_no_more_than_reading(self) -> None:
        names = ",".join(f'"{number:x}":0' for number in range(28_000))
        start = time.process_time()
        with pytest.raises(NotJson, match="twice"):
            loads(f'{{{names},"z":0,"z":0}}'.encode())
        assert time.process_time() - start < 1

    def test_a_name_that_is_no_text_gets_the_answer_of_all_errors(self, shared_door: World) -> None:
        body = b'{"precinct": "n1-1", "contest": "list", "lines": {"\\udfff": 1}, "votes": {}}'
        for path in ("protocols/check", "protocols"):
            answer = shared_door.post(path, body, "pec:n1-1")
            assert answer.status_code == 400
            assert [finding["code"] for finding in answer.json()["findings"]] == ["S00"]


class TestAddresses:
    @pytest.mark.parametrize(
        "path",
        [
            "/uz/elections/%00/",
            "/uz/elections/{election}/territories/%00/",
            "/uz/elections/{election}/contests/%00/",
            "/uz/elections/{election}/protocols/%00/list/",
            "/data/" + "a" * 300,
            "/log/tile/" + "a/" * 3000,
            "/log/..%2fkeys%2flog.seed",
            "/data/%2e%2e/%2e%2e/secret-key",
            "/static/..%2f..%2fsettings.py",
        ],
    )
    def test_what_cannot_be_there_is_not_found(self, shared_door: World, path: str) -> None:
        client = Client(raise_request_exception=False)
        assert client.get(path.replace("{election}", shared_door.election)).status_code == 404

    @pytest.mark.parametrize("path", ["/", "/uz/", "/healthz", "/manifest.json", "/nothing"])
    @pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "TRACE"])
    def test_the_public_side_reads_no_body(self, path: str, method: str) -> None:
        """Whatever read one would wait for it as long as the sender likes."""

        class Endless:
            def read(self, *_size: int) -> bytes:
                raise AssertionError("the body was read")

            readline = read

        request: dict[str, Any] = {
            "CONTENT_LENGTH": "1000",
            "CONTENT_TYPE": "application/x-www-form-urlencoded",
            "HTTP_COOKIE": "csrftoken=" + "a" * 32,
            "wsgi.input": Endless(),
        }
        answer = Client(enforce_csrf_checks=True).generic(method, path, **request)
        assert answer.status_code == 405
        assert answer["Allow"] == "GET, HEAD"


class TestPageCache:
    def test_no_request_gets_around_the_cache(self) -> None:
        rendered = []

        def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
            rendered.append(environ)
            start_response("200 OK", [("ETag", tag), ("Cache-Control", "public")])
            return [b"page"]

        sizes = Sizes(lambda: {"e": 1}, every=60)
        sizes.ask_now()
        tag = sizes.tag("e") or ""
        cache = PageCache(application, sizes, languages=["uz"])
        for number, more in enumerate(
            [
                {"QUERY_STRING": "poison=1"},
                {"HTTP_COOKIE": "sessionid=1"},
                {"HTTP_AUTHORIZATION": "Bearer x"},
                {"QUERY_STRING": "another", "HTTP_COOKIE": "a=b", "REQUEST_METHOD": "HEAD"},
                {},
            ]
        ):
            request = {"REQUEST_METHOD": "GET", "PATH_INFO": "/uz/elections/e/", **more}
            body = b"".join(cache(request, lambda _status, _headers: None))
            assert body == (b"" if request["REQUEST_METHOD"] == "HEAD" else b"page"), number
        (environ,) = rendered
        assert not {"HTTP_COOKIE", "HTTP_AUTHORIZATION"} & environ.keys()
        assert environ["QUERY_STRING"] == ""


class TestDescription:
    def test_it_is_written_once(self, monkeypatch: pytest.MonkeyPatch) -> None:
        from esaylov.api import api

        client = Client()
        first = client.get("/api/openapi.json")
        monkeypatch.setattr(api, "get_openapi_schema", lambda *_a, **_k: pytest.fail("written again"))
        again = client.get("/api/openapi.json")
        assert first.json()["openapi"].startswith("3.")
        assert (again.content, again["Content-Type"]) == (first.content, first["Content-Type"])
