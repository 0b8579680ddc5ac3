add_fuzz_target(request http)
add_fuzz_target(credentials auth)
