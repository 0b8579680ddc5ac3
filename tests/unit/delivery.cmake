# The engine with a function of the tests': their lambda_invoke() stands in for the real one.
add_library(delivery_world STATIC ${CMAKE_SOURCE_DIR}/tests/unit/delivery_world.c)
target_link_libraries(delivery_world PUBLIC build_flags test_lib delivery)
foreach(file delivery_engine delivery_transform delivery_crash delivery_redrive)
    add_unit_test(${file} delivery_world delivery)
endforeach()
foreach(file record_chunk compression key_name date_pattern delivery_settings delivery_buffer
             record_split log_records time_zone metadata_query endpoint_answer endpoint_request
             endpoint_failure delivery_quota error_folder error_lines query_wire query_pool)
    add_unit_test(${file} delivery)
endforeach()
foreach(file record_store delivery_stream_store redrive_store)
    add_unit_test(${file} storage)
endforeach()
add_fault_test(delivery delivery_world delivery)
add_fault_test(redrive delivery_world delivery)
target_link_libraries(test_compression PRIVATE PkgConfig::zlib PkgConfig::snappy)
target_link_libraries(test_log_records PRIVATE PkgConfig::zlib)
target_link_libraries(test_endpoint_request PRIVATE PkgConfig::zlib)
