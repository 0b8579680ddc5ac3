add_fuzz_target(base64 base)
add_fuzz_target(json_parse base)
add_fuzz_target(xml_parse base)
