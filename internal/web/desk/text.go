package desk

import (
	"slices"
	"strings"

	"github.com/gongkai/gongkai/internal/report/narrative"
)

// textPiece is a stretch of a section's text; a number that was held against the tables leads to its cell.
type textPiece struct {
	Text  string
	Class string // "" for plain text
	Href  string
	Title string
}

// claims are the numbers of section no that the tables could judge, in order, none over another.
func claims(all []narrative.Verdict, no, length int) []narrative.Verdict {
	var out []narrative.Verdict
	for _, v := range all {
		judged := v.Status == narrative.Agrees || v.Status == narrative.Conflicts
		if judged && v.Section == no && v.Start >= 0 && v.Start < v.End && v.End <= length {
			out = append(out, v)
		}
	}
	slices.SortStableFunc(out, func(a, b narrative.Verdict) int { return a.Start - b.Start })
	end := 0
	return slices.DeleteFunc(out, func(v narrative.Verdict) bool {
		if v.Start < end {
			return true
		}
		end = v.End
		return false
	})
}

// markText cuts the text of section no into paragraphs with its judged numbers marked.
func markText(text string, all []narrative.Verdict, no int, m *marks) [][]textPiece {
	paras := [][]textPiece{nil}
	plain := func(s string) {
		for i, part := range strings.Split(s, "\n") {
			if i > 0 {
				paras = append(paras, nil)
			}
			if len(paras[len(paras)-1]) == 0 {
				part = strings.TrimLeft(part, " \t\u3000\u00a0")
			}
			if part != "" {
				paras[len(paras)-1] = append(paras[len(paras)-1], textPiece{Text: part})
			}
		}
	}
	at := 0
	for _, v := range claims(all, no, len(text)) {
		plain(text[at:v.Start])
		last := &paras[len(paras)-1]
		*last = append(*last, claimPiece(text[v.Start:v.End], v, m))
		at = v.End
	}
	plain(text[at:])
	return slices.DeleteFunc(paras, func(p []textPiece) bool { return len(p) == 0 })
}

func claimPiece(text string, v narrative.Verdict, m *marks) textPiece {
	p := textPiece{Text: text, Class: "bound", Title: "与表格相符"}
	if v.Status == narrative.Conflicts {
		p.Class, p.Title = "bound bound-bad", v.Message
	}
	if len(v.Paths) > 0 {
		p.Href = "#" + cellAnchor(v.Paths[0])
		if v.Status == narrative.Agrees {
			p.Title = "与" + m.names[v.Paths[0]] + "相符"
			if len(v.Paths) > 1 {
				p.Title = "与" + m.names[v.Paths[0]] + "等格相符"
			}
		}
	}
	return p
}
