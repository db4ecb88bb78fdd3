"""HTTP calls as one person makes them: JSON in, JSON out, a problem becomes `Refused`."""

from __future__ import annotations

from typing import Any

import httpx

from examples.demo.phone import Phone

# Shorter than the server keeps an idle connection (2 s), so nobody talks into a closed one.
_LIMITS = httpx.Limits(max_connections=32, keepalive_expiry=1.0)
_TIMEOUT_SECONDS = 60
PHONES: dict[tuple[str, str], Phone] = {}
"""What workers carry in their pockets, by service and login."""


class Refused(Exception):
    """The service said no (RFC 9457). `code` is stable, `detail` is a sentence for people."""

    def __init__(self, status: int, problem: dict[str, Any]) -> None:
        self.status = status
        self.problem = problem
        self.code = str(problem.get("code", ""))
        self.detail = str(problem.get("detail", ""))
        super().__init__(f"{status} {self.code}: {self.detail}")


def open_http(base_url: str, refusals: list[bytes] | None = None) -> httpx.Client:
    """Connections to one service, safe to share between threads.

    `refusals` receives the body of every answer that is no success.
    """

    def note(answer: httpx.Response) -> None:
        if refusals is not None and not answer.is_success:
            refusals.append(answer.read())

    return httpx.Client(
        base_url=base_url,
        limits=_LIMITS,
        timeout=_TIMEOUT_SECONDS,
        trust_env=False,
        event_hooks={"response": [note]},
    )


class Caller:
    """Somebody with a session, or nobody yet (`token` None). `phone`: of a worker who needs one."""

    def __init__(
        self, http: httpx.Client, token: str | None = None, phone: Phone | None = None
    ) -> None:
        self.http = http
        self.phone = phone
        self._headers = {} if token is None else {"Authorization": f"Bearer {token}"}

    def get(self, path: str) -> Any:
        return self.call("GET", path).json()

    def get_bytes(self, path: str) -> bytes:
        return self.call("GET", path).content

    def post(self, path: str, body: object = None) -> Any:
        return _json(self.call("POST", path, json={} if body is None else body))

    def put(self, path: str, body: object) -> Any:
        return _json(self.call("PUT", path, json=body))

    def delete(self, path: str) -> None:
        self.call("DELETE", path)

    def upload(self, path: str, name: str, content: bytes) -> Any:
        """One file as a browser sends it."""
        return self.call("POST", path, files={"file": (name, content)}).json()

    def show_factor(self) -> None:
        """Type the code that the phone shows now."""
        if self.phone is not None:
            self.post("/v1/session/second-factor", {"code": self.phone.code()})

    def call(self, method: str, path: str, **content: Any) -> httpx.Response:
        """Raises `Refused` for everything but success."""
        answer = self.http.request(method, path, headers=self._headers, **content)
        if answer.is_success:
            return answer
        try:
            problem = answer.json()
        except ValueError:
            problem = {}
        raise Refused(answer.status_code, problem)


def _json(answer: httpx.Response) -> Any:
    return answer.json() if answer.content else None


def sign_in(http: httpx.Client, login: str, password: str) -> Caller:
    """A worker with an open session, whose phone was set up if the role needs one."""
    told = Caller(http).post("/v1/session", {"login": login, "password": password})
    pocket = (str(http.base_url).rstrip("/"), login)
    worker = Caller(http, told["token"], PHONES.get(pocket))
    if told["second_factor"] == "needed":
        worker.show_factor()
    if told["second_factor"] != "to_set_up":
        return worker
    phone = PHONES[pocket] = Phone(worker.post("/v1/session/application")["secret"])
    made = worker.post("/v1/session/application/confirmation", {"code": phone.code()})
    phone.spare = made["recovery_codes"]
    return Caller(http, told["token"], phone)
