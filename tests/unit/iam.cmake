add_unit_test(policy_document iam)
