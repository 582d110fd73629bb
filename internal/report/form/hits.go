package form

import "sort"

// A report is far shorter than these, in characters and in places of one label. Beyond them misprints are looked for near the
// labels found only, and of very many places the last ones count, so that the work stays in proportion to the text.
const (
	longText   = 40_000
	nearLabels = 3_000
	mostPlaces = 1_000
)

// hits collects the places of all labels between two character indexes.
func (s *stream) hits(labels []label, lo, hi int) []hit {
	var out []hit
	var missing []int
	for j := range labels {
		n := len(out)
		out = s.exactHits(out, j, &labels[j], lo, hi)
		if len(out) == n && !labels[j].short {
			missing = append(missing, j)
		}
	}
	if hi-lo > longText {
		lo, hi = nearHits(out, lo, hi)
	}
	for _, j := range missing {
		key := []rune(labels[j].keys[0])
		for _, a := range s.approx(key, lo, hi, max(1, len(key)*3/10)) {
			out = append(out, hit{label: j, from: a[0], to: a[1], weight: s.weigh(a[1], float64(min(len(key), 14)-2*a[2]))})
		}
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].from < out[j].from })
	return out
}

// exactHits appends the places at which a label stands as the form or the list of its other forms has it.
func (s *stream) exactHits(out []hit, j int, l *label, lo, hi int) []hit {
	n := len(out)
	for _, k := range l.keys {
		size := len(k) / 3
		places := s.find(k, lo, hi)
		for _, at := range places[max(0, len(places)-mostPlaces):] {
			if l.short && !s.standsAlone(at+size) || covered(out[n:], at, at+size) {
				continue
			}
			from := s.wholeStart(l.keys[0], k, at)
			out = append(out, hit{label: j, from: from, to: at + size, weight: s.weigh(at+size, float64(min(size, 14)))})
		}
	}
	return out
}

// nearHits is the stretch around the labels found, empty when there are none or when it is no shorter than a report.
func nearHits(found []hit, lo, hi int) (from, to int) {
	if len(found) == 0 {
		return lo, lo
	}
	from, to = hi, lo
	for _, h := range found {
		from, to = min(from, h.from), max(to, h.to)
	}
	from, to = max(lo, from-nearLabels), min(hi, to+nearLabels)
	if to-from > longText {
		from = to - longText
	}
	return from, to
}

func covered(hits []hit, from, to int) bool {
	for _, h := range hits {
		if from >= h.from && to <= h.to {
			return true
		}
	}
	return false
}
