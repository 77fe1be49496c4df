"""A hand for pages: sign in, read the hidden values of a form, post it."""

from __future__ import annotations

import re

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

_INPUT = re.compile(r'<input[^>]*name="(\w+)"[^>]*value="([^"]*)"')


def sign_in_as(client: FlaskClient, account: int) -> None:
    """Sign in without the detour of a form."""
    with client.session_transaction() as cookie:
        cookie["account"] = account


def expire(client: FlaskClient) -> None:
    """Let the session end while its page stays open."""
    with client.session_transaction() as cookie:
        cookie["expired"] = True


def hidden_values(page: TestResponse) -> dict[str, str]:
    """CSRF, token and version as the page carries them."""
    found = dict(_INPUT.findall(page.text))
    return {name: found[name] for name in ("csrf_token", "token", "version") if name in found}


def open_form(client: FlaskClient, address: str = "/notes/new") -> dict[str, str]:
    """The hidden values of a page just opened."""
    return hidden_values(client.get(address))


def filled(client: FlaskClient, **values: str) -> dict[str, str]:
    """A complete, valid form of the small application, with ``values`` in it."""
    return {**open_form(client), "title": "河堤工程", "kind": "project", **values}
