# The yardstick of tests/bench/run.sh.
add_executable(bare_server ${CMAKE_SOURCE_DIR}/tests/bench/bare_server.c)
target_link_libraries(bare_server PRIVATE build_flags PkgConfig::microhttpd PkgConfig::uv)

# What isolation=worker costs: isolation FOLDER_OF_PLUGINS.
add_executable(bench_isolation ${CMAKE_SOURCE_DIR}/tests/bench/isolation.c)
target_link_libraries(bench_isolation PRIVATE build_flags lambda)
add_dependencies(bench_isolation plugins)
