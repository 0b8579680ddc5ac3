# Transforms for the tests, and the example people copy: compiled as a user would, without the
# project's flags.
set(PLUGIN_FOLDER ${CMAKE_BINARY_DIR}/plugins)

function(add_test_plugin name source)
    add_library(${name} MODULE ${source})
    target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR}/emulator/plugin)
    target_compile_options(${name} PRIVATE -Wall -Wextra ${ARGN})
    set_target_properties(${name} PROPERTIES
        PREFIX "" LIBRARY_OUTPUT_DIRECTORY ${PLUGIN_FOLDER} INTERPROCEDURAL_OPTIMIZATION OFF)
    set_property(GLOBAL APPEND PROPERTY TEST_PLUGINS ${name})
endfunction()

add_test_plugin(likes ${CMAKE_SOURCE_DIR}/fixtures/likes/likes.c)
target_link_libraries(likes PRIVATE PkgConfig::cjson)
foreach(plugin by_word code error leave_out no_symbol slow trouble unresolved wrong_abi)
    add_test_plugin(plugin_${plugin} ${CMAKE_SOURCE_DIR}/tests/lib/plugins/plugin_${plugin}.c)
endforeach()
add_test_plugin(plugin_state ${CMAKE_SOURCE_DIR}/tests/lib/plugins/plugin_state.c -DVERSION=1)
add_test_plugin(plugin_state_2 ${CMAKE_SOURCE_DIR}/tests/lib/plugins/plugin_state.c -DVERSION=2)
# The transforms of tests/bench/end_to_end.py.
add_test_plugin(pass_on ${CMAKE_SOURCE_DIR}/tests/bench/pass_on.c)
add_test_plugin(rows ${CMAKE_SOURCE_DIR}/tests/bench/rows.c)
target_link_libraries(rows PRIVATE PkgConfig::cjson)
get_property(plugins GLOBAL PROPERTY TEST_PLUGINS)
add_custom_target(plugins DEPENDS ${plugins})

# add_plugin_test(lambda_engine lambda): a unit test that loads them from PLUGIN_FOLDER.
function(add_plugin_test name)
    add_unit_test(${name} ${ARGN})
    target_compile_definitions(test_${name} PRIVATE PLUGIN_FOLDER="${PLUGIN_FOLDER}")
    add_dependencies(test_${name} plugins)
endfunction()

add_unit_test(function_store storage)
add_unit_test(firehose_event transform)
add_unit_test(function_command lambda)
add_unit_test(function_name lambda)
add_unit_test(runtime_api lambda)
add_unit_test(function_package lambda PkgConfig::zip)
add_unit_test(invocation_log lambda)
add_library(lambda_world STATIC ${CMAKE_SOURCE_DIR}/tests/unit/lambda_world.c)
target_link_libraries(lambda_world PUBLIC build_flags test_lib lambda)
target_compile_definitions(lambda_world PUBLIC PLUGIN_FOLDER="${PLUGIN_FOLDER}")
add_plugin_test(lambda_engine lambda_world lambda)
add_plugin_test(runtime_plugin lambda_world lambda)
# The same in helper processes.
add_test(NAME unit.runtime_plugin_isolated COMMAND ${launcher} $<TARGET_FILE:test_runtime_plugin> --isolated)
set_tests_properties(unit.runtime_plugin_isolated PROPERTIES LABELS unit TIMEOUT ${unit_timeout})
add_plugin_test(isolated_process lambda_world lambda)
add_plugin_test(plugin_file lambda)
add_unit_test(isolated_outcome isolation)
add_unit_test(function_isolation lambda)
add_unit_test(rest_json protocol)
