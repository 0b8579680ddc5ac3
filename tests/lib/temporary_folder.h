/*
 * temporary_folder.h -- a folder of a test's own, in memory where the machine has it.
 *
 * Code cannot be loaded from it everywhere: containers mount /dev/shm without the right to
 * execute. Tests of plugins use /tmp.
 */
#ifndef TESTS_LIB_TEMPORARY_FOLDER_H
#define TESTS_LIB_TEMPORARY_FOLDER_H

#define TEMPORARY_FOLDER_BYTES 64

/* 0, or -1 with errno, as cmocka's set-up and tear-down answer. */
int temporary_folder_make(char ret_folder[static TEMPORARY_FOLDER_BYTES]);

/* With everything in it. */
int temporary_folder_remove(const char *folder);

#endif
