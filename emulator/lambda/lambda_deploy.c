#include "emulator/lambda/lambda_deploy.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "emulator/base/arena.h"
#include "emulator/base/base64.h"
#include "emulator/base/hash.h"
#include "emulator/base/list.h"
#include "emulator/base/text.h"
#include "emulator/lambda/isolated_process.h"
#include "emulator/lambda/lambda_internal.h"
#include "emulator/loop/random.h"
#include "emulator/loop/sim_clock.h"
#include "emulator/transform/plugin_file.h"
#include "storage/file_bytes.h"

_Static_assert(sizeof(((struct lambda_deploy *)0)->reason) == PLUGIN_REASON_BYTES, "one size");

static enum lambda_deploy_result from_package(enum package_result result)
{
    switch (result) {
    case PACKAGE_OK:
        return LAMBDA_DEPLOY_OK;
    case PACKAGE_NO_ZIP:
        return LAMBDA_DEPLOY_NO_ZIP;
    case PACKAGE_ZIPPED_TOO_LARGE:
        return LAMBDA_DEPLOY_ZIPPED_TOO_LARGE;
    case PACKAGE_UNZIPPED_TOO_LARGE:
        return LAMBDA_DEPLOY_UNZIPPED_TOO_LARGE;
    case PACKAGE_UNSAFE:
    case PACKAGE_NO_PLUGIN:
        return LAMBDA_DEPLOY_REFUSED;
    case PACKAGE_IO_ERROR:
        break;
    }
    return LAMBDA_DEPLOY_FAILED;
}

static enum lambda_deploy_result fail(struct lambda_deploy *deploy, const char *what)
{
    (void)snprintf(deploy->reason, sizeof(deploy->reason), "%s", what);
    return LAMBDA_DEPLOY_FAILED;
}

static enum status write_package(const char *path, struct slice zip)
{
    int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file < 0)
        return status_from_errno(errno);
    enum status status = file_bytes_write(file, zip);
    if (close(file) != 0 && status == STATUS_OK)
        status = status_from_errno(errno);
    return status;
}

static enum lambda_deploy_result keep_package(struct lambda_deploy *deploy, struct slice zip)
{
    char path[sizeof(deploy->folder) + 8];
    (void)snprintf(path, sizeof(path), "%s.zip", deploy->folder);
    char *slash = strrchr(deploy->folder, '/');
    *slash = '\0';
    int made = mkdir(deploy->folder, 0755);
    *slash = '/';
    if (made != 0 && errno != EEXIST)
        return fail(deploy, status_text(status_from_errno(errno)));
    enum status status = write_package(path, zip);
    return status == STATUS_OK ? LAMBDA_DEPLOY_OK : fail(deploy, status_text(status));
}

static enum lambda_deploy_result try_loading(struct lambda_deploy *deploy)
{
    char path[sizeof(deploy->folder) + PACKAGE_FILE_NAME_BYTES + 1];
    (void)snprintf(path, sizeof(path), "%s/%s", deploy->folder, deploy->code_file);
    enum status status =
        isolated_process_probe(deploy->engine, path, deploy->code_file, deploy->reason);
    if (status == STATUS_OK)
        return LAMBDA_DEPLOY_OK;
    return status == STATUS_INVALID ? LAMBDA_DEPLOY_REFUSED : LAMBDA_DEPLOY_FAILED;
}

static enum lambda_deploy_result describe(struct lambda_deploy *deploy, struct slice zip)
{
    uint8_t digest[SHA256_BYTES];
    struct text text;
    hash_sha256(zip, digest);
    text_init(&text, sizeof(deploy->code_sha256));
    base64_append(&text, slice_make(digest, sizeof(digest)));
    (void)snprintf(deploy->code_sha256, sizeof(deploy->code_sha256), "%.*s",
                   SLICE_ARG(text_slice(&text)));
    bool ok = text.status == STATUS_OK;
    text_close(&text);
    deploy->code_size = (int64_t)zip.len;
    return ok ? LAMBDA_DEPLOY_OK : fail(deploy, "out of memory");
}

/* A provided runtime is a transform's, too, when the package has no bootstrap. */
static bool runs_in_process(const struct lambda_deploy *deploy)
{
    char path[sizeof(deploy->folder) + sizeof("/bootstrap")];
    (void)snprintf(path, sizeof(path), "%s/bootstrap", deploy->folder);
    if (!function_command_is_known(deploy->runtime))
        return false;
    return !slice_starts_with(deploy->runtime, SLICE("provided.")) || access(path, F_OK) == 0;
}

static enum lambda_deploy_result deploy_zip(struct lambda_deploy *deploy, struct slice zip)
{
    if (zip.len > PACKAGE_ZIPPED_MAX_BYTES)
        return LAMBDA_DEPLOY_ZIPPED_TOO_LARGE;
    enum lambda_deploy_result result = describe(deploy, zip);
    if (result == LAMBDA_DEPLOY_OK)
        result = keep_package(deploy, zip);
    size_t unzipped_bytes = 0;
    if (result == LAMBDA_DEPLOY_OK)
        result = from_package(
            function_package_unpack(zip, deploy->folder, deploy->reason, &unzipped_bytes));
    deploy->unzipped_bytes = (int64_t)unzipped_bytes;
    if (result != LAMBDA_DEPLOY_OK || deploy->is_layer || runs_in_process(deploy))
        return result;
    result = from_package(function_package_find_plugin(deploy->folder, deploy->handler,
                                                       deploy->code_file, deploy->reason));
    return result == LAMBDA_DEPLOY_OK ? try_loading(deploy) : result;
}

static void work(struct worker_job *job)
{
    struct lambda_deploy *deploy = list_entry(job, struct lambda_deploy, job);
    struct text zip;
    text_init(&zip, 2 * PACKAGE_ZIPPED_MAX_BYTES);
    enum status status = package_source_read(&deploy->source, &zip);
    if (status == STATUS_OK)
        deploy->result = deploy_zip(deploy, text_slice(&zip));
    else if (status == STATUS_TOO_LARGE)
        deploy->result = LAMBDA_DEPLOY_ZIPPED_TOO_LARGE;
    else
        deploy->result =
            status == STATUS_INVALID ? LAMBDA_DEPLOY_NO_ZIP : fail(deploy, status_text(status));
    text_close(&zip);
    if (deploy->result != LAMBDA_DEPLOY_OK)
        lambda_deploy_discard(deploy);
}

static void done(struct worker_job *job)
{
    struct lambda_deploy *deploy = list_entry(job, struct lambda_deploy, job);
    struct lambda_engine *engine = deploy->engine;
    package_source_release(&deploy->source);
    deploy->done(deploy); /* may free it */
    engine->busy--;
    sim_clock_release(engine->options.clock);
}

enum status lambda_deploy_start(struct lambda_engine *engine, struct lambda_deploy *deploy)
{
    deploy->engine = engine;
    deploy->reason[0] = '\0';
    random_uuid(engine->options.random, deploy->code_revision);
    struct slice parent = deploy->is_layer ? SLICE(LAMBDA_LAYERS_FOLDER) : deploy->name;
    int len = snprintf(deploy->folder, sizeof(deploy->folder), "%s/%.*s/%s",
                       engine->functions_folder, SLICE_ARG(parent), deploy->code_revision);
    if (len < 0 || (size_t)len >= sizeof(deploy->folder))
        return STATUS_TOO_LARGE;
    deploy->job.work = work;
    deploy->job.done = done;
    enum status status = worker_submit(engine->options.loop, &deploy->job);
    if (status != STATUS_OK)
        return status;
    engine->busy++;
    sim_clock_hold(engine->options.clock);
    return STATUS_OK;
}

void lambda_deploy_discard(struct lambda_deploy *deploy)
{
    char path[sizeof(deploy->folder) + 8];
    (void)snprintf(path, sizeof(path), "%s.zip", deploy->folder);
    (void)unlink(path);
    function_package_remove(deploy->folder);
    if (deploy->is_layer)
        return;
    char *slash = strrchr(deploy->folder, '/');
    *slash = '\0';
    (void)rmdir(deploy->folder); /* succeeds when this was the function's only code */
    *slash = '/';
}
