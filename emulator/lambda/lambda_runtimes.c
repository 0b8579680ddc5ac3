/*
 * Files that processes need besides their code, in the functions' folder:
 *
 *     .runtime/    our bootstraps, written anew at every start
 *     .tmp/        what is /tmp for processes (process_folder.h), emptied at every start
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "emulator/base/mem.h"
#include "emulator/lambda/bootstraps.h"
#include "emulator/lambda/function_package.h"
#include "emulator/lambda/lambda_internal.h"
#include "storage/file_bytes.h"

#define RUNTIME_FOLDER ".runtime"
#define TEMPORARY_FOLDER ".tmp"

static enum status write_file(const char *folder, const char *name, struct slice bytes)
{
    char *path = lambda_path_join(folder, name);
    if (path == NULL)
        return STATUS_NO_MEMORY;
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    enum status status = file >= 0 ? file_bytes_write(file, bytes) : status_from_errno(errno);
    if (file >= 0 && close(file) != 0 && status == STATUS_OK)
        status = status_from_errno(errno);
    mem_free(path);
    return status;
}

static enum status make_fresh(struct lambda_engine *engine, const char *name, char **ret_folder)
{
    char *folder = lambda_path_join(engine->functions_folder, name);
    if (folder == NULL)
        return STATUS_NO_MEMORY;
    *ret_folder = folder;
    function_package_remove(folder);
    return mkdir(folder, 0755) == 0 ? STATUS_OK : status_from_errno(errno);
}

enum status lambda_runtimes_init(struct lambda_engine *engine)
{
    enum status status = make_fresh(engine, RUNTIME_FOLDER, &engine->bootstrap_folder);
    if (status == STATUS_OK)
        status = make_fresh(engine, TEMPORARY_FOLDER, &engine->temporary_folder);
    if (status == STATUS_OK)
        status = write_file(engine->bootstrap_folder, "bootstrap.py", bootstrap_py());
    if (status == STATUS_OK)
        status = write_file(engine->bootstrap_folder, "bootstrap.mjs", bootstrap_mjs());
    engine->command = (struct function_command_settings){
        .launcher = engine->options.launcher,
        .python = engine->options.python,
        .node = engine->options.node,
        .bootstrap_folder = engine->bootstrap_folder,
        .user = &engine->options.function_user,
    };
    return status;
}

void lambda_runtimes_close(struct lambda_engine *engine)
{
    if (engine->temporary_folder != NULL)
        function_package_remove(engine->temporary_folder);
    mem_free(engine->temporary_folder);
    mem_free(engine->bootstrap_folder);
}
