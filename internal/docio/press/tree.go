package press

import "strconv"

// tableTree adds the structure of a table and returns, for each cell, the element its text belongs to.
func (l *layout) tableTree(s *set) []*elem {
	table := l.root.add("Table")
	table.alt = s.name
	head, body := table, table
	if s.head > 0 {
		head, body = table.add("THead"), table.add("TBody")
	}
	rows := make([]*elem, s.rows())
	for r := range rows {
		if r < s.head {
			rows[r] = head.add("TR")
		} else {
			rows[r] = body.add("TR")
		}
	}
	out := make([]*elem, len(s.cells))
	for i := range s.cells {
		c := &s.cells[i]
		tag, attrs := "TD", ""
		if c.Header {
			tag = "TH"
			attrs = " /Scope /Row"
			if c.Row < s.head || s.header[c.Row] {
				attrs = " /Scope /Column"
			}
		}
		if c.RowSpan > 1 {
			attrs += " /RowSpan " + strconv.Itoa(c.RowSpan)
		}
		if c.ColSpan > 1 {
			attrs += " /ColSpan " + strconv.Itoa(c.ColSpan)
		}
		out[i] = rows[c.Row].add(tag)
		if attrs != "" {
			out[i].attrs = "/O /Table" + attrs
		}
	}
	return out
}

// number gives every element an object number and returns them in order.
func number(root *elem, next int) []*elem {
	var all []*elem
	var walk func(e *elem)
	walk = func(e *elem) {
		e.obj = next
		next++
		all = append(all, e)
		for _, k := range e.kids {
			walk(k)
		}
	}
	walk(root)
	return all
}
