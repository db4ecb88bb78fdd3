"""The least that takes an answer over HTTP: JSON in, one insert, JSON out. A floor, not a model."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from uuid import uuid4

import sqlalchemy as sa
from flask import Flask, jsonify, request
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
app = Flask("minimal")
engine = make_engine(os.environ["BENCH_DATABASE_URL"], writes=True)
minimal_answers.metadata.create_all(engine)


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


@app.get("/healthz")
def ready() -> ResponseReturnValue:
    return jsonify(ready=True)
