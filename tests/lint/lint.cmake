set(lint ${CMAKE_SOURCE_DIR}/tests/lint)
add_test(NAME lint.layers COMMAND ${Python3_EXECUTABLE} ${lint}/layers.py ${CMAKE_SOURCE_DIR})
add_test(NAME lint.layers_self_test COMMAND ${Python3_EXECUTABLE} ${lint}/layers.py --self-test)
add_test(NAME lint.headers COMMAND ${lint}/headers.sh ${CMAKE_C_COMPILER} ${CMAKE_SOURCE_DIR}
                                   ${CMAKE_BINARY_DIR}/generated)
add_test(NAME lint.headers_self_test COMMAND ${lint}/headers.sh --self-test ${CMAKE_C_COMPILER})
add_test(NAME lint.format COMMAND ${lint}/format.sh ${CMAKE_SOURCE_DIR})
add_test(NAME lint.cppcheck COMMAND ${lint}/cppcheck.sh ${CMAKE_BINARY_DIR})
set_tests_properties(lint.layers lint.layers_self_test lint.headers lint.headers_self_test lint.format
                     lint.cppcheck
                     PROPERTIES LABELS lint TIMEOUT 120 SKIP_RETURN_CODE 77)
