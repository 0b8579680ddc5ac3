add_fuzz_target(filter_pattern logs)
