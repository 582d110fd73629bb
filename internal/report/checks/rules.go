package checks

import "github.com/gongkai/gongkai/internal/report"

// withTables are the formats that have the three tables.
var withTables = []report.FormatID{report.Format2021, report.Format2019}

// Rules lists every rule, in the order in which they are applied and shown. K10 and K11 need the ledger and the reports of
// the subordinate bodies and are not among them.
func Rules() []Rule {
	return []Rule{
		k1(), k2(), k3(), k4(), k5(), k6(), k7(), k8(), k9(), k12(), k13(), k14(),
		s1(), s2(), s3(), s4(), s5(), s6(), s7(), s8(), s9(), s10(), s11(), s12(), s13(), s14(), s15(),
	}
}
