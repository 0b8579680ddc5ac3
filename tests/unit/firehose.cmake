foreach(file record_id processor_check destination_check destination_write query_keys)
    add_unit_test(${file} firehose)
endforeach()
