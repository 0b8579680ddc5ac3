"""Functions that run in processes: packages of source text, and invocations with their logs."""

import base64
import io
import json
import zipfile

ROLE = "arn:aws:iam::000000000000:role/likes"


def zip_of(files, mode=0o644):
    """A deployment package of {name: text}."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in files.items():
            info = zipfile.ZipInfo(name)
            info.external_attr = (0o100000 | mode) << 16
            archive.writestr(info, text)
    return out.getvalue()


def create(functions, name, runtime, handler, files, mode=0o644, **members):
    members = {"Timeout": 30, "Role": ROLE, **members}
    return functions.create_function(
        FunctionName=name, Runtime=runtime, Handler=handler,
        Code={"ZipFile": zip_of(files, mode)}, **members)


class Answer:
    """What an invocation answered: payload, error or None, the tail of its log."""

    def __init__(self, answer):
        self.error = answer.get("FunctionError")
        text = answer["Payload"].read()
        self.payload = json.loads(text) if text else None
        self.log = base64.b64decode(answer.get("LogResult", "")).decode()


def invoke(functions, name, event=None, **members):
    members.setdefault("LogType", "Tail")
    return Answer(functions.invoke(FunctionName=name, Payload=json.dumps(event), **members))
