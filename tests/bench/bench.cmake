# The yardstick of tests/bench/run.sh.
add_executable(bare_server ${CMAKE_SOURCE_DIR}/tests/bench/bare_server.c)
target_link_libraries(bare_server PRIVATE build_flags PkgConfig::microhttpd PkgConfig::uv)
