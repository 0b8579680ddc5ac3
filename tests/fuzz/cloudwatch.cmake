add_fuzz_target(cbor base)
add_fuzz_target(shape_form protocol)
