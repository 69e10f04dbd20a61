"""The HTTP API is what openapi.yaml says: schemathesis asks a running network. On a network of its own, since it takes points out of order."""

import os
import pathlib
import sys

import pytest
from support.programs import Program


@pytest.mark.parametrize("examples", [30, pytest.param(500, marks=pytest.mark.long)])
def test_every_answer_agrees_with_openapi(network, folder, tell, examples):
    # A query of more than 8 KiB is refused for its length, before anybody reads what is in it: 431.
    (folder / "schemathesis.toml").write_text(
        '[checks]\nnegative_data_rejection.expected-statuses = '
        '["400", "401", "403", "404", "405", "406", "409", "415", "422", "428", "429", "431", "5xx"]\n')
    command = [pathlib.Path(sys.executable).with_name("schemathesis"), "--config-file", "schemathesis.toml", "run", f"{network.url}/openapi.yaml", "--url", network.url,
               "-H", f"Authorization: Bearer {network.token}", "--exclude-path", "/events", "--max-examples", examples, "--request-timeout", "10",
               "--continue-on-failure", "--warnings", "off", "--no-color"]
    with Program(command, environment={**os.environ, "COLUMNS": "120"}, folder=folder) as schemathesis:
        status = schemathesis.ends(1200)
        schemathesis.reader.join(5)
        said = "\n".join(schemathesis.lines)
        assert status == 0, said
        cases = schemathesis.line(r"\d+ generated, \d+ passed.*")[0]
    tell(f"the HTTP API, {examples} examples of each operation: {cases}")
