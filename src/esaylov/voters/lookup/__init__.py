"""Am I on the list? The public look-up of one's own entry, without an account."""
