/* A shared object that is no transform. */
int something_else(void);

__attribute__((visibility("default"))) int something_else(void)
{
    return 42;
}
