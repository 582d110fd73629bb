package form_test

import (
	"fmt"
	"testing"

	"github.com/gongkai/gongkai/internal/docio"
	"github.com/gongkai/gongkai/internal/docio/html"
	"github.com/gongkai/gongkai/internal/docio/text"
	"github.com/gongkai/gongkai/internal/report"
	"github.com/gongkai/gongkai/internal/report/form"
	"github.com/gongkai/gongkai/internal/testkit/sample"
)

func read(layout sample.Layout, content string) (*report.Report, error) {
	var doc *docio.Document
	var err error
	if layout.IsHTML() {
		doc, err = html.Read([]byte(content), docio.Limits{})
	} else {
		doc, err = text.Read([]byte(content), docio.PlainText, docio.Limits{})
	}
	if err != nil {
		return nil, err
	}
	return form.Recognise(doc)
}

// TestMessyReports renders generated reports in every layout and with every flaw met in published ones. A number may be
// open or doubted where the rendering lost it; it may never be wrong without a doubt, and of what can still be read with
// certainty 99 of 100 cells must be read.
func TestMessyReports(t *testing.T) {
	settings := []struct {
		name  string
		opts  sample.Options
		flaws []sample.Flaw
	}{
		{"full", sample.Options{}, nil},
		{"blank", sample.Options{Blank: 0.5}, nil},
		{"totals blank", sample.Options{BlankTotals: true, Blank: 1}, nil},
		{"loose", sample.Options{Slash: 0.3, Words: 0.2, Dash: 0.3, Remarks: 0.5}, nil},
		{"misprints", sample.Options{}, []sample.Flaw{sample.HalfWidth, sample.Misprints, sample.LabelSpaces}},
		{"traditional", sample.Options{}, []sample.Flaw{sample.Pinyin, sample.LostNbsp}},
		{"taiwan", sample.Options{}, []sample.Flaw{sample.TaiwanWords}},
		{"large", sample.Options{Scale: sample.Large}, []sample.Flaw{sample.WideDigits, sample.Thousands}},
		{"no headings", sample.Options{}, []sample.Flaw{sample.NoHeadings}},
		{"numbers restart", sample.Options{}, []sample.Flaw{sample.OtherNumbers}},
	}
	var sure, missed, cells int
	for _, layout := range sample.Layouts() {
		for _, s := range settings {
			for _, format := range []report.FormatID{report.Format2021, report.Format2019} {
				for seed := range uint64(4) {
					opts := s.opts
					opts.Merged = seed%3 == 0
					content, truth := sample.Render(sample.New(seed, format, opts), layout, s.flaws...)
					got, err := read(layout, content)
					if err != nil {
						t.Errorf("%s, %s, %s, seed %d: %v", layout, s.name, format, seed, err)
						continue
					}
					v := truth.Judge(got)
					for _, w := range v.Wrong {
						t.Errorf("%s, %s, %s, seed %d: wrong without a doubt: %s", layout, s.name, format, seed, w)
					}
					n, _, _ := truth.Counts()
					sure += n
					missed += len(v.Missed)
					cells += len(truth)
				}
			}
		}
	}
	fmt.Printf("messy reports: %d cells, %d of them readable with certainty, %d of those missed (%.2f%%)\n", cells, sure, missed, 100*float64(missed)/float64(sure))
	if missed*100 > sure {
		t.Errorf("%d of %d readable cells missed", missed, sure)
	}
}
