add_fuzz_target(policy_document iam)
