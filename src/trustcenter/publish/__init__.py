"""Publishing: values of the ledger into pages, packs, folders and answers. It sees no source and no collector."""
