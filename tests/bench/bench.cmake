# The yardstick of tests/bench/run.sh.
add_executable(bare_server ${CMAKE_SOURCE_DIR}/tests/bench/bare_server.c)
target_link_libraries(bare_server PRIVATE build_flags PkgConfig::microhttpd PkgConfig::uv)

# The transform of end_to_end.py.
add_library(pass_on MODULE ${CMAKE_SOURCE_DIR}/tests/bench/pass_on.c)
target_include_directories(pass_on PRIVATE ${CMAKE_SOURCE_DIR}/emulator/plugin)
set_target_properties(pass_on PROPERTIES PREFIX "" LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/plugins)
