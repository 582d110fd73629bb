package xlsx

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
	"pgregory.net/rapid"

	"github.com/gongkai/gongkai/internal/docio"
	"github.com/gongkai/gongkai/internal/testkit/printed"
)

func written(t interface{ Fatal(...any) }, p *docio.Page) []byte {
	var b bytes.Buffer
	err := Write(&b, p)
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// opened returns the workbook and where each text stands.
func opened(t *testing.T, file []byte) (*excelize.File, map[string]string) {
	f, err := excelize.OpenReader(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		err := f.Close()
		if err != nil {
			t.Error(err)
		}
	})
	rows, err := f.GetRows(sheetName)
	if err != nil {
		t.Fatal(err)
	}
	at := map[string]string{}
	for r, row := range rows {
		for c, text := range row {
			if text == "" {
				continue
			}
			name, err := excelize.CoordinatesToCellName(c+1, r+1)
			if err != nil {
				t.Fatal(err)
			}
			at[text] = name
		}
	}
	return f, at
}

func TestCellKinds(t *testing.T) {
	table := &docio.PageTable{Widths: []float64{1, 1}}
	kinds := map[string]excelize.CellType{
		"0": excelize.CellTypeUnset, "-2": excelize.CellTypeUnset, "316.4410": excelize.CellTypeUnset, "123456789012345": excelize.CellTypeUnset,
		"1234567890123456": excelize.CellTypeSharedString, "007": excelize.CellTypeSharedString, "-0": excelize.CellTypeSharedString,
		"=1+1": excelize.CellTypeSharedString, "+3": excelize.CellTypeSharedString, "1e5": excelize.CellTypeSharedString,
		"1.": excelize.CellTypeSharedString, ".5": excelize.CellTypeSharedString, "TRUE": excelize.CellTypeSharedString,
		"2025-01-01": excelize.CellTypeSharedString, "/": excelize.CellTypeSharedString, "22（其中修订16件）": excelize.CellTypeSharedString,
	}
	for text := range kinds {
		table.Rows = append(table.Rows, docio.PageRow{Cells: []docio.PageCell{{Text: "项"}, {Text: text}}})
	}
	f, at := opened(t, written(t, &docio.Page{Elements: []docio.Element{{Table: table}}}))
	for text, want := range kinds {
		got, err := f.GetCellType(sheetName, at[text])
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if got != want {
			t.Errorf("%s: got type %d, want %d", text, got, want)
		}
		formula, err := f.GetCellFormula(sheetName, at[text])
		if err != nil || formula != "" {
			t.Errorf("%s: formula %q, %v", text, formula, err)
		}
	}
}

func TestPrintsOnA4(t *testing.T) {
	f, at := opened(t, written(t, printed.Report()))
	page, err := f.GetPageLayout(sheetName)
	if err != nil {
		t.Fatal(err)
	}
	if *page.Size != 9 || *page.Orientation != "portrait" || *page.FitToWidth != 1 {
		t.Errorf("page: size %d, %s, %d wide", *page.Size, *page.Orientation, *page.FitToWidth)
	}
	if got := f.GetSheetList(); len(got) != 1 || got[0] != "报告" {
		t.Errorf("sheets: %v", got)
	}
	props, err := f.GetDocProps()
	if err != nil {
		t.Fatal(err)
	}
	if props.Title != printed.Report().Title || props.Creator != "牡丹示范县数据局" {
		t.Errorf("properties: %q by %q", props.Title, props.Creator)
	}
	for _, text := range []string{"申请人情况", "第二十条第（一）项", "316.4410"} {
		if at[text] == "" {
			t.Errorf("%s is not in the sheet", text)
		}
	}
}

func TestWriteIsTheSameEveryTime(t *testing.T) {
	if !bytes.Equal(written(t, printed.Report()), written(t, printed.Report())) {
		t.Error("two runs differ")
	}
}

func TestOneTableNeedsNoMerges(t *testing.T) {
	p := &docio.Page{Elements: []docio.Element{{Table: &docio.PageTable{Widths: []float64{3, 1}, Rows: []docio.PageRow{
		{Cells: []docio.PageCell{{Text: "项"}, {Text: "1"}}}, {Cells: []docio.PageCell{{Text: "目"}, {Text: "2"}}},
	}}}}}
	f, _ := opened(t, written(t, p))
	merges, err := f.GetMergeCells(sheetName)
	if err != nil {
		t.Fatal(err)
	}
	if len(merges) != 0 {
		t.Errorf("got %d merged ranges", len(merges))
	}
}

func TestLongParagraphsGoOn(t *testing.T) {
	text := strings.Repeat("这是一句话。", 12000) // 72,000 units; a cell holds 32,767
	doc, err := Read(written(t, &docio.Page{Elements: []docio.Element{{Text: text}}}), docio.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	got := ""
	for _, b := range doc.Blocks {
		if b.Text != "" && !strings.HasSuffix(b.Text, "。") {
			t.Error("a part ends inside a sentence")
		}
		got += b.Text
	}
	if got != text {
		t.Errorf("read %d bytes, wrote %d", len(got), len(text))
	}
}

func TestWriteReadsBack(t *testing.T) {
	doc, err := Read(written(t, printed.Report()), docio.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	if d := printed.Diff(doc, printed.Report()); d != "" {
		t.Error(d)
	}
}

// TestWritesEveryCell checks random tables cell by cell, without a reader of free layouts in between.
func TestWritesEveryCell(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		table := printed.Table().Draw(r, "table")
		f, err := excelize.OpenReader(bytes.NewReader(written(r, &docio.Page{Elements: []docio.Element{{Table: table}}})))
		if err != nil {
			r.Fatal(err)
		}
		places, _ := table.Places()
		for _, p := range places {
			name, err := excelize.CoordinatesToCellName(p.Col+1, p.Row+2)
			if err != nil {
				r.Fatal(err)
			}
			got, err := f.GetCellValue(sheetName, name)
			if err != nil {
				r.Fatal(err)
			}
			if got != p.Text {
				r.Fatalf("%s: got %q, want %q", name, got, p.Text)
			}
		}
		err = f.Close()
		if err != nil {
			r.Fatal(err)
		}
	})
}

var errFull = errors.New("disk is full")

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errFull }

func TestWriteReportsErrors(t *testing.T) {
	if err := Write(full{}, printed.Report()); !errors.Is(err, errFull) {
		t.Errorf("got %v", err)
	}
}
