package form_test

import (
	"encoding/json"
	"testing"

	"github.com/gongkai/gongkai/internal/docio"
	"github.com/gongkai/gongkai/internal/docio/html"
	"github.com/gongkai/gongkai/internal/docio/text"
	"github.com/gongkai/gongkai/internal/report"
	"github.com/gongkai/gongkai/internal/report/form"
	"github.com/gongkai/gongkai/internal/testkit/sample"
)

// FuzzRecognise feeds any text, read as plain text and as a page, to the recogniser. It must come to an end without a panic,
// every cell that is open must be doubted, and the result must survive its JSON form.
func FuzzRecognise(f *testing.F) {
	for _, layout := range sample.Layouts() {
		s, _ := sample.Render(sample.New(1, report.Format2021, sample.Options{}), layout)
		f.Add(s)
	}
	s, _ := sample.Render(sample.New(2, report.Format2019, sample.Options{Blank: 0.5}), sample.GluedSpaced, sample.Misprints)
	f.Add(s)
	f.Fuzz(func(t *testing.T, s string) {
		for _, read := range []func() (*docio.Document, error){
			func() (*docio.Document, error) { return text.Read([]byte(s), docio.PlainText, docio.Limits{}) },
			func() (*docio.Document, error) { return text.Read([]byte(s), docio.Markdown, docio.Limits{}) },
			func() (*docio.Document, error) { return html.Read([]byte(s), docio.Limits{}) },
		} {
			doc, err := read()
			if err != nil {
				continue
			}
			rep, err := form.Recognise(doc)
			if err != nil {
				continue
			}
			sound(t, rep)
		}
	})
}

func sound(t *testing.T, rep *report.Report) {
	for _, tab := range rep.Tables() {
		tab.Each(func(_, _ int, path string, c *report.Cell) {
			if c.Kind == report.Unreadable && !rep.Doubted(path) {
				t.Errorf("%s is open and nobody is told", path)
			}
		})
	}
	b, err := json.Marshal(rep)
	if err != nil {
		t.Fatal(err)
	}
	var back report.Report
	err = json.Unmarshal(b, &back)
	if err != nil {
		t.Fatalf("%v\n%s", err, b)
	}
	again, err := json.Marshal(&back)
	if err != nil {
		t.Fatal(err)
	}
	if string(b) != string(again) {
		t.Errorf("JSON changed:\n%s\n%s", b, again)
	}
	form.Page(rep)
}
