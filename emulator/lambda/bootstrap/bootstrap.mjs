// Runs a Node.js handler on the Lambda Runtime API. Nothing but Node's own modules.
//
// Started by Hydrant with the function's code as current folder and AWS's environment variables.

import fs from "node:fs";
import http from "node:http";
import { createRequire } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { format } from "node:util";

const BASE = "/2018-06-01/runtime/";
const [host, port] = process.env.AWS_LAMBDA_RUNTIME_API.split(":");
const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
let requestId = "";

function send(method, where, body, headers = {}) {
    return new Promise((resolve, reject) => {
        const bytes = body === undefined ? undefined : Buffer.from(body);
        const options = { host, port, method, path: BASE + where, agent, headers: { ...headers } };
        if (bytes) options.headers["Content-Length"] = bytes.length;
        const request = http.request(options, (response) => {
            const pieces = [];
            response.on("data", (piece) => pieces.push(piece));
            response.on("end", () => resolve({ response, body: Buffer.concat(pieces).toString() }));
            response.on("error", reject);
        });
        request.on("error", reject);
        request.end(bytes);
    });
}

function post(where, body, errorType) {
    const headers = { "Content-Type": "application/json" };
    if (errorType) headers["Lambda-Runtime-Function-Error-Type"] = errorType;
    return send("POST", where, body, headers);
}

// ---- logging --------------------------------------------------------------------------------

const LEVELS = ["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"];
const isJson = process.env.AWS_LAMBDA_LOG_FORMAT === "JSON";
const leastLevel = LEVELS.indexOf(process.env.AWS_LAMBDA_LOG_LEVEL ?? "INFO");

// A single object is the message itself; everything else is put together as console.log does.
function writeJson(level, values) {
    if (LEVELS.indexOf(level) < leastLevel) return;
    const [first] = values;
    const isObject = values.length === 1 && typeof first === "object" && first !== null;
    const event = { timestamp: new Date().toISOString(), level };
    if (requestId !== "") event.requestId = requestId;
    event.message = isObject && !(first instanceof Error) ? first : format(...values);
    if (first instanceof Error)
        Object.assign(event, { errorType: first.name, errorMessage: first.message,
                               stackTrace: (first.stack ?? "").split("\n").slice(1) });
    fs.writeSync(1, `${JSON.stringify(event)}\n`);
}

// "\r" is a line break within one log event.
function writeLine(level, values) {
    if (isJson) return writeJson(level, values);
    const text = format(...values).replace(/\n/g, "\r");
    const id = requestId === "" ? "undefined" : requestId;
    fs.writeSync(1, `${new Date().toISOString()}\t${id}\t${level}\t${text}\n`);
}

function patchConsole() {
    const levels = { log: "INFO", info: "INFO", warn: "WARN", error: "ERROR", debug: "DEBUG",
                     trace: "TRACE" };
    for (const [name, level] of Object.entries(levels))
        console[name] = (...values) => writeLine(level, values);
}

// ---- errors ---------------------------------------------------------------------------------

function describe(error) {
    if (!(error instanceof Error))
        return { errorType: typeof error, errorMessage: String(error), trace: [] };
    return {
        errorType: error.name,
        errorMessage: error.message,
        trace: (error.stack ?? "").split("\n"),
    };
}

function named(name, message) {
    const error = new Error(message);
    error.name = name;
    return error;
}

function writeError(title, { errorType, errorMessage, trace }) {
    if (isJson) return writeJson("ERROR", [{ errorType, errorMessage, stackTrace: trace }]);
    writeLine("ERROR", [`${title}\t${JSON.stringify({ errorType, errorMessage, stack: trace })}`]);
}

// ---- loading --------------------------------------------------------------------------------

const requireFrom = createRequire(path.join(process.cwd(), "/"));

function isEsm(folder) {
    try {
        return JSON.parse(fs.readFileSync(path.join(folder, "package.json"))).type === "module";
    } catch {
        return false;
    }
}

async function loadModule(file) {
    const folder = path.dirname(file);
    if (fs.existsSync(`${file}.js`))
        return isEsm(folder) || isEsm(process.cwd()) ? import(pathToFileURL(`${file}.js`).href)
                                                     : requireFrom(`${file}.js`);
    if (fs.existsSync(`${file}.mjs`)) return import(pathToFileURL(`${file}.mjs`).href);
    if (fs.existsSync(`${file}.cjs`)) return requireFrom(`${file}.cjs`);
    throw named("Runtime.ImportModuleError",
                `Error: Cannot find module '${path.basename(file)}'\nRequire stack:\n- ${file}`);
}

async function load(handler) {
    const match = /^((?:.*\/)?[^./]+)\.(.+)$/.exec(handler);
    if (match === null || handler.includes(".."))
        throw named("Runtime.MalformedHandlerName", "Bad handler");
    let found;
    try {
        found = await loadModule(path.resolve(process.cwd(), match[1]));
    } catch (error) {
        if (error instanceof SyntaxError)
            throw named("Runtime.UserCodeSyntaxError", `SyntaxError: ${error.message}`);
        if (error?.code === "MODULE_NOT_FOUND" || error?.code === "ERR_MODULE_NOT_FOUND")
            throw named("Runtime.ImportModuleError", `Error: ${error.message}`);
        throw error;
    }
    for (const part of match[2].split(".")) found = found?.[part] ?? found?.default?.[part];
    if (found === undefined)
        throw named("Runtime.HandlerNotFound", `${handler} is undefined or not exported`);
    if (typeof found !== "function")
        throw named("Runtime.HandlerNotFound", `${handler} is not a function`);
    return found;
}

// ---- invocations ----------------------------------------------------------------------------

function makeContext(headers) {
    const env = process.env;
    const deadline = Number(headers["lambda-runtime-deadline-ms"]);
    const client = headers["lambda-runtime-client-context"];
    return {
        callbackWaitsForEmptyEventLoop: true,
        functionVersion: env.AWS_LAMBDA_FUNCTION_VERSION,
        functionName: env.AWS_LAMBDA_FUNCTION_NAME,
        memoryLimitInMB: env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
        logGroupName: env.AWS_LAMBDA_LOG_GROUP_NAME,
        logStreamName: env.AWS_LAMBDA_LOG_STREAM_NAME,
        clientContext: client ? JSON.parse(client) : undefined,
        identity: undefined,
        invokedFunctionArn: headers["lambda-runtime-invoked-function-arn"],
        awsRequestId: headers["lambda-runtime-aws-request-id"],
        getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
    };
}

// A handler answers by what it returns, a promise or, with three parameters, a callback.
function call(handler, event, context) {
    return new Promise((resolve, reject) => {
        let answered;
        const done = (error, result) => {
            if (answered) return;
            answered = true;
            const answer = () => (error ? reject(error) : resolve(result));
            if (handler.length < 3 || !context.callbackWaitsForEmptyEventLoop || error) answer();
            else process.once("beforeExit", answer);
        };
        context.done = done;
        context.succeed = (result) => done(null, result);
        context.fail = (error) => done(error ?? new Error("handled"));
        try {
            const result = handler(event, context, done);
            if (typeof result?.then === "function") result.then(resolve, reject);
            else if (result !== undefined || handler.length < 3) resolve(result);
        } catch (error) {
            reject(error);
        }
    });
}

async function fail(error) {
    const what = describe(error);
    writeError("Invoke Error", what);
    await post(`invocation/${requestId}/error`, JSON.stringify(what), what.errorType);
}

function encode(result) {
    try {
        return JSON.stringify(result === undefined ? null : result);
    } catch (error) {
        throw named("Runtime.MarshalError", `Unable to stringify response body: ${error.message}`);
    }
}

async function run(handler) {
    const { response, body } = await send("GET", "invocation/next");
    if (response.statusCode !== 200) process.exit(0);
    requestId = response.headers["lambda-runtime-aws-request-id"];
    process.env._X_AMZN_TRACE_ID = response.headers["lambda-runtime-trace-id"] ?? "";
    try {
        const result = encode(await call(handler, JSON.parse(body), makeContext(response.headers)));
        await post(`invocation/${requestId}/response`, result);
    } catch (error) {
        await fail(error);
    }
}

async function crash(title, error) {
    writeError(title, describe(error));
    const name = title === "Uncaught Exception" ? "Runtime.UncaughtException"
                                                : "Runtime.UnhandledPromiseRejection";
    const what = { ...describe(error), errorType: error?.name ?? name };
    const where = requestId === "" ? "init/error" : `invocation/${requestId}/error`;
    try {
        await post(where, JSON.stringify(what), what.errorType);
    } finally {
        process.exit(129);
    }
}

async function main() {
    patchConsole();
    process.on("uncaughtException", (error) => crash("Uncaught Exception", error));
    process.on("unhandledRejection", (error) => crash("Unhandled Rejection", error));
    let handler;
    try {
        handler = await load(process.env._HANDLER);
    } catch (error) {
        const what = describe(error);
        writeError("Init Error", what);
        await post("init/error", JSON.stringify(what), what.errorType);
        process.exit(1);
    }
    for (;;) await run(handler);
}

main();
