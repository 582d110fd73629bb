package html

import (
	"bytes"
	"errors"
	"strings"
	"testing"

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

func TestWriteReport(t *testing.T) {
	page := string(written(t, printed.Report()))
	for want, n := range map[string]int{
		`<html lang="zh-CN">`: 1,
		"<title>牡丹示范县数据局2025年政府信息公开工作年度报告</title>": 1,
		"<h1>":        1,
		"<h2>":        6,
		"<h3>":        2,
		"<table":      3,
		"<thead>":     2,
		"@page":       1,
		"<td></td>":   1, // the blank cell
		`colspan="3"`: 11,
		`<th scope="rowgroup" rowspan="22" class="v">三、<wbr>本年<wbr>度办<wbr>理结<wbr>果</th>`: 1,
		`<th scope="colgroup" colspan="7">申请人情况</th>`:                                    1,
		`<th scope="row">规章</th>`:                         1,
		`<th scope="colgroup" colspan="4">第二十条第（五）项</th>`: 1,
		`aria-label="表三 收到和处理政府信息公开申请情况"`:                 1,
		"<script": 0,
		"http:":   0,
	} {
		if got := strings.Count(page, want); got != n {
			t.Errorf("%s: got %d times, want %d", want, got, n)
		}
	}
}

func TestWriteEscapes(t *testing.T) {
	p := &docio.Page{Title: `</title><script>`, Author: `"x"`, Elements: []docio.Element{
		{Text: "<img src=x>"}, {Table: &docio.PageTable{Name: `"><b>`, Rows: []docio.PageRow{{Cells: []docio.PageCell{{Text: "</td><i>"}}}}}},
	}}
	page := string(written(t, p))
	for _, bad := range []string{"<script", "<img", "<b>", "<i>", `""`} {
		if strings.Contains(page, bad) {
			t.Errorf("%s was not escaped", bad)
		}
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
	if len(doc.Notices) > 0 {
		t.Errorf("our own page is read with notices: %v", doc.Notices)
	}
	rapid.Check(t, func(t *rapid.T) {
		p := printed.Page().Draw(t, "page")
		doc, err := Read(written(t, p), docio.Limits{})
		if err != nil {
			t.Fatal(err)
		}
		if d := printed.Diff(doc, p); d != "" {
			t.Fatal(d)
		}
	})
}

type full struct{ room int }

var errFull = errors.New("disk is full")

func (f *full) Write(b []byte) (int, error) {
	if len(b) > f.room {
		return 0, errFull
	}
	f.room -= len(b)
	return len(b), nil
}

func TestWriteReportsErrors(t *testing.T) {
	for _, room := range []int{0, 5000} {
		err := Write(&full{room}, printed.Report())
		if !errors.Is(err, errFull) {
			t.Errorf("room for %d bytes: got %v", room, err)
		}
	}
}
