# embed_files(header output file...): files as they are when the program is built, as C: for
# "bootstrap.py" a function struct slice bootstrap_py(void), declared in `header`.
#
# As a script (cmake -DHEADER=... -DOUTPUT=... -DFILES=a,b -P embed.cmake) it writes the C.
if(CMAKE_SCRIPT_MODE_FILE)
    string(REPLACE "," ";" FILES "${FILES}")
    set(text "#include \"${HEADER}\"\n")
    foreach(file ${FILES})
        get_filename_component(name ${file} NAME)
        string(REPLACE "." "_" function ${name})
        file(READ ${file} hex HEX)
        string(REGEX REPLACE "(..)" "0x\\1," bytes "${hex}")
        string(APPEND text "
static const unsigned char ${function}_bytes[] = {${bytes}};

struct slice ${function}(void)
{
    return slice_make(${function}_bytes, sizeof(${function}_bytes));
}
")
    endforeach()
    file(WRITE ${OUTPUT} "${text}")
    return()
endif()

function(embed_files header output)
    string(REPLACE ";" "," files "${ARGN}")
    set(script ${CMAKE_SOURCE_DIR}/emulator/embed.cmake)
    add_custom_command(
        OUTPUT ${output}
        COMMAND ${CMAKE_COMMAND} -DHEADER=${header} -DOUTPUT=${output} "-DFILES=${files}" -P ${script}
        DEPENDS ${script} ${ARGN}
        VERBATIM)
endfunction()
