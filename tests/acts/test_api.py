"""The JSON API of the acts."""

from __future__ import annotations

from tests.acts.election import World


def test_protocol_is_recorded_with_a_receipt(door: World) -> None:
    response = door.submit("n1-1")
    assert response.status_code == 201, response.content
    print(response.content.decode())
