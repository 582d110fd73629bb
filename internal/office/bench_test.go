package office_test

import (
	"fmt"
	"testing"

	"github.com/gongkai/gongkai/internal/office"
)

// large is a list of some thousand agencies, three levels deep.
func large(n int) [][]string {
	table := [][]string{{"机关全称", "类型", "层级", "上级", "排序", "股室"}}
	for i := range n {
		up := "示例县人民政府"
		if i >= 100 {
			up = fmt.Sprintf("示例县%d局", i%100)
		}
		table = append(table, []string{fmt.Sprintf("示例县%d局", i), "政府部门", "县级", up, fmt.Sprint(i), "甲股；乙股"})
	}
	return table
}

// county is a site with 3000 agencies out of a list.
func county(b *testing.B, rows []office.Row) *site {
	b.Helper()
	s := newSite(b)
	p, err := s.Preview(b.Context(), s.boss(), rows, s.today(), "")
	ok(b, err)
	if len(p.Items) != len(rows) {
		b.Fatalf("%d items, problems %v", len(p.Items), p.Problems)
	}
	_, err = s.Apply(b.Context(), s.boss(), p.Digest)
	ok(b, err)
	return s
}

func rows(b *testing.B) []office.Row {
	b.Helper()
	rows, problems := office.ParseRows(large(3000))
	if len(problems) > 0 {
		b.Fatal(problems)
	}
	return rows
}

// BenchmarkImport prints what a list of 3000 agencies costs to preview and to apply, without the database.
func BenchmarkImport(b *testing.B) {
	list := rows(b)
	for b.Loop() {
		county(b, list)
	}
}

// BenchmarkRename prints what one change costs among 3000 agencies.
func BenchmarkRename(b *testing.B) {
	s := county(b, rows(b))
	n := 0
	for b.Loop() {
		n++
		ok(b, s.Rename(b.Context(), s.boss(), s.home, fmt.Sprintf("示例县第%d办", n), "", office.When{From: s.today()}))
	}
}

// BenchmarkTree prints what one look at a tree of 3000 agencies costs.
func BenchmarkTree(b *testing.B) {
	s := county(b, rows(b))
	for b.Loop() {
		_, err := s.Tree(b.Context(), s.boss(), s.today())
		ok(b, err)
	}
}
