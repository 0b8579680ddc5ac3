add_library(gateway_world STATIC
    ${CMAKE_SOURCE_DIR}/tests/unit/gateway_world.c
    ${CMAKE_SOURCE_DIR}/emulator/foreign_service.c
    ${CMAKE_SOURCE_DIR}/emulator/gateway.c
    ${CMAKE_SOURCE_DIR}/emulator/unknown_service.c)
target_link_libraries(gateway_world PUBLIC build_flags test_lib protocol auth http loop storage test_vfs)
add_unit_test(gateway gateway_world)
add_unit_test(gateway_commit gateway_world)
