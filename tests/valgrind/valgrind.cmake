# The real daemon under memcheck. Valgrind and sanitizers do not go together: beside a build with
# sanitizers stands a second one, which tests/run.sh keeps up to date.
set(plain ${CMAKE_BINARY_DIR})
if(SANITIZE)
    set(plain ${CMAKE_SOURCE_DIR}/build/valgrind)
endif()
list(JOIN memcheck " " prefix)
add_test(NAME valgrind.memcheck
    COMMAND ${TEST_PYTHON} -m pytest -q -rs -p no:cacheprovider
            ${CMAKE_SOURCE_DIR}/tests/valgrind/test_memcheck.py)
set_tests_properties(valgrind.memcheck PROPERTIES LABELS valgrind TIMEOUT 600 COST 10
    SKIP_REGULAR_EXPRESSION "1 skipped"
    ENVIRONMENT "HYDRANT_PREFIX=${prefix};HYDRANT=${plain}/hydrant;PLUGINS=${plain}/plugins;PYTHONDONTWRITEBYTECODE=1")
