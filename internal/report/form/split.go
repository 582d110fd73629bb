package form

import "github.com/gongkai/gongkai/internal/report"

// splits lists every way to cut glued tokens into n numbers. Borders between tokens are kept; no number starts with a
// superfluous zero. It stops at limit ways and then returns ok = false.
func splits(tokens []string, n, limit int) (ways [][]int64, ok bool) {
	total := 0
	for _, t := range tokens {
		total += len(t)
		if t == "" || !allDigits(t) {
			return nil, true
		}
	}
	if total < n || len(tokens) > n || total > 64 {
		return nil, true
	}
	cur := make([]int64, 0, n)
	ok = true
	var walk func(ti, at int)
	walk = func(ti, at int) {
		if !ok {
			return
		}
		if ti == len(tokens) {
			if len(cur) == n {
				if len(ways) >= limit {
					ok = false
					return
				}
				ways = append(ways, append([]int64(nil), cur...))
			}
			return
		}
		t := tokens[ti]
		left := len(t) - at
		for _, rest := range tokens[ti+1:] {
			left += len(rest)
		}
		if len(cur)+left < n || len(cur)+len(tokens)-ti > n {
			return
		}
		v := int64(0)
		for end := at + 1; end <= len(t) && end-at <= 9; end++ {
			v = v*10 + int64(t[end-1]-'0')
			if end-at > 1 && t[at] == '0' {
				return
			}
			cur = append(cur, v)
			if end == len(t) {
				walk(ti+1, 0)
			} else {
				walk(ti, end)
			}
			cur = cur[:len(cur)-1]
		}
	}
	walk(0, 0)
	return ways, ok
}

// rowSplits lists the ways to cut glued tokens into the seven values of a row of table 3 so that the first six add up to the
// last. exact is true when there is only one way to cut at all (seven digits), so that the sum was not needed.
func rowSplits(tokens []string) (ways [][]int64, exact bool) {
	all, ok := splits(tokens, report.Columns3, 20000)
	if !ok {
		return nil, false
	}
	if len(all) == 1 {
		return all, true
	}
	for _, w := range all {
		if addsUp(w) {
			ways = append(ways, w)
		}
	}
	return ways, false
}

// splits15 lists the ways to cut glued tokens into the fifteen values of table 4 so that each group adds up.
func splits15(tokens []string, limit int) (ways [][]int64, exact, ok bool) {
	text := ""
	border := map[int]bool{}
	for _, t := range tokens {
		if !allDigits(t) {
			return nil, false, true
		}
		text += t
		border[len(text)] = true
	}
	if len(text) < 15 || len(tokens) > 15 || len(text) > 60 {
		return nil, false, true
	}
	if len(text) == 15 {
		w := make([]int64, 15)
		for i := range w {
			w[i] = int64(text[i] - '0')
		}
		return [][]int64{w}, true, true
	}
	cur := make([]int64, 0, 15)
	ok = true
	var walk func(at int)
	walk = func(at int) {
		if !ok {
			return
		}
		if len(cur) == 15 {
			if at == len(text) {
				if len(ways) >= limit {
					ok = false
					return
				}
				ways = append(ways, append([]int64(nil), cur...))
			}
			return
		}
		if len(text)-at < 15-len(cur) {
			return
		}
		v := int64(0)
		for end := at + 1; end <= len(text) && end-at <= 7; end++ {
			v = v*10 + int64(text[end-1]-'0')
			if end-at > 1 && (text[at] == '0' || border[end-1]) {
				return
			}
			cur = append(cur, v)
			k := len(cur)
			if k%5 != 0 || cur[k-5]+cur[k-4]+cur[k-3]+cur[k-2] == cur[k-1] {
				walk(end)
			}
			cur = cur[:k-1]
		}
	}
	walk(0)
	return ways, false, ok
}

// open is a row of table 3 whose glued digits can be cut in several ways that satisfy its own sum.
type open struct {
	row  int
	ways [][]int64
}

// settle chooses among the ways of the open rows with the relations between rows: (一)…(六) add up to (七), and
// 一 + 二 = (七) + 四, column by column. It returns the choice per open row, or nil when no choice or more than one fits.
// known holds the values of the rows that are certain; a row that is neither known nor open makes its relation useless.
func settle(spec *report.TableSpec, known map[int][]int64, opens []open) [][]int64 {
	product := 1
	for _, o := range opens {
		product *= len(o.ways)
		if product == 0 || product > 200_000 {
			return nil
		}
	}
	if len(known)+len(opens) < len(spec.Rows) {
		return nil
	}
	idx := make([]int, len(opens))
	var found [][]int64
	count := 0
	for {
		if fits(spec, known, opens, idx) {
			count++
			if count > 1 {
				return nil
			}
			found = make([][]int64, len(opens))
			for i, o := range opens {
				found[i] = o.ways[idx[i]]
			}
		}
		i := 0
		for i < len(idx) {
			idx[i]++
			if idx[i] < len(opens[i].ways) {
				break
			}
			idx[i] = 0
			i++
		}
		if i == len(idx) {
			return found
		}
	}
}

func fits(spec *report.TableSpec, known map[int][]int64, opens []open, idx []int) bool {
	row := func(key string) []int64 {
		k := spec.RowIndex(key)
		for i, o := range opens {
			if o.row == k {
				return o.ways[idx[i]]
			}
		}
		return known[k]
	}
	newIn, carried, total, out := row("new_received"), row("carried_in"), row("total"), row("carried_out")
	for c := range report.Columns3 {
		if newIn[c]+carried[c] != total[c]+out[c] {
			return false
		}
	}
	first, last := spec.RowIndex("granted"), spec.RowIndex("total")
	var sums [report.Columns3]int64
	for k := first; k < last; k++ {
		v := known[k]
		for i, o := range opens {
			if o.row == k {
				v = o.ways[idx[i]]
			}
		}
		for c := range sums {
			sums[c] += v[c]
		}
	}
	for c := range sums {
		if sums[c] != total[c] {
			return false
		}
	}
	return true
}
