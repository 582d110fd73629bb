package docx

// paraProps reads the properties of a paragraph.
func (r *reader) paraProps() {
	p := r.para()
	s := r.s
	for depth := s.Depth(); s.Next() && s.Depth() >= depth; {
		if p == nil || s.Kind != startKind {
			continue
		}
		switch string(r.local()) {
		case "pStyle":
			p.style = s.Attr("val")
		case "outlineLvl":
			p.outline = s.Int("val", -1)
		case "numPr":
			p.num.set = true
		case "numId":
			p.num.id = s.Attr("val")
		case "ilvl":
			p.num.level = s.Int("val", 0)
		case "rPr":
			r.markProps(p)
		case "pPrChange", "sectPr", "tabs", "pBdr":
			s.Skip()
		}
	}
}

// markProps reads the properties of the paragraph mark: only whether it was inserted or deleted matters.
func (r *reader) markProps(p *para) {
	s := r.s
	for depth := s.Depth(); s.Next() && s.Depth() >= depth; {
		if s.Kind != startKind {
			continue
		}
		switch string(r.local()) {
		case "del", "moveFrom":
			p.deleted, r.seen.changes = true, true
		case "ins", "moveTo":
			r.seen.changes = true
		case "rPrChange":
			s.Skip()
		}
	}
}

// runProps reads the properties of a run: only what hides its text matters.
func (r *reader) runProps() {
	s := r.s
	for depth := s.Depth(); s.Next() && s.Depth() >= depth; {
		if s.Kind != startKind {
			continue
		}
		switch string(r.local()) {
		case "vanish":
			r.run0.hidden = on(s.Attr("val"))
		case "strike", "dstrike":
			r.run0.struck = on(s.Attr("val"))
		case "rStyle":
			r.run0.hidden = r.styles.resolve(s.Attr("val")).hidden
		case "rPrChange":
			s.Skip()
		}
	}
	if p := r.para(); p != nil {
		p.savedRun = r.run0
	}
}

// on reads a switch: an element without a value is on.
func on(val string) bool { return val != "0" && val != "false" && val != "off" }
