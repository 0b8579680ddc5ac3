#include "tests/lib/temporary_folder.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define FILES_OPEN 16

int temporary_folder_make(char ret_folder[static TEMPORARY_FOLDER_BYTES])
{
    const char *parent = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
    (void)snprintf(ret_folder, TEMPORARY_FOLDER_BYTES, "%s/hydrant-test-XXXXXX", parent);
    return mkdtemp(ret_folder) != NULL ? 0 : -1;
}

static int remove_one(const char *path, const struct stat *info, int kind, struct FTW *place)
{
    (void)info;
    (void)kind;
    (void)place;
    return remove(path);
}

int temporary_folder_remove(const char *folder)
{
    return nftw(folder, remove_one, FILES_OPEN, FTW_DEPTH | FTW_PHYS);
}
