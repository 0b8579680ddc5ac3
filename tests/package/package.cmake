# The packages, made, installed, used and removed; skipped for those who are not root.
add_test(NAME package.debian COMMAND ${CMAKE_SOURCE_DIR}/tests/package.sh)
set_tests_properties(package.debian PROPERTIES LABELS package TIMEOUT 1200 COST 90 SKIP_RETURN_CODE 77)
