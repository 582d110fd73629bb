// Package compare sets two annual reports side by side: their heads, every cell of their tables, and their text.
package compare

import (
	"strconv"

	"github.com/gongkai/gongkai/internal/report"
)

// Schema is the name of the JSON form of a comparison. It changes only with a version.
const Schema = "gongkai.compare/v1"

// State says how something stands in the two reports.
type State string

// The states.
const (
	Same         State = "same"
	Changed      State = "changed"      // both have it, and it differs
	OnlyA        State = "only_a"       // only the first report has it
	OnlyB        State = "only_b"       // only the second report has it
	Incomparable State = "incomparable" // both have something, but the two cannot be set against each other
)

// Comparison is the result. Slices are in the order of the form and never nil, so that its JSON is stable.
type Comparison struct {
	Schema   string    `json:"schema"`
	A        Side      `json:"a"`
	B        Side      `json:"b"`
	Heads    []Head    `json:"heads"`
	Tables   []Table   `json:"tables"`
	Sections []Section `json:"sections"`
	// Share is the share of the sentences of B that stand word for word in A, over all sections; 0 when B has none.
	Share float64 `json:"share"`
	// Notes say in Chinese what a reader of the figures must know, e.g. that the formats differ.
	Notes []string `json:"notes"`
}

// Side names one of the two reports.
type Side struct {
	File   string          `json:"file"`
	Title  string          `json:"title"`
	Agency string          `json:"agency"`
	Year   int             `json:"year"` // 0 when not known
	Format report.FormatID `json:"format"`
}

// Head is one datum of the head: agency, year, format, title.
type Head struct {
	Key   string `json:"key"`
	Label string `json:"label"`
	A     string `json:"a"`
	B     string `json:"b"`
	State State  `json:"state"`
}

// Reports compares a, the older or first report, with b. It cannot fail; what cannot be compared is said in the result.
func Reports(a, b *report.Report) Comparison {
	c := Comparison{Schema: Schema, A: sideOf(a), B: sideOf(b), Heads: heads(a, b), Notes: notes(a, b)}
	c.Tables = tables(a, b)
	c.Sections = sections(a, b)
	var identical, sentences int
	for _, s := range c.Sections {
		identical += s.Identical
		sentences += s.SentencesB
	}
	c.Share = share(identical, sentences)
	return c
}

func sideOf(r *report.Report) Side {
	return Side{File: r.File, Title: r.Title, Agency: r.Agency, Year: r.Year, Format: r.Format}
}

func heads(a, b *report.Report) []Head {
	year := func(y int) string {
		if y == 0 {
			return ""
		}
		return strconv.Itoa(y)
	}
	out := []Head{
		{Key: "agency", Label: "机关", A: a.Agency, B: b.Agency},
		{Key: "year", Label: "年份", A: year(a.Year), B: year(b.Year)},
		{Key: "format", Label: "格式", A: string(a.Format), B: string(b.Format)},
		{Key: "title", Label: "标题", A: a.Title, B: b.Title},
	}
	for i := range out {
		out[i].State = stateOf(out[i].A != "", out[i].B != "", out[i].A == out[i].B)
	}
	return out
}

func stateOf(inA, inB, equal bool) State {
	switch {
	case inA && !inB:
		return OnlyA
	case inB && !inA:
		return OnlyB
	case equal:
		return Same
	default:
		return Changed
	}
}

func notes(a, b *report.Report) []string {
	out := []string{}
	if a.Format != b.Format {
		out = append(out, "两份报告的格式不同（"+formatName(a.Format)+"、"+formatName(b.Format)+"），只比较两种格式都有的内容")
	}
	if a.Agency != b.Agency && a.Agency != "" && b.Agency != "" {
		out = append(out, "两份报告的机关名称不同，请确认是同一机关或者确实要作比较")
	}
	if len(a.Doubts) > 0 || len(b.Doubts) > 0 {
		out = append(out, "有的单元格读取时存疑（标有“存疑”），其差值仅供参考")
	}
	return out
}

// formatName is how a format is called in messages.
func formatName(f report.FormatID) string {
	switch f {
	case report.Format2021:
		return "2021年格式"
	case report.Format2019:
		return "2019年格式"
	case report.FormatOlder:
		return "2019年以前的格式"
	default:
		return "未知格式"
	}
}

// Changes counts the cells and sections that differ.
func (c Comparison) Changes() int {
	n := 0
	for _, t := range c.Tables {
		for _, cell := range t.Cells {
			if cell.State != Same {
				n++
			}
		}
	}
	for _, s := range c.Sections {
		if s.State != Same {
			n++
		}
	}
	return n
}
