# Killing the real binary in mid-work, filling its disk, and looking at what it kept.
foreach(name records stages redrive functions plugin_crash disk_full dynamodb_model transactions)
    add_test(NAME crash.${name}
        COMMAND ${TEST_PYTHON} -m pytest -q -p no:cacheprovider
                ${CMAKE_SOURCE_DIR}/tests/crash/test_${name}.py)
    set_tests_properties(crash.${name} PROPERTIES LABELS crash TIMEOUT 600
        ENVIRONMENT "HYDRANT=$<TARGET_FILE:hydrant>;PLUGINS=${CMAKE_BINARY_DIR}/plugins;PYTHONDONTWRITEBYTECODE=1")
endforeach()
