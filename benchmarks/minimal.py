"""The least that answers over HTTP: JSON in, one insert, JSON out; and one select, a page out.

A floor, not a model.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime
from uuid import uuid4

import sqlalchemy as sa
from flask import Flask, jsonify, render_template_string, request
from flask.typing import ResponseReturnValue

from gateway.store.session import make_engine

minimal_answers = sa.Table(
    "minimal_answers",
    sa.MetaData(),
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("ask", sa.Text, nullable=False),
    sa.Column("decision", sa.Text, nullable=False),
    sa.Column("digest", sa.Text, nullable=False),
    sa.Column("at", sa.DateTime(timezone=True), nullable=False),
)
minimal_pupils = sa.Table(
    "minimal_pupils",
    minimal_answers.metadata,
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
)
PUPILS = [{"number": n, "name": f"Ёлкина Ева {n}", "state": "не решили"} for n in range(30)]
PAGE = """<!doctype html>
<html lang="ru">
<head><meta charset="utf-8"><title>7А</title><link rel="stylesheet" href="/static/page.css"></head>
<body><main><h1>7А</h1>
<table><thead><tr><th>Ученик</th><th>Решение</th></tr></thead><tbody>
{% for one in pupils %}<tr><th>{{ one.name }}</th><td>{{ one.state }}</td></tr>
{% endfor %}</tbody></table>
<form method="post"><button>Сдать класс</button></form></main></body>
</html>
"""
app = Flask("minimal")
engine = make_engine(os.environ["BENCH_DATABASE_URL"], writes=True)
minimal_answers.metadata.create_all(engine)
with engine.begin() as beginning:
    beginning.execute(minimal_pupils.delete())
    beginning.execute(minimal_pupils.insert(), PUPILS)


@app.post("/v1/family/asks/<ask>/answer")
def answer(ask: str) -> ResponseReturnValue:
    told = request.get_json()
    row = {
        "id": uuid4(),
        "ask": ask,
        "decision": told["decision"],
        "digest": told["digest"],
        "at": datetime.now(UTC),
    }
    with engine.begin() as connection:
        connection.execute(minimal_answers.insert(), row)
    return jsonify(answer_id=str(row["id"]), decision=row["decision"]), 201


@app.get("/page")
def page() -> ResponseReturnValue:
    with engine.connect() as connection:
        found = connection.execute(sa.select(minimal_pupils)).all()
    return render_template_string(PAGE, pupils=found)


@app.get("/healthz")
def ready() -> ResponseReturnValue:
    return jsonify(ready=True)
