"""Node.js functions as AWS would run them: our bootstrap on the real Runtime API, no Docker."""

import re

import pytest

from runtime_kit import create, invoke


@pytest.fixture
def functions(client):
    return client("lambda")


def node(functions, code, file="index.js", handler="index.handler", more=None, **members):
    return create(functions, "f", "nodejs20.x", handler, {file: code, **(more or {})}, **members)


@pytest.mark.parametrize("file, code, more", [
    ("index.js", "exports.handler = async (event) => [event, 'cjs'];", {}),
    ("index.cjs", "exports.handler = async (event) => [event, 'cjs'];", {}),
    ("index.mjs", "export const handler = async (event) => [event, 'esm'];", {}),
    ("index.js", "export const handler = async (event) => [event, 'esm'];",
     {"package.json": '{"type": "module"}'}),
])
def test_modules_of_every_kind_are_loaded(functions, file, code, more):
    node(functions, code, file, more=more)
    answer = invoke(functions, "f", {"a": "grüße"})
    assert answer.error is None
    assert answer.payload[0] == {"a": "grüße"}


@pytest.mark.parametrize("handler, file, code", [
    ("src/deep.handler", "src/deep.js", "exports.handler = async () => 'found';"),
    ("index.a.b.handler", "index.js", "exports.a = { b: { handler: async () => 'found' } };"),
])
def test_a_handler_is_found_by_its_path(functions, handler, file, code):
    node(functions, code, file, handler)
    assert invoke(functions, "f").payload == "found"


@pytest.mark.parametrize("code, expected", [
    ("exports.handler = (event, context, callback) => callback(null, 'called back');",
     "called back"),
    ("exports.handler = (event, context, callback) => { setTimeout(() => callback(null, 1), 5); };",
     1),
    ("exports.handler = (event, context) => context.succeed('done');", "done"),
    ("exports.handler = async () => {};", None),
    ("exports.handler = () => 5;", 5),
])
def test_every_way_of_answering_counts(functions, code, expected):
    node(functions, code)
    for _ in range(2):
        answer = invoke(functions, "f")
        assert (answer.error, answer.payload) == (None, expected)


def test_the_context_has_awss_members(functions):
    node(functions, """
exports.handler = async (event, context) => ({
    ...context, left: context.getRemainingTimeInMillis(),
    env: [process.env.AWS_EXECUTION_ENV, process.env.AWS_REGION, process.cwd() ===
          process.env.LAMBDA_TASK_ROOT] });
""", MemorySize=256, Timeout=20)
    context = invoke(functions, "f").payload
    assert 10000 < context["left"] <= 20000
    assert context["env"] == ["AWS_Lambda_nodejs20.x", "us-east-1", True]
    assert (context["functionName"], context["functionVersion"], context["memoryLimitInMB"],
            context["logGroupName"], context["invokedFunctionArn"],
            context["callbackWaitsForEmptyEventLoop"]) == (
        "f", "$LATEST", "256", "/aws/lambda/f",
        "arn:aws:lambda:us-east-1:000000000000:function:f", True)


def test_an_exception_is_the_payload_and_does_not_end_the_process(functions):
    node(functions, """
exports.handler = async (event) => {
    if (event) return process.pid;
    throw new TypeError("no\\nway");
};""")
    pid = invoke(functions, "f", 1).payload
    answer = invoke(functions, "f", 0)
    assert answer.error == "Unhandled"
    trace = answer.payload.pop("trace")
    assert answer.payload == {"errorType": "TypeError", "errorMessage": "no\nway"}
    assert trace[0] == "TypeError: no" and any("index.js:4" in line for line in trace)
    assert re.search(r"\tERROR\tInvoke Error\t\{\"errorType\":\"TypeError\"", answer.log)
    assert invoke(functions, "f", 1).payload == pid


def test_console_lines_have_time_request_and_level(functions, client):
    node(functions, """
exports.handler = async () => {
    console.log("one\\ntwo", { a: 1 }); console.warn("careful"); console.error("bad");
};""")
    answer = invoke(functions, "f")
    request_id = re.search(r"START RequestId: (\S+)", answer.log).group(1)
    messages = [event["message"] for event in client("logs").filter_log_events(
        logGroupName="/aws/lambda/f")["events"]]
    shown = [re.sub(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z\t", "", m) for m in messages[1:4]]
    assert shown == [f"{request_id}\tINFO\tone\ntwo {{ a: 1 }}", f"{request_id}\tWARN\tcareful",
                     f"{request_id}\tERROR\tbad"]


@pytest.mark.parametrize("handler, code, error_type, message", [
    ("nope.handler", "", "Runtime.ImportModuleError", "Error: Cannot find module 'nope'"),
    ("index.nope", "exports.handler = 1;", "Runtime.HandlerNotFound",
     "index.nope is undefined or not exported"),
    ("index.handler", "exports.handler = 1;", "Runtime.HandlerNotFound",
     "index.handler is not a function"),
    ("index.handler", "exports.handler = (", "Runtime.UserCodeSyntaxError", "SyntaxError: "),
    ("index.handler", "require('nope');", "Runtime.ImportModuleError",
     "Error: Cannot find module 'nope'"),
    ("index.handler", "throw new RangeError('at load');", "RangeError", "at load"),
])
def test_code_that_cannot_be_loaded_fails_the_invocation_with_awss_error(
        functions, handler, code, error_type, message):
    node(functions, code, handler=handler)
    answer = invoke(functions, "f")
    assert answer.error == "Unhandled"
    assert answer.payload["errorType"] == error_type
    assert answer.payload["errorMessage"].startswith(message)


def test_an_uncaught_exception_ends_the_process_and_the_next_invocation_gets_another(functions):
    node(functions, """
exports.handler = (event, context, callback) => {
    if (event) return callback(null, "fine");
    setTimeout(() => { throw new Error("later"); }, 1);
};""")
    answer = invoke(functions, "f", 0)
    assert answer.error == "Unhandled"
    assert answer.payload["errorMessage"] == "later"
    assert invoke(functions, "f", 1).payload == "fine"
