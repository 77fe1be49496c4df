"""一事一档: one matter whole, and the projection that writes its ledger lines."""
