"""A MongoDB for tests: the wire protocol on loopback, a journal, faults on order."""

from tests.mongowire.faults import Fault, Faults
from tests.mongowire.program import MongoProgram, mongo_program
from tests.mongowire.server import Server, serving

__all__ = ["Fault", "Faults", "MongoProgram", "Server", "mongo_program", "serving"]
