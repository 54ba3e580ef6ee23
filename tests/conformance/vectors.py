"""Runs the shared vectors with host.py: python vectors.py DIRECTORY-OF-MODULES"""
import json
import pathlib
import sys

from wasmtime import Engine, Module

from host import Host, custom_sections, frame


def check(engine, module, schema, build, shared, vector):
    """What is wrong with this vector, or nothing."""
    host = shared
    if "config" in vector:
        host = Host(engine, module)
        status = host.configure(bytes.fromhex(vector["config"]))
        if status != 0:
            return f"configure gave {status}"
    if "event" in vector and (written := frame(schema, vector["event"]).hex()) != vector["frame"]:
        return f"the frame is {written}"
    record = host.decide(bytes.fromhex(vector["frame"]), bytes.fromhex(vector["text"]))
    # The build id depends on the kernel's bytes; in the files it is zero.
    if record[16:32].hex() != build:
        return "the record carries another build"
    record = (record[:16] + bytes(16) + record[32:]).hex()
    return None if record == vector["record"] else f"the record is {record}"


def main():
    modules = pathlib.Path(sys.argv[1])
    engine, passed, failed = Engine(), 0, 0
    for path in sorted((pathlib.Path(__file__).parent.parent / "vectors").glob("*.json")):
        code = (modules / path.with_suffix(".wasm").name).read_bytes()
        module, sections = Module(engine, code), custom_sections(code)
        schema, build = json.loads(sections["riegel.schema"]), json.loads(sections["riegel.policy"])["build"]
        shared = Host(engine, module)
        for vector in json.loads(path.read_text(encoding="utf-8"))["vectors"]:
            wrong = check(engine, module, schema, build, shared, vector)
            if wrong:
                print(f"FAILED {path.stem}: {vector['name']}: {wrong}")
            passed, failed = passed + (not wrong), failed + bool(wrong)
    print(f"python {sys.version.split()[0]}, wasmtime: {passed} vectors passed, {failed} failed")
    sys.exit(1 if failed or not passed else 0)


main()
