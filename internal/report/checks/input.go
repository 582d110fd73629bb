package checks

import (
	"strings"

	"github.com/gongkai/gongkai/internal/report"
)

// Input is what the rules look at. Only Report is needed; a rule that needs something that is not there says that it is
// not assessable.
type Input struct {
	// Report is the report to check.
	Report *report.Report
	// Previous is the report of the year before, nil when there is none.
	Previous *report.Report
	// SameAgency says that the caller vouches for Previous being the same agency's report of the year before. Without it
	// the names of the agencies and the years are compared.
	SameAgency bool
	// Today is the civil date yyyy-mm-dd on which the check is made, "" when it does not matter.
	Today string
	// Settings are limits that an office may set; nil means DefaultSettings.
	Settings *Settings
	// CorrectionNotices and FeeNotices are how many 补正通知 and 收费通知 the agency's ledger holds for the year; nil when
	// the ledger is not at hand.
	CorrectionNotices, FeeNotices *int64

	sheet *sheet // what the sum rules share; Run fills it
}

// Settings are the limits of the rules that local practice differs in.
type Settings struct {
	FeeDecimals   uint8 // decimals that 收费金额 in 万元 may have: 6 is one fen, 4 is one yuan
	CopiedPercent int   // share of sentences taken over word for word from last year at which S12 warns
	FeeJump       int64 // how many times last year's fees are suspicious
}

// DefaultSettings returns the limits that hold when an office sets none.
func DefaultSettings() Settings { return Settings{FeeDecimals: 6, CopiedPercent: 60, FeeJump: 10} }

func (in *Input) settings() Settings {
	if in.Settings == nil {
		return DefaultSettings()
	}
	return *in.Settings
}

func (in *Input) prepared() *sheet {
	if in.sheet != nil {
		return in.sheet
	}
	return newSheet(in.Report)
}

// previous returns last year's report, or why it cannot be used.
func (in *Input) previous() (prev *report.Report, why string) {
	p, r := in.Previous, in.Report
	switch {
	case p == nil:
		return nil, "没有提供上一年的报告，请用 --previous 指定后再检查"
	case in.SameAgency:
		return p, ""
	case p.Year == 0 || r.Year == 0:
		return nil, "两份报告中有一份认不出年度，不能确定是否相邻两年，请先核对标题中的年度"
	case p.Year != r.Year-1:
		return nil, "提供的不是上一年的报告（本报告为" + year(r.Year) + "，提供的为" + year(p.Year) + "），请换成上一年的报告"
	case p.Agency == "" || r.Agency == "":
		return nil, "两份报告中有一份认不出机关名称，不能确定是否同一机关，请先核对标题中的机关名称"
	case !sameAgency(p.Agency, r.Agency):
		return nil, "提供的上一年报告属于另一个机关（" + p.Agency + "），只能与同一机关的报告比较"
	}
	return p, ""
}

// sameAgency reports whether two names are of one agency: equal without spaces, or one is the other with the names of
// the higher places before it, or only the word for its office at the end differs.
func sameAgency(a, b string) bool {
	a, b = bareAgency(a), bareAgency(b)
	if a == b {
		return true
	}
	if len(a) < len(b) {
		a, b = b, a
	}
	runes := []rune(b)
	telling := len(runes) >= 4 || (len(runes) == 3 && strings.ContainsRune("省市县区旗州盟镇乡", runes[2]))
	return telling && strings.HasSuffix(a, b)
}

func bareAgency(s string) string {
	s = strings.Map(func(r rune) rune {
		switch r {
		case ' ', '\t', '\n', '\u3000', '\u00a0':
			return -1
		}
		return r
	}, s)
	return strings.TrimSuffix(s, "人民政府")
}
