#include "emulator/ready.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "emulator/base/log.h"
#include "emulator/base/status.h"
#include "emulator/config/config.h"
#include "emulator/loop/service_manager.h"

#define URL_BYTES 512

static void write_url(const struct config *config, uint16_t port, char *url)
{
    bool is_v6 = strchr(config->host, ':') != NULL;
    (void)snprintf(url, URL_BYTES, "http://%s%s%s:%u", is_v6 ? "[" : "", config->host,
                   is_v6 ? "]" : "", port);
}

/* Whoever looks sees no file or a whole one. */
static enum status write_port_file(const char *path, uint16_t port)
{
    char fresh[PATH_MAX];
    int len = snprintf(fresh, sizeof(fresh), "%s.%ld", path, (long)getpid());
    FILE *file = len > 0 && (size_t)len < sizeof(fresh) ? fopen(fresh, "we") : NULL;
    if (file == NULL)
        return status_from_errno(errno);
    bool is_written = fprintf(file, "%u\n", port) > 0;
    is_written = fclose(file) == 0 && is_written;
    if (is_written && rename(fresh, path) == 0)
        return STATUS_OK;
    enum status status = status_from_errno(errno);
    (void)unlink(fresh);
    return status;
}

static void tell_descriptor(int fd, const char *url)
{
    char line[URL_BYTES + 1];
    int len = snprintf(line, sizeof(line), "%s\n", url);
    if (write(fd, line, (size_t)len) != len)
        log_line(LOG_WARNING, "cannot write to descriptor %d: %s", fd, strerror(errno));
    (void)close(fd);
}

void ready_listening(const struct config *config, uint16_t port)
{
    char url[URL_BYTES];
    write_url(config, port, url);
    (void)printf("Listening on %s\n", url);
    (void)fflush(stdout);
}

void ready_say(const struct config *config, uint16_t port)
{
    char url[URL_BYTES];
    write_url(config, port, url);
    enum status status =
        config->port_file != NULL ? write_port_file(config->port_file, port) : STATUS_OK;
    if (status != STATUS_OK)
        log_line(LOG_WARNING, "cannot write %s: %s", config->port_file, status_text(status));
    (void)printf("Ready.\n");
    (void)fflush(stdout);
    if (config->ready_fd > 0)
        tell_descriptor((int)config->ready_fd, url);
    service_manager_notify("READY=1");
}

void ready_over(const struct config *config)
{
    service_manager_notify("STOPPING=1");
    if (config->port_file != NULL)
        (void)unlink(config->port_file);
}
