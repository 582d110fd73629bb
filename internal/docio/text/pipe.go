package text

import (
	"strings"

	"github.com/gongkai/gongkai/internal/docio"
)

// pipeTable reads the pipe table that begins at lines[at], as WriteMarkdown and other programs write it: a row, a
// delimiter row, and rows that all have as many cells as these. no is the number of the first line. It returns the
// grid and how many lines were looked at. The grid is nil when what stands there is no such table, so that rows of uneven
// length, whose values could belong to any column, are never given one in silence; the lines are then lines of text, and
// no table begins among them: looking again at each would take the square of their number.
func pipeTable(lines []string, at, no, maxCells int) (grid *docio.Grid, n int) {
	if at+1 >= len(lines) || !delimiterRow(lines[at+1]) {
		return nil, 0
	}
	cols := len(pipeCells(lines[at+1]))
	b := docio.NewBuilder(maxCells)
	for i := at; i < len(lines); i++ {
		if i == at+1 {
			n++
			continue
		}
		line := strings.TrimSpace(lines[i])
		if !strings.HasPrefix(line, "|") {
			break
		}
		cells := pipeCells(line)
		if len(cells) != cols {
			return nil, n // 0 when it is the head that does not fit
		}
		b.Row()
		for _, c := range cells {
			b.Cell(c, 1, 1, docio.Pos{Line: no + i - at})
		}
		n++
		if b.Over() {
			return nil, n
		}
	}
	return b.Grid(), n
}

// delimiterRow reports whether a line is the second one of a pipe table, such as | --- | :-: |.
func delimiterRow(line string) bool {
	line = strings.TrimSpace(line)
	if len(line) < 3 || line[0] != '|' || line[len(line)-1] != '|' {
		return false
	}
	for cell := range strings.SplitSeq(line[1:len(line)-1], "|") {
		cell = strings.TrimSpace(cell)
		cell = strings.TrimSuffix(strings.TrimPrefix(cell, ":"), ":")
		if cell == "" || strings.Trim(cell, "-") != "" {
			return false
		}
	}
	return true
}

// pipeCells splits a row at the bars that no backslash stands before, takes escapes away and turns <br> into a line
// break.
func pipeCells(line string) []string {
	line = strings.TrimPrefix(strings.TrimSpace(line), "|")
	var cells []string
	start := 0
	add := func(end int) {
		cells = append(cells, cellText(strings.TrimSpace(line[start:end])))
		start = end + 1
	}
	for i := 0; i < len(line); i++ {
		switch line[i] {
		case '\\':
			i++
		case '|':
			add(i)
		}
	}
	if start < len(line) && strings.TrimSpace(line[start:]) != "" {
		add(len(line))
	}
	return cells
}

// cellText takes escapes away and turns <br> into a line break, unless it is escaped itself.
func cellText(s string) string {
	var b strings.Builder
next:
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) && punct(s[i+1]) {
			i++
			b.WriteByte(s[i])
			continue
		}
		for _, br := range []string{"<br>", "<br/>", "<br />"} {
			if strings.HasPrefix(s[i:], br) {
				b.WriteByte('\n')
				i += len(br) - 1
				continue next
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}
