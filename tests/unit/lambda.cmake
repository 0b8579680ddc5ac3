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
foreach(plugin by_word code error leave_out no_symbol slow unresolved wrong_abi)
    add_test_plugin(plugin_${plugin} ${CMAKE_SOURCE_DIR}/tests/lib/plugins/plugin_${plugin}.c)
endforeach()
add_test_plugin(plugin_state ${CMAKE_SOURCE_DIR}/tests/lib/plugins/plugin_state.c -DVERSION=1)
add_test_plugin(plugin_state_2 ${CMAKE_SOURCE_DIR}/tests/lib/plugins/plugin_state.c -DVERSION=2)
get_property(plugins GLOBAL PROPERTY TEST_PLUGINS)
add_custom_target(plugins DEPENDS ${plugins})

# add_plugin_test(lambda_engine lambda): a unit test that loads them from PLUGIN_FOLDER.
function(add_plugin_test name)
    add_unit_test(${name} ${ARGN})
    target_compile_definitions(test_${name} PRIVATE PLUGIN_FOLDER="${PLUGIN_FOLDER}")
    add_dependencies(test_${name} plugins)
endfunction()

add_unit_test(function_store storage)
add_unit_test(firehose_event lambda)
add_unit_test(function_name lambda)
add_unit_test(function_package lambda PkgConfig::zip)
add_unit_test(invocation_log lambda)
add_plugin_test(lambda_engine lambda)
add_plugin_test(plugin_file lambda)
add_unit_test(rest_json protocol)
