foreach(name aws_chunked s3_address)
    add_fuzz_target(${name} s3)
endforeach()
add_fuzz_target(tree_names storage)
