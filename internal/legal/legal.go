// Package legal holds citations: which article of which instrument a rule, a format or a period rests on.
package legal

// Instrument is a legal text or official paper that rules of this program cite.
type Instrument struct {
	Key       string // short key used in code and docs, e.g. "REG"
	Title     string // official title, in Chinese
	Number    string // document number, e.g. 国务院令第711号
	Effective string // civil date yyyy-mm-dd from which it holds; empty when not confirmed
}

// Ref is one citation. Article is written as in the text ("第四十九条"); it is empty where the whole paper is meant.
type Ref struct {
	Instrument *Instrument
	Article    string
}

// String returns the citation in the short form used on screens, e.g. 条例 第四十九条.
func (r Ref) String() string {
	if r.Instrument == nil {
		return ""
	}
	if r.Article == "" {
		return r.Instrument.Title
	}
	return r.Instrument.Title + " " + r.Article
}

// The instruments that the annual report rests on. Sources: docs/legal/instruments.md.
var (
	Regulation = &Instrument{Key: "REG", Title: "政府信息公开条例", Number: "国务院令第711号", Effective: "2019-05-15"}
	Format2021 = &Instrument{Key: "F30", Title: "政府信息公开工作年度报告格式", Number: "国办公开办函〔2021〕30号", Effective: "2021-09-26"}
	Format2019 = &Instrument{Key: "F60", Title: "政府信息公开工作年度报告格式（试行）", Number: "国办公开办函〔2019〕60号"}
	Reconsider = &Instrument{Key: "ARL", Title: "行政复议法", Number: "2023年修订", Effective: "2024-01-01"}
	FeeRules   = &Instrument{Key: "FEE", Title: "政府信息公开信息处理费管理办法", Number: "国办函〔2020〕109号", Effective: "2021-01-01"}
)
