package xlsx

import (
	"bytes"
	"sort"
	"strconv"

	"github.com/gongkai/gongkai/internal/docio"
	"github.com/gongkai/gongkai/internal/docio/opc"
)

// The size of a sheet in Excel.
const (
	maxRow = 1 << 20
	maxCol = 1 << 14
)

// rawSheet is what was read of one sheet, before it is laid out. Rows and columns are from 0, as in the file.
type rawSheet struct {
	rows   []row
	hidden []bool // by column, as far as columns are hidden
	merges []merge

	hiddenRows map[int]int // hidden row: the next visible one
}

type row struct {
	at     int
	hidden bool
	cells  []cell // with text or a border, by column
}

type cell struct {
	col    int
	text   string
	border bool
}

type span struct{ lo, hi int }

// merge is a merged range.
type merge struct{ r0, c0, r1, c1 int }

func (r *reader) sheet(ref sheetRef, page int) error {
	s, err := r.scan(ref.part)
	if err != nil {
		return err
	}
	sh := &rawSheet{hiddenRows: map[int]int{}}
	for s.Next() {
		if s.Kind != opc.Start {
			continue
		}
		switch opc.Local(s.Name) {
		case "col":
			sh.column(s)
		case "row":
			err = r.row(sh, s)
		case "mergeCell":
			err = r.merge(sh, s.Attr("ref"))
		case "extLst", "conditionalFormatting", "dataValidations", "sheetViews", "hyperlinks":
			s.Skip()
		}
		if err != nil {
			return err
		}
	}
	err = r.done(s)
	if err != nil {
		return err
	}
	if !sort.SliceIsSorted(sh.rows, func(i, j int) bool { return sh.rows[i].at < sh.rows[j].at }) {
		sort.SliceStable(sh.rows, func(i, j int) bool { return sh.rows[i].at < sh.rows[j].at })
	}
	return r.layOut(sh, docio.Pos{Page: page, Sheet: ref.name})
}

func (sh *rawSheet) column(s *opc.Scanner) {
	width, sized := s.Lookup("width")
	if !truth(s.Attr("hidden")) && !(sized && width == "0") {
		return
	}
	if sh.hidden == nil {
		sh.hidden = make([]bool, maxCol)
	}
	for c := max(s.Int("min", 1), 1) - 1; c < min(s.Int("max", 1), maxCol); c++ {
		if sh.hidden[c] {
			break // ranges do not overlap; a file in which they do may not cost more
		}
		sh.hidden[c] = true
	}
}

func (sh *rawSheet) colHidden(c int) bool { return sh.hidden != nil && sh.hidden[c] }

func truth(v string) bool { return v == "1" || v == "true" }

func (r *reader) merge(sh *rawSheet, ref string) error {
	if len(sh.merges) >= r.lim.Cells {
		return docio.ErrTooLarge("合并单元格过多")
	}
	a, b, _ := bytes.Cut([]byte(ref), []byte(":"))
	r0, c0, ok0 := position(a)
	r1, c1, ok1 := position(b)
	if ok0 && ok1 && r1 >= r0 && c1 >= c0 && (r1 > r0 || c1 > c0) {
		sh.merges = append(sh.merges, merge{r0, c0, r1, c1})
	}
	return nil
}

// position reads a reference like AB12.
func position(ref []byte) (row, col int, ok bool) {
	i := 0
	for i < len(ref) {
		c := ref[i] &^ 0x20 // upper case
		if c < 'A' || c > 'Z' || col > maxCol {
			break
		}
		col = col*26 + int(c-'A') + 1
		i++
	}
	if i == 0 || i == len(ref) {
		return 0, 0, false
	}
	for ; i < len(ref); i++ {
		if ref[i] < '0' || ref[i] > '9' || row > maxRow {
			return 0, 0, false
		}
		row = row*10 + int(ref[i]-'0')
	}
	return row - 1, col - 1, row >= 1 && row <= maxRow && col <= maxCol
}

// row reads a <row>. Positions that are not written follow from those before.
func (r *reader) row(sh *rawSheet, s *opc.Scanner) error {
	at := 0
	if n := len(sh.rows); n > 0 {
		at = sh.rows[n-1].at + 1
	}
	at = s.Int("r", at+1) - 1
	if at < 0 || at >= maxRow {
		return docio.ErrTruncated(docio.XLSX, opc.ErrXML)
	}
	ht, sized := s.Lookup("ht")
	rw := row{at: at, hidden: truth(s.Attr("hidden")) || sized && ht == "0"}
	next, sorted := 0, true
	for depth := s.Depth(); s.Next() && s.Depth() >= depth; {
		if s.Kind != opc.Start || opc.Local(s.Name) != "c" {
			continue
		}
		c, err := r.cell(s, next)
		if err != nil {
			return err
		}
		sorted = sorted && c.col >= next
		next = c.col + 1
		if c.text == "" && !c.border {
			continue
		}
		err = r.spend(1)
		if err != nil {
			return err
		}
		rw.cells = append(rw.cells, c)
	}
	if !sorted {
		sort.SliceStable(rw.cells, func(i, j int) bool { return rw.cells[i].col < rw.cells[j].col })
	}
	// Rows are kept only for what is in them; sheets are formatted down to their last row at times.
	if len(rw.cells) > 0 {
		sh.rows = append(sh.rows, rw)
	} else if n := len(sh.rows); n == 0 || sh.rows[n-1].at != at {
		sh.rows = append(sh.rows, rw)
		return r.spend(1)
	}
	return nil
}

// spend counts cells and positions of grids, over all sheets: a small file can ask for very many.
func (r *reader) spend(n int) error {
	r.cells += n
	if r.cells > 4*r.lim.Cells {
		return docio.ErrTooLarge("单元格过多")
	}
	return nil
}

// cell reads a <c>.
func (r *reader) cell(s *opc.Scanner, next int) (cell, error) {
	c := cell{col: next}
	if ref, ok := s.Raw("r"); ok {
		_, col, ok := position(ref)
		if ok {
			c.col = col
		}
	}
	if c.col >= maxCol {
		return c, docio.ErrTruncated(docio.XLSX, opc.ErrXML)
	}
	style := s.Int("s", 0)
	typ, _ := s.Raw("t")
	kind := string(typ)
	c.border = r.styles.bordered(style)
	var value []byte
	var err error
	formula, valued := false, false
	for depth := s.Depth(); s.Next() && s.Depth() >= depth; {
		if s.Kind != opc.Start {
			continue
		}
		switch opc.Local(s.Name) {
		case "v":
			valued = true
			for inner := s.Depth(); s.Next() && s.Depth() >= inner; {
				value = s.AppendText(value)
			}
		case "f":
			formula = true
			s.Skip()
		case "is":
			c.text, err = r.rich(s)
			if err != nil {
				return c, err
			}
		}
	}
	if formula && !valued {
		r.seen.stale++
	}
	if len(value) > 0 {
		c.text = r.value(kind, style, string(value))
	}
	// Counted for each cell: one long text or format may stand in very many.
	r.bytes += len(c.text)
	if r.bytes > r.lim.Text {
		return c, docio.ErrTooLarge("文字过多")
	}
	return c, nil
}

// value is a stored value as its cell shows it.
func (r *reader) value(kind string, style int, v string) string {
	switch kind {
	case "s":
		i, err := strconv.Atoi(v)
		if err != nil || i < 0 || i >= len(r.shared) {
			return ""
		}
		return r.shared[i]
	case "str", "inlineStr", "e", "d":
		return clean(v)
	case "b":
		if v == "1" {
			return "TRUE"
		}
		return "FALSE"
	}
	shown, zero := r.styles.show(style, v)
	if zero {
		r.seen.zeros++
	}
	return shown
}
