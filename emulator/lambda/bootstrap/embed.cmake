# embed.cmake -- cmake -DFOLDER=... -DOUTPUT=x.c -P embed.cmake: the bootstraps as C.
set(text "#include \"emulator/lambda/bootstraps.h\"\n")
foreach(name bootstrap.py bootstrap.mjs)
    file(READ ${FOLDER}/${name} hex HEX)
    string(REGEX REPLACE "(..)" "0x\\1," bytes "${hex}")
    string(REPLACE "." "_" function ${name})
    string(APPEND text "
static const unsigned char ${function}_bytes[] = {${bytes}};

struct slice ${function}(void)
{
    return slice_make(${function}_bytes, sizeof(${function}_bytes));
}
")
endforeach()
file(WRITE ${OUTPUT} "${text}")
