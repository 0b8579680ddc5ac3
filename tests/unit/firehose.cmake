foreach(file record_id processor_check destination_check destination_write)
    add_unit_test(${file} firehose)
endforeach()
