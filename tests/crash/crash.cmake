# Killing the real binary in mid-work and looking at what it kept.
add_test(NAME crash.records
    COMMAND ${TEST_PYTHON} -m pytest -q -p no:cacheprovider ${CMAKE_SOURCE_DIR}/tests/crash/test_records.py)
set_tests_properties(crash.records PROPERTIES LABELS crash TIMEOUT 600
    ENVIRONMENT "HYDRANT=$<TARGET_FILE:hydrant>;PLUGINS=${CMAKE_BINARY_DIR}/plugins;PYTHONDONTWRITEBYTECODE=1")
