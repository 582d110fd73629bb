package xlsx

import (
	"sort"

	"github.com/gongkai/gongkai/internal/docio"
)

// merged answers questions about the merged ranges of a sheet.
type merged struct {
	first  map[[2]int]merge // by the position of the first visible cell
	tall   []span           // rows tied together by merges, disjoint and sorted
	hidden map[int]int      // hidden rows are gone, and part nothing; see rawSheet
}

// newMerged indexes the merges of a sheet. A range whose first cell is hidden begins at its first visible one.
func newMerged(sh *rawSheet) *merged {
	m := &merged{first: make(map[[2]int]merge, len(sh.merges)), hidden: sh.hiddenRows}
	next := sh.nextVisible()
	for _, mr := range sh.merges {
		if next != nil {
			mr.c0 = min(next[mr.c0], mr.c1)
		}
		if at, ok := m.hidden[mr.r0]; ok {
			mr.r0 = min(at, mr.r1)
		}
		m.first[[2]int{mr.r0, mr.c0}] = mr
		if mr.r1 > mr.r0 {
			m.tall = append(m.tall, span{mr.r0, mr.r1})
		}
	}
	sort.Slice(m.tall, func(i, j int) bool { return m.tall[i].lo < m.tall[j].lo })
	out := m.tall[:0]
	for _, s := range m.tall {
		if n := len(out); n > 0 && s.lo <= out[n-1].hi {
			out[n-1].hi = max(out[n-1].hi, s.hi)
			continue
		}
		out = append(out, s)
	}
	m.tall = out
	return m
}

func (m *merged) at(row, col int) (merge, bool) {
	mr, ok := m.first[[2]int{row, col}]
	return mr, ok
}

// covers reports whether a merge ties the row to the one above it.
func (m *merged) covers(row int) bool { return m.below(row) > 0 }

// below returns the first row after the merges that tie the row to the one above it, 0 when there are none.
func (m *merged) below(row int) int {
	i := sort.Search(len(m.tall), func(i int) bool { return m.tall[i].hi >= row })
	if i < len(m.tall) && m.tall[i].lo < row {
		return m.tall[i].hi + 1
	}
	return 0
}

// nextVisible gives for each column the first visible one from it on; nil when none is hidden.
func (sh *rawSheet) nextVisible() []int {
	if sh.hidden == nil {
		return nil
	}
	next := make([]int, maxCol)
	at := maxCol - 1
	for c := maxCol - 1; c >= 0; c-- {
		if !sh.hidden[c] {
			at = c
		}
		next[c] = at
	}
	return next
}

// mark gives the cell its spans, counted in visible rows and columns, and takes the positions that it covers. A merge
// that meets a position already taken ends there, so that no position is taken twice.
func (m *merged) mark(c *docio.GridCell, mr merge, rows []row, cols []int, taken []bool) {
	w := len(cols)
	for c.Col+c.ColSpan < w && cols[c.Col+c.ColSpan] <= mr.c1 && !taken[c.Row*w+c.Col+c.ColSpan] {
		c.ColSpan++
	}
	for c.Row+c.RowSpan < len(rows) && rows[c.Row+c.RowSpan].at <= mr.r1 {
		c.RowSpan++
	}
	for i := c.Row; i < c.Row+c.RowSpan; i++ {
		for j := c.Col; j < c.Col+c.ColSpan; j++ {
			taken[i*w+j] = true
		}
	}
}
