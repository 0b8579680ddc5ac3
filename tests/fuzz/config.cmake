add_fuzz_target(config_file config)
add_fuzz_target(durations base)
