// Command gen writes the archive of package demo: run it with `go generate ./internal/demo`. The same program writes the
// same reports; only the stamps inside PDF, DOCX and XLSX files may differ.
package main

import (
	"archive/zip"
	"bytes"
	"flag"
	"fmt"
	"os"
	"strings"

	"github.com/gongkai/gongkai/internal/demo"
	"github.com/gongkai/gongkai/internal/docio"
	"github.com/gongkai/gongkai/internal/filing"
	"github.com/gongkai/gongkai/internal/intake"
	"github.com/gongkai/gongkai/internal/report"
	"github.com/gongkai/gongkai/internal/testkit/sample"
)

// firstYear and lastYear are the years that the sample reports on.
const (
	firstYear = 2022
	lastYear  = 2025
)

func main() {
	out := flag.String("o", "sample.zip", "the archive to write")
	flag.Parse()
	data, err := build()
	if err == nil {
		err = os.WriteFile(*out, data, 0o600)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Printf("%s: %d bytes\n", *out, len(data))
}

// build returns the archive.
func build() ([]byte, error) {
	agencies, err := filing.ParseAgencies(demo.Agencies)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	offices := make([]*office, len(agencies))
	for i, a := range agencies {
		offices[i] = newOffice(i, a.Name)
	}
	for _, f := range demo.FormerNames() {
		offices = append(offices, newOffice(len(offices), f.Name))
	}
	for year := firstYear; year <= lastYear; year++ {
		for _, o := range offices {
			if !reports(o.name, year) {
				continue
			}
			rep := o.report(year)
			for _, v := range o.versions(rep) {
				if err := add(z, v); err != nil {
					return nil, fmt.Errorf("%s %d: %w", o.name, year, err)
				}
			}
		}
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// reports says whether there was an agency of this name to report for a year.
func reports(name string, year int) bool {
	for _, f := range demo.FormerNames() {
		if f.Name == name && year > f.Last || f.Now == name && year <= f.Last {
			return false
		}
	}
	return true
}

// version is a report with the kind of file that it is handed in as.
type version struct {
	rep  *report.Report
	kind string // a name of layouts, "scan", or what the product writes: docx, xlsx, pdf, html
	note string // stands behind the name
}

// layouts are the kinds of files that no writer of the product writes: reports as they are found. The other kinds are the
// extensions that the product writes, and "scan".
var layouts = map[string]struct {
	layout sample.Layout
	ext    string
}{
	"txt-glued": {sample.GluedSpaced, "txt"}, "txt-tabs": {sample.Tabs, "txt"}, "md-pipes": {sample.LeadingPipes, "md"},
	"html-spans": {sample.HTMLSpans, "html"}, "html-nbsp": {sample.HTMLNbsp, "html"},
}

func add(z *zip.Writer, v version) error {
	ext, data, err := v.bytes()
	if err != nil {
		return err
	}
	name := fmt.Sprintf("%s%d年政府信息公开工作年度报告%s.%s", strings.TrimPrefix(v.rep.Agency, "虚构市牡丹区"), v.rep.Year, v.note, ext)
	w, err := z.Create(name)
	if err != nil {
		return err
	}
	_, err = w.Write(data)
	return err
}

func (v version) bytes() (ext string, data []byte, err error) {
	if l, ok := layouts[v.kind]; ok {
		text, _ := sample.Render(v.rep, l.layout)
		return l.ext, []byte(text), nil
	}
	var b bytes.Buffer
	if v.kind == "scan" {
		err = intake.Write(&b, docio.PDF, v.rep)
		if err == nil {
			data, err = scan(b.Bytes())
		}
		return "pdf", data, err
	}
	err = intake.Write(&b, docio.Kind(v.kind), v.rep)
	return v.kind, b.Bytes(), err
}
