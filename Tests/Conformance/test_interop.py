"""gRPC's interoperability cases, both ways: a test for each cell of the matrix that `sh Tests/Conformance/run` prints."""

import functools

import pytest

import interop

CASES = interop.names()


@functools.cache
def lines(client, server):
    interop.make_peers()
    return interop.run(client, server)


@pytest.mark.parametrize("client, server", interop.PAIRS, ids=lambda name: name)
@pytest.mark.parametrize("case", CASES)
def test_case(client, server, case):
    if reason := interop.IMPOSSIBLE.get((client, server, case)):
        assert case not in lines(client, server), f"possible after all? {reason}"
    else:
        assert lines(client, server).get(case) == f"ok {case}"
