"""Runs a Python handler on the Lambda Runtime API. Standard library only.

Started by Hydrant with the function's code as current folder and AWS's environment variables.
"""

import decimal
import http.client
import importlib
import io
import json
import logging
import os
import sys
import time
import traceback

BASE = "/2018-06-01/runtime/"
ONE_EVENT = "\r"  # a line break within one log event
INDENT = "\u00a0"
IS_JSON = os.environ.get("AWS_LAMBDA_LOG_FORMAT") == "JSON"


class Api:
    """The process's side of the Runtime API, on one connection."""

    def __init__(self, address):
        self.connection = http.client.HTTPConnection(address)

    def send(self, method, path, body=None, headers=None):
        self.connection.request(method, BASE + path, body, headers or {})
        response = self.connection.getresponse()
        return response, response.read()

    def next(self):
        response, body = self.send("GET", "invocation/next")
        if response.status != 200:
            sys.exit(0)
        return response.headers, body

    def post(self, path, body, error_type=None):
        headers = {"Content-Type": "application/json"}
        if error_type:
            headers["Lambda-Runtime-Function-Error-Type"] = error_type
        flush()
        self.send("POST", path, body, headers)


class Context:
    """What a handler is given as its second argument."""

    def __init__(self, headers):
        env = os.environ
        self.aws_request_id = headers["Lambda-Runtime-Aws-Request-Id"]
        self.invoked_function_arn = headers["Lambda-Runtime-Invoked-Function-Arn"]
        self.function_name = env["AWS_LAMBDA_FUNCTION_NAME"]
        self.function_version = env["AWS_LAMBDA_FUNCTION_VERSION"]
        self.memory_limit_in_mb = env["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"]
        self.log_group_name = env["AWS_LAMBDA_LOG_GROUP_NAME"]
        self.log_stream_name = env["AWS_LAMBDA_LOG_STREAM_NAME"]
        self.client_context = client_context(headers.get("Lambda-Runtime-Client-Context"))
        self.identity = Members({"cognito_identity_id": None, "cognito_identity_pool_id": None})
        self.tenant_id = headers.get("Lambda-Runtime-Aws-Tenant-Id")
        self._deadline_ms = int(headers["Lambda-Runtime-Deadline-Ms"])

    def get_remaining_time_in_millis(self):
        return max(0, self._deadline_ms - int(time.time() * 1000))

    def log(self, message):
        sys.stdout.write(str(message))


class Members:
    def __init__(self, members):
        self.__dict__.update(members)


def client_context(text):
    if not text:
        return None
    given = json.loads(text)
    names = ("installation_id", "app_title", "app_version_name", "app_version_code",
             "app_package_name")
    client = Members({name: given.get("client", {}).get(name) for name in names})
    return Members({"client": client, "custom": given.get("custom"), "env": given.get("env")})


# ---- logging --------------------------------------------------------------------------------


class RequestId(logging.Filter):
    value = ""

    def filter(self, record):
        record.aws_request_id = RequestId.value
        return True


class OneEvent(logging.Handler):
    """Each record is one event in the log, however many lines it has."""

    def emit(self, record):
        try:
            sys.stdout.write(self.format(record).replace("\n", ONE_EVENT) + "\n")
        except Exception:  # as logging.Handler's own do
            self.handleError(record)


STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "aws_request_id"}


class JsonFormatter(logging.Formatter):
    def format(self, record):
        event = {
            "timestamp": self.formatTime(record, "%Y-%m-%dT%H:%M:%SZ"),
            "level": record.levelname,
            "message": record.getMessage(),
            "logger": record.name,
        }
        event.update((k, v) for k, v in vars(record).items() if k not in STANDARD)
        if record.exc_info:
            event["errorType"] = record.exc_info[0].__name__
            event["errorMessage"] = str(record.exc_info[1])
            event["stackTrace"] = traceback.format_tb(record.exc_info[2])
        if record.aws_request_id:
            event["requestId"] = record.aws_request_id
        return json.dumps(event, ensure_ascii=False, default=str)


def set_up_logging():
    formatter = logging.Formatter(
        "[%(levelname)s]\t%(asctime)s.%(msecs)03dZ\t%(aws_request_id)s\t%(message)s",
        "%Y-%m-%dT%H:%M:%S")
    if IS_JSON:
        formatter = JsonFormatter()
        level = os.environ.get("AWS_LAMBDA_LOG_LEVEL", "INFO")
        names = {"TRACE": "DEBUG", "WARN": "WARNING", "FATAL": "CRITICAL"}
        logging.getLogger().setLevel(names.get(level, level))
    formatter.converter = time.gmtime
    handler = OneEvent()
    handler.setFormatter(formatter)
    handler.addFilter(RequestId())
    logging.getLogger().addHandler(handler)


def flush():
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            pass  # the function closed it


# ---- errors ---------------------------------------------------------------------------------


def describe(error_type, message, trace, request_id):
    return {"errorMessage": message, "errorType": error_type, "requestId": request_id,
            "stackTrace": trace}


def describe_exception(error, request_id):
    """Without this file's own frames."""
    frames = traceback.extract_tb(error.__traceback__)
    trace = traceback.format_list([f for f in frames if f.filename != __file__])
    return describe(type(error).__name__, str(error), trace, request_id)


def print_error(error):
    if IS_JSON:
        now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        event = {"timestamp": now, "log_level": "ERROR", **error}
        sys.stdout.write(json.dumps(event, ensure_ascii=False) + "\n")
        return
    lines = [f"[ERROR] {error['errorType']}: {error['errorMessage']}"]
    if error["stackTrace"]:
        lines.append("Traceback (most recent call last):")
        for frame in error["stackTrace"]:
            for line in frame.rstrip("\n").split("\n"):
                stripped = line.lstrip(" ")
                lines.append(INDENT * (len(line) - len(stripped)) + stripped)
    sys.stdout.write(ONE_EVENT.join(lines).replace("\n", ONE_EVENT) + "\n")


class InitFailed(Exception):
    def __init__(self, error):
        super().__init__(error["errorType"])
        self.error = error


def load(handler):
    """The function that `handler` ("folder/module.function") names."""
    try:
        module_name, function_name = handler.rsplit(".", 1)
    except ValueError as error:
        raise InitFailed(describe("Runtime.MalformedHandlerName",
                                  f"Bad handler '{handler}': {error}", [], "")) from None
    try:
        module = importlib.import_module(module_name.replace("/", "."))
    except ImportError as error:
        raise InitFailed(describe("Runtime.ImportModuleError",
                                  f"Unable to import module '{module_name}': {error}", [],
                                  "")) from None
    except SyntaxError as error:
        place = f"  File \"{error.filename}\" Line {error.lineno}\n    {(error.text or '').strip()}\n"
        raise InitFailed(describe("Runtime.UserCodeSyntaxError",
                                  f"Syntax error in module '{module_name}': {error}", [place],
                                  "")) from None
    if not hasattr(module, function_name):
        raise InitFailed(describe("Runtime.HandlerNotFound",
                                  f"Handler '{function_name}' missing on module '{module_name}'",
                                  [], ""))
    return getattr(module, function_name)


# ---- invocations ----------------------------------------------------------------------------


def plain(value):
    if isinstance(value, decimal.Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    raise TypeError(f"Object of type {type(value).__name__} is not JSON serializable")


def encode(result):
    try:
        return json.dumps(result, ensure_ascii=False, default=plain).encode()
    except Exception as error:
        raise MarshalError(f"Unable to marshal response: {error}") from None


class MarshalError(Exception):
    pass


def fail(api, request_id, error):
    print_error(error)
    api.post(f"invocation/{request_id}/error", json.dumps(error).encode(), error["errorType"])


def run(api, handler):
    headers, event = api.next()
    request_id = headers["Lambda-Runtime-Aws-Request-Id"]
    RequestId.value = request_id
    os.environ["_X_AMZN_TRACE_ID"] = headers.get("Lambda-Runtime-Trace-Id", "")
    try:
        result = encode(handler(json.loads(event), Context(headers)))
    except MarshalError as error:
        fail(api, request_id, describe("Runtime.MarshalError", str(error), [], request_id))
    except Exception as error:
        fail(api, request_id, describe_exception(error, request_id))
    else:
        api.post(f"invocation/{request_id}/response", result)


def main():
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(line_buffering=True, encoding="utf-8", errors="replace")
    sys.path[0] = os.environ["LAMBDA_TASK_ROOT"]
    set_up_logging()
    api = Api(os.environ["AWS_LAMBDA_RUNTIME_API"])
    try:
        try:
            handler = load(os.environ["_HANDLER"])
        except InitFailed:
            raise
        except Exception as error:
            raise InitFailed(describe_exception(error, "")) from None
    except InitFailed as failure:
        print_error(failure.error)
        api.post("init/error", json.dumps(failure.error).encode(), failure.error["errorType"])
        sys.exit(1)
    while True:
        run(api, handler)


main()
