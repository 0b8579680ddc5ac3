/*
 * isolation.c -- what isolation=worker costs: batches of 500 records of 200 bytes through a C
 * transform in process and in a helper, in turn; wall time from lambda_invoke() to its answer.
 *
 *     isolation FOLDER_OF_PLUGINS [BATCHES [ROUNDS]]
 *
 * Rows are answered at once, without a database, and nothing reads the log: what is measured is the
 * way to the transform and back, which is all that differs. Ends with 1 when a ratio is above the
 * limit.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "emulator/events/event_bus.h"
#include "emulator/isolation/isolated_helper.h"
#include "emulator/lambda/api_port.h"
#include "emulator/lambda/function_package.h"
#include "emulator/lambda/invoke.h"
#include "emulator/lambda/lambda_engine.h"
#include "emulator/loop/loop.h"
#include "emulator/loop/random.h"
#include "emulator/loop/sim_clock.h"
#include "emulator/loop/worker.h"
#include "storage/db.h"

enum { RECORDS = 500, RECORD_BYTES = 200, WARM_UP = 20, ROUNDS_MAX = 25 };

static const double limit = 1.5;

struct bench {
    char folder[64];
    struct loop *loop;
    struct sim_clock clock;
    struct random random;
    struct event_bus bus;
    struct db *db;
    struct api_port port;
    struct lambda_engine *engines[2]; /* in process, isolated */
    struct lambda_record records[RECORDS];
    char ids[RECORDS][32];
    char data[RECORDS][RECORD_BYTES + 1];

    /* of a measurement */
    struct lambda_engine *engine;
    const char *function;
    struct lambda_batch batch;
    struct lambda_invocation invocation;
    struct loop_task next;
    unsigned left;
};

static struct bench bench;

static void die(const char *what)
{
    (void)fprintf(stderr, "isolation: %s\n", what);
    exit(1);
}

static void check(enum status status, const char *what)
{
    if (status != STATUS_OK)
        die(what);
}

static void answer_call(void *ctx, struct api_port_call *call)
{
    (void)ctx;
    call->http_status = 200;
    call->output = SLICE("{}");
    call->done(call);
}

/* ---- the world --------------------------------------------------------------------------- */

static void make_records(void)
{
    for (int i = 0; i < RECORDS; i++) {
        (void)snprintf(bench.ids[i], sizeof(bench.ids[i]), "4964%020d", i);
        (void)snprintf(bench.data[i], sizeof(bench.data[i]),
                       "{\"element_class\": \"%04d\", \"pad\": \"%0*d\"}\n", i, RECORD_BYTES - 38,
                       0);
        bench.records[i] = (struct lambda_record){
            .record_id = slice_of(bench.ids[i]), .data = slice_of(bench.data[i]), .arrival_ms = i};
    }
    bench.batch = (struct lambda_batch){
        .invocation_id = SLICE("00000000-0000-0000-0000-000000000000"),
        .delivery_stream_arn =
            SLICE("arn:aws:firehose:us-east-1:000000000000:deliverystream/bench"),
        .region = SLICE("us-east-1"),
        .records = bench.records,
        .record_count = RECORDS,
    };
}

static void make_engine(int which)
{
    char folder[96];
    (void)snprintf(folder, sizeof(folder), "%s/functions%d", bench.folder, which);
    const struct lambda_engine_options options = {
        .db = bench.db,
        .loop = bench.loop,
        .clock = &bench.clock,
        .random = &bench.random,
        .bus = &bench.bus,
        .api_port = &bench.port,
        .launcher = "/proc/self/exe",
        .isolates = which == 1,
        .functions_folder = folder,
        .account = "000000000000",
    };
    check(lambda_engine_create(&options, &bench.engines[which]), "no engine");
}

static void set_up(void)
{
    char path[96];
    (void)snprintf(bench.folder, sizeof(bench.folder), "/tmp/isolation_XXXXXX");
    if (mkdtemp(bench.folder) == NULL)
        die("no temporary folder");
    (void)snprintf(path, sizeof(path), "%s/hydrant.db", bench.folder);
    worker_set_threads(4);
    check(db_open(path, DB_DURABILITY_NORMAL, &bench.db), "no database");
    check(loop_create(&bench.loop), "no loop");
    check(sim_clock_init(&bench.clock, bench.loop), "no clock");
    random_init_seeded(&bench.random, 1);
    event_bus_init(&bench.bus);
    bench.port.call = answer_call;
    make_records();
    make_engine(0);
    make_engine(1);
}

static void add(const char *plugins, const char *function)
{
    char path[1024];
    char reason[LAMBDA_REASON_BYTES] = "";
    (void)snprintf(path, sizeof(path), "%s/%s.so", plugins, function);
    for (int which = 0; which < 2; which++)
        if (lambda_engine_add_file(bench.engines[which], SLICE(""), slice_of(function), path,
                                   reason) != STATUS_OK)
            die(reason);
}

/* ---- measuring --------------------------------------------------------------------------- */

static void on_answer(struct lambda_invocation *invocation)
{
    if (invocation->outcome != LAMBDA_OK)
        die("a batch failed");
    for (int i = 0; i < RECORDS; i++)
        if (invocation->results[i].kind != LAMBDA_RESULT_OK ||
            !slice_equal(invocation->results[i].data, bench.records[i].data))
            die("a record came back changed");
    lambda_invocation_clear(invocation);
    if (--bench.left == 0)
        loop_stop(bench.loop);
    else
        loop_defer(bench.loop, &bench.next);
}

static void invoke(struct loop_task *task)
{
    (void)task;
    bench.invocation = (struct lambda_invocation){
        .account = SLICE("000000000000"),
        .region = SLICE("us-east-1"),
        .function = slice_of(bench.function),
        .batch = &bench.batch,
        .done = on_answer,
    };
    lambda_invoke(bench.engine, &bench.invocation);
}

/* Microseconds for each of `batches`, one after the other. */
static double measure(int which, const char *function, unsigned batches)
{
    bench.engine = bench.engines[which];
    bench.function = function;
    bench.left = batches;
    loop_task_init(&bench.next, invoke);
    int64_t began_us = loop_monotonic_us();
    loop_defer(bench.loop, &bench.next);
    loop_run(bench.loop);
    return (double)(loop_monotonic_us() - began_us) / batches;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *values, unsigned count)
{
    qsort(values, count, sizeof(*values), compare);
    return values[count / 2];
}

static bool run_row(const char *function, const char *what, unsigned batches, unsigned rounds)
{
    double took_us[2][ROUNDS_MAX];
    for (int which = 0; which < 2; which++)
        (void)measure(which, function, WARM_UP);
    for (unsigned round = 0; round < rounds; round++)
        for (int which = 0; which < 2; which++)
            took_us[which][round] = measure(which, function, batches);
    double here = median(took_us[0], rounds);
    double isolated = median(took_us[1], rounds);
    (void)printf("| %s | %.0f | %.0f | %.2f |\n", what, here, isolated, isolated / here);
    (void)fflush(stdout);
    return isolated / here <= limit;
}

static void on_quiet(struct loop_task *task)
{
    bool is_quiet = true;
    for (int which = 0; which < 2; which++)
        is_quiet = is_quiet && lambda_engine_is_quiet(bench.engines[which]);
    if (is_quiet)
        loop_stop(bench.loop);
    else
        loop_defer_turn(bench.loop, task);
}

static void tear_down(void)
{
    for (int which = 0; which < 2; which++)
        lambda_engine_stop(bench.engines[which]);
    loop_task_init(&bench.next, on_quiet);
    loop_defer(bench.loop, &bench.next);
    loop_run(bench.loop);
    for (int which = 0; which < 2; which++)
        lambda_engine_destroy(bench.engines[which]);
    sim_clock_close(&bench.clock);
    loop_destroy(bench.loop);
    db_close(bench.db);
    function_package_remove(bench.folder);
}

static unsigned number(int argc, char **argv, int at, unsigned otherwise)
{
    uint64_t value = 0;
    if (argc <= at)
        return otherwise;
    if (slice_to_u64(slice_of(argv[at]), &value) != STATUS_OK || value == 0 || value > 1000000)
        die("numbers, please");
    return (unsigned)value;
}

int main(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], "run-transform") == 0) /* we are the launcher, too */
        return isolated_helper_run(128);
    if (argc == 5 && strcmp(argv[1], "run-transform") == 0)
        return isolated_helper_probe(argv[3], argv[4]);
    if (argc < 2)
        die("where are the plugins?");
    unsigned batches = number(argc, argv, 2, 300);
    unsigned rounds = number(argc, argv, 3, 9);
    rounds = rounds < ROUNDS_MAX ? rounds : ROUNDS_MAX;
    set_up();
    (void)printf(
        "| batch of 500 x 200 B | in process, us | isolated, us | ratio |\n|---|---|---|---|\n");
    add(argv[1], "pass_on");
    add(argv[1], "rows");
    add(argv[1], "likes");
    (void)run_row("pass_on", "C transform that passes records on", batches, rounds);
    bool is_well = run_row("rows", "with a row each", batches, rounds);
    is_well = run_row("likes", "with a row and two log lines each", batches, rounds) && is_well;
    tear_down();
    return is_well ? 0 : 1;
}
