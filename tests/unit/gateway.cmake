add_unit_test(gateway protocol auth http loop storage test_vfs)
target_sources(test_gateway PRIVATE
    ${CMAKE_SOURCE_DIR}/emulator/gateway.c
    ${CMAKE_SOURCE_DIR}/emulator/unknown_service.c)
