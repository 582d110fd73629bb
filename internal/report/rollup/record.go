package rollup

import (
	"encoding/binary"
	"hash/fnv"
	"strings"

	"github.com/gongkai/gongkai/internal/report"
)

// The tables that a record holds, in order.
const (
	tab2 = iota
	tab2Of2019
	tab3
	tab4
	tabs
)

// record is what is kept of one agency: its entry and its cells, packed. A few hundred bytes; the report itself goes.
// It is kept so that a better report of the same agency can take its place whatever the order they come in.
type record struct {
	entry     Entry
	published string
	digest    uint64
	has       [tabs]bool
	lacks     [tabs]bool
	packed    []byte
	others    []other // further reports of the same agency and year
}

// other is a further report of an agency.
type other struct {
	file   string
	digest uint64
}

// recordOf packs a report.
func recordOf(it Item) *record {
	r := it.Report
	rec := &record{published: r.Published, entry: Entry{Agency: r.Agency, Year: r.Year, Format: r.Format, File: it.File, Errors: it.Errors}}
	if rec.entry.File == "" {
		rec.entry.File = r.File
	}
	doubts := r.DoubtSet()
	rec.take(r, r.Table2, tableOf(r, tab2), doubts)
	rec.take(r, r.Table3, tab3, doubts)
	rec.take(r, r.Table4, tab4, doubts)
	h := fnv.New64a()
	h.Write(rec.packed)
	rec.digest = h.Sum64()
	return rec
}

func tableOf(r *report.Report, tab int) int {
	if r.Table2 != nil && r.Table2.Spec == report.V2019.Table2 || r.Table2 == nil && r.Format == report.Format2019 {
		return tab2Of2019
	}
	return tab
}

func (rec *record) take(r *report.Report, t *report.Table, tab int, doubts report.DoubtSet) {
	if t == nil {
		rec.lacks[tab] = r.Format != report.FormatOlder
		return
	}
	rec.has[tab] = true
	t.Each(func(i, j int, path string, c *report.Cell) {
		m := markOf(c, t.Spec.Rows[i].Fields[j].Unit, doubts.Has(path))
		if m.kind != given {
			rec.entry.NotGiven++
		}
		if m.doubted {
			rec.entry.Doubted++
		}
	})
	for _, m := range marks(t, tab, doubts) {
		rec.pack(m)
	}
}

// marks returns what the table adds to each sum of tab, in order of the sums.
func marks(t *report.Table, tab int, doubts report.DoubtSet) []mark {
	if tab != tab3 {
		var out []mark
		t.Each(func(i, j int, path string, c *report.Cell) {
			out = append(out, markOf(c, t.Spec.Rows[i].Fields[j].Unit, doubts.Has(path)))
		})
		return out
	}
	return marks3(t, doubts)
}

// marks3 brings table 3 of any form to the 25 rows of 2021 and the common row for 其他处理. A report with the single row
// adds nothing to the sub-rows, neither a number nor a gap; one with sub-rows adds their sum to the common row, or a gap
// when one of them holds no number.
func marks3(t *report.Table, doubts report.DoubtSet) []mark {
	var out []mark
	all := report.V2021.Table3
	for _, row := range all.Rows {
		i := t.Spec.RowIndex(row.Key)
		for j, f := range row.Fields {
			if i < 0 {
				out = append(out, mark{})
				continue
			}
			out = append(out, markOf(t.At(i, j), f.Unit, doubts.Has(t.Spec.Path(i, j))))
		}
	}
	if i := t.Spec.RowIndex(otherRow); i >= 0 {
		for j := range t.Spec.Rows[i].Fields {
			out = append(out, markOf(t.At(i, j), report.Count, doubts.Has(t.Spec.Path(i, j))))
		}
		return out
	}
	for j := range report.Columns3 {
		sum := mark{kind: given}
		for i, row := range t.Spec.Rows {
			if !strings.HasPrefix(row.Key, otherRow+".") {
				continue
			}
			m := markOf(t.At(i, j), report.Count, doubts.Has(t.Spec.Path(i, j)))
			sum.doubted = sum.doubted || m.doubted
			if sum.kind == given {
				sum.kind = m.kind
			}
			sum.n += m.n
		}
		if sum.kind != given {
			sum.n = 0
		}
		out = append(out, sum)
	}
	return out
}

func (rec *record) pack(m mark) {
	head := byte(m.kind)
	if m.doubted {
		head |= 0x80
	}
	if m.kind != given {
		rec.packed = append(rec.packed, head)
		return
	}
	// Small figures, the most of them, take one byte.
	if m.n >= 0 && m.n < 7 {
		rec.packed = append(rec.packed, head|byte(m.n+1)<<4)
		return
	}
	rec.packed = binary.AppendVarint(append(rec.packed, head), m.n)
}

// unpack calls f for every mark in order.
func (rec *record) unpack(f func(m mark)) {
	for b := rec.packed; len(b) > 0; {
		m := mark{kind: kind(b[0] & 0x0f), doubted: b[0]&0x80 != 0}
		small := b[0] >> 4 & 7
		b = b[1:]
		switch {
		case m.kind != given:
		case small > 0:
			m.n = int64(small) - 1
		default:
			n, k := binary.Varint(b)
			m.n, b = n, b[k:]
		}
		f(m)
	}
}

// better reports whether rec should be counted rather than old: fewer errors, then the later date of publication, then
// fewer gaps, then the first by file name and content, so that the choice never depends on the order.
func (rec *record) better(old *record) bool {
	switch {
	case rec.entry.Errors != old.entry.Errors:
		return rec.entry.Errors < old.entry.Errors
	case rec.published != old.published:
		return rec.published > old.published
	case rec.entry.NotGiven != old.entry.NotGiven:
		return rec.entry.NotGiven < old.entry.NotGiven
	case rec.entry.File != old.entry.File:
		return rec.entry.File < old.entry.File
	default:
		return rec.digest < old.digest
	}
}
