package sample

import (
	"math/rand/v2"
	"strconv"

	"github.com/gongkai/gongkai/internal/report"
)

// upTo is the largest figure of one result cell at a scale.
func upTo(s Scale) int64 {
	switch s {
	case AllZero:
		return 0
	case Small, OneDigit:
		return 3
	case Medium:
		return 90
	default:
		return 4800
	}
}

// some returns 0 with the given chance, else a number from 1 to limit with small ones more frequent.
func some(rng *rand.Rand, limit int64, zero float64) int64 {
	if limit <= 0 || rng.Float64() < zero {
		return 0
	}
	return 1 + int64(rng.Float64()*rng.Float64()*float64(limit))
}

func fillTable2(rng *rand.Rand, r *report.Report, f *report.Format, s Scale) {
	t := report.NewTable(f.Table2)
	r.Table2 = t
	limit := map[Scale]int64{AllZero: 0, OneDigit: 8, Small: 30, Medium: 2500, Large: 3_000_000}[s]
	for i, row := range f.Table2.Rows {
		for j, field := range row.Fields {
			*t.At(i, j) = cell2(rng, field, limit, s, len(row.Fields) == 3)
		}
	}
}

func cell2(rng *rand.Rand, f report.Field, limit int64, s Scale, triple bool) report.Cell {
	switch f.Unit {
	case report.WanYuan:
		return fee(rng, s)
	case report.Amount:
		return amount(rng, s)
	case report.Change:
		n := some(rng, min(limit, 60), 0.5)
		if rng.IntN(3) == 0 {
			n = -n
		}
		return report.Num(n)
	default:
		if triple {
			limit = min(limit, 900)
		}
		return report.Num(some(rng, limit, 0.3))
	}
}

// fee is a sum in 万元 with 0, 1, 2, 3, 4 or 6 printed decimals, as they occur.
func fee(rng *rand.Rand, s Scale) report.Cell {
	whole := map[Scale]int64{AllZero: 0, OneDigit: 9, Small: 90, Medium: 8000, Large: 400_000}[s]
	places := []int{0, 1, 2, 3, 4, 6}[rng.IntN(6)]
	fen := some(rng, whole, 0.3) * report.FenPerWan
	if fen > 0 {
		step := int64(report.FenPerWan)
		for range places {
			step /= 10
		}
		fen += rng.Int64N(report.FenPerWan/step) * step
	} else {
		places = 0
	}
	c := report.Cell{Kind: report.Number, N: fen, Decimals: uint8(places)}
	c.Raw = report.WanString(fen, c.Decimals)
	return c
}

// amount is a purchase sum in one of the writings found: bare, 元 with and without decimals, 万元.
func amount(rng *rand.Rand, s Scale) report.Cell {
	n := some(rng, map[Scale]int64{AllZero: 0, OneDigit: 9, Small: 90_000, Medium: 5_000_000, Large: 90_000_000}[s], 0.3)
	text := strconv.FormatInt(n, 10)
	if n == 0 {
		return report.ParseAmount("0")
	}
	switch rng.IntN(4) {
	case 0:
	case 1:
		text += "元"
	case 2:
		text += "." + strconv.Itoa(10+rng.IntN(90)) + "元"
	default:
		text = report.WanString(n*100, 2) + "万元"
	}
	return report.ParseAmount(text)
}

// fillTable3 draws the results of each applicant column first and derives 新收, so that all relations hold.
func fillTable3(rng *rand.Rand, r *report.Report, f *report.Format, s Scale, merged bool) {
	spec := f.Table3
	if merged && f.Table3Merged != nil {
		spec = f.Table3Merged
	}
	t := report.NewTable(spec)
	r.Table3 = t
	for i := range spec.Rows {
		for c := range report.Columns3 {
			*t.At(i, c) = report.Num(0)
		}
	}
	first, last := spec.RowIndex("granted"), spec.RowIndex("total")-1
	for c := range report.ColTotal {
		var handled int64
		limit, zero := upTo(s), 0.8
		if c == report.ColNaturalPerson {
			zero = 0.4
		} else {
			limit /= 12
			if s == OneDigit || s == Small {
				limit = upTo(s) / 2
			}
		}
		for i := first; i <= last; i++ {
			n := some(rng, limit, zero)
			if s == OneDigit && handled+n > 6-int64(c) {
				n = 0
			}
			if s == OneDigit && c > 1 {
				n = 0
			}
			*t.At(i, c) = report.Num(n)
			handled += n
		}
		out := min(some(rng, limit, 0.7), 2+limit/4)
		if s == OneDigit {
			out = 0
		}
		in := int64(0)
		if rng.IntN(2) == 0 && handled+out > 0 {
			in = rng.Int64N(1 + (handled+out)/4)
		}
		*t.Get("total", c) = report.Num(handled)
		*t.Get("carried_out", c) = report.Num(out)
		*t.Get("carried_in", c) = report.Num(in)
		*t.Get("new_received", c) = report.Num(handled + out - in)
	}
	sumRows(t)
	if s == OneDigit {
		capOneDigit(t)
	}
}

func sumRows(t *report.Table) {
	for i := range t.Spec.Rows {
		var sum int64
		for c := range report.ColTotal {
			sum += t.At(i, c).N
		}
		*t.At(i, report.ColTotal) = report.Num(sum)
	}
}

// capOneDigit empties the columns after the first when a total reached two digits.
func capOneDigit(t *report.Table) {
	for i := range t.Spec.Rows {
		if t.At(i, report.ColTotal).N < 10 {
			continue
		}
		for k := range t.Spec.Rows {
			for c := report.ColBusiness; c < report.ColTotal; c++ {
				*t.At(k, c) = report.Num(0)
			}
		}
		sumRows(t)
		return
	}
}

func fillTable4(rng *rand.Rand, r *report.Report, f *report.Format, s Scale) {
	t := report.NewTable(f.Table4)
	r.Table4 = t
	limit := map[Scale]int64{AllZero: 0, OneDigit: 1, Small: 3, Medium: 12, Large: 380}[s]
	for i := range f.Table4.Rows {
		var sum int64
		for c := range report.ColResultTotal {
			n := some(rng, limit, 0.55)
			*t.At(i, c) = report.Num(n)
			sum += n
		}
		*t.At(i, report.ColResultTotal) = report.Num(sum)
	}
}

// loosenZero puts something else where table 2 has a zero.
func loosenZero(rng *rand.Rand, c *report.Cell, o Options) {
	switch {
	case rng.Float64() < o.Slash:
		*c = report.Cell{Kind: report.Slash, Raw: "/"}
	case rng.Float64() < o.Dash:
		*c = report.Cell{Kind: report.Dash, Raw: "-"}
	case rng.Float64() < o.Words:
		*c = report.Cell{Kind: report.Words, Raw: "无"}
	case rng.Float64() < o.Blank:
		*c = report.Cell{Kind: report.Blank}
	}
}

// loosen puts blanks, strokes, words and remarks into a report that was complete.
func loosen(rng *rand.Rand, r *report.Report, o Options) {
	r.Table2.Each(func(i, j int, _ string, c *report.Cell) {
		unit := r.Table2.Spec.Rows[i].Fields[j].Unit
		if c.N == 0 && c.Raw == "0" {
			loosenZero(rng, c, o)
		}
		if c.N > 9 && i < 2 && unit == report.Count && rng.Float64() < o.Remarks {
			word := []string{"其中修订", "含自然失效", "其中联合制发"}[rng.IntN(3)]
			c.Note = "（" + word + strconv.FormatInt(1+rng.Int64N(c.N-1), 10) + "件）"
		}
	})
	for _, t := range []*report.Table{r.Table3, r.Table4} {
		t.Each(func(i, j int, _ string, c *report.Cell) {
			if c.N == 0 && rng.Float64() < o.Blank {
				*c = report.Cell{Kind: report.Blank}
			}
		})
	}
	if !o.BlankTotals {
		return
	}
	for i := range r.Table3.Spec.Rows {
		if r.Table3.Spec.Rows[i].Key != "new_received" {
			*r.Table3.At(i, report.ColTotal) = report.Cell{Kind: report.Blank}
		}
	}
}
