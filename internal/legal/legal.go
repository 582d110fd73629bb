// Package legal holds citations: which article of which instrument a rule, a format or a period rests on.
package legal

import "strings"

// Instrument is a legal text or official paper that rules of this program cite.
type Instrument struct {
	Key       string // short key used in code and docs, e.g. "REG"
	Title     string // official title, in Chinese
	Short     string // how it is called in a citation, e.g. 条例; empty where that is the title
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

// Brief returns the citation with the name by which the instrument is commonly called, e.g. 条例 第三十三条第二款.
func (r Ref) Brief() string {
	if r.Instrument == nil || r.Instrument.Short == "" {
		return r.String()
	}
	return strings.TrimSpace(r.Instrument.Short + " " + r.Article)
}

// The instruments that the annual report rests on. Sources: docs/legal/instruments.md.
var (
	Regulation = &Instrument{Key: "REG", Title: "政府信息公开条例", Short: "条例", Number: "国务院令第711号", Effective: "2019-05-15"}
	Format2021 = &Instrument{Key: "F30", Title: "政府信息公开工作年度报告格式", Number: "国办公开办函〔2021〕30号", Effective: "2021-09-26"}
	Format2019 = &Instrument{Key: "F60", Title: "政府信息公开工作年度报告格式（试行）", Number: "国办公开办函〔2019〕60号"}
	Reconsider = &Instrument{Key: "ARL", Title: "行政复议法", Number: "2023年修订", Effective: "2024-01-01"}
	FeeRules   = &Instrument{Key: "FEE", Title: "政府信息公开信息处理费管理办法", Short: "信息处理费管理办法", Number: "国办函〔2020〕109号", Effective: "2021-01-01"}
)

// The instruments that periods rest on, beside the Regulation and the reconsideration law.
var (
	Litigation     = &Instrument{Key: "ALL", Title: "行政诉讼法", Number: "2017年修正", Effective: "2017-07-01"}
	LitigationText = &Instrument{Key: "ALI", Title: "最高人民法院关于适用《中华人民共和国行政诉讼法》的解释", Short: "行诉解释", Number: "法释〔2018〕1号", Effective: "2018-02-08"}
	CivilProcedure = &Instrument{Key: "CPL", Title: "民事诉讼法", Number: "2023年修正", Effective: "2024-01-01"}
	Holidays       = &Instrument{Key: "HOL", Title: "国务院办公厅关于部分节假日安排的通知"}
)

// StateSecrets asks, beside the Regulation, for a review before anything is disclosed.
var StateSecrets = &Instrument{Key: "SSL", Title: "保守国家秘密法", Short: "保密法", Number: "2024年修订", Effective: "2024-05-01"}
