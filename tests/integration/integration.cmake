# Tests that start the real binary and speak to it as a user's client does.

function(add_integration_test name)
    add_test(NAME integration.${name}
        COMMAND ${TEST_PYTHON} -m pytest -q -p no:cacheprovider
                ${CMAKE_SOURCE_DIR}/tests/integration/test_${name}.py)
    set_tests_properties(integration.${name} PROPERTIES LABELS integration TIMEOUT 600 COST 10
        ENVIRONMENT "HYDRANT=$<TARGET_FILE:hydrant>;PLUGINS=${CMAKE_BINARY_DIR}/plugins;NODE_MODULES=${TEST_NODE_MODULES};PYTHONDONTWRITEBYTECODE=1")
endfunction()

file(GLOB integration_tests CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/integration/test_*.py)
foreach(path ${integration_tests})
    get_filename_component(name ${path} NAME_WE)
    string(REPLACE "test_" "" name ${name})
    add_integration_test(${name})
endforeach()
set_tests_properties(integration.walkthrough PROPERTIES COST 20) # the longest starts first
