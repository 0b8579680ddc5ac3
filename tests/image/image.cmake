# The images of docker/, built from their Dockerfiles and tried; skipped for those who are not root.
add_test(NAME image.container COMMAND ${CMAKE_SOURCE_DIR}/tests/image.sh)
set_tests_properties(image.container PROPERTIES LABELS image TIMEOUT 1200 COST 100 SKIP_RETURN_CODE 77)
