package pdf

import (
	"math"
)

// Values of FPDF_PAGEOBJ_*, FPDF_SEGMENT_* and FPDF_ERR_* of PDFium's C interface.
const (
	objectPath  = 2
	objectImage = 3
	objectForm  = 5

	segmentMove = 2

	errFile     = 2
	errPassword = 4
	errSecurity = 5
)

const (
	// thin is the greatest width of a ruling, in points.
	thin = 3.5
	// hugeGlyph is a height of characters that no report has.
	hugeGlyph = 45.0
	// maxFormDepth bounds how deep form objects are followed.
	maxFormDepth = 6
)

// matrix is a PDF transformation: x' = a·x + c·y + e, y' = b·x + d·y + f.
type matrix struct{ a, b, c, d, e, f float64 }

func (m matrix) apply(x, y float64) (float64, float64) {
	return m.a*x + m.c*y + m.e, m.b*x + m.d*y + m.f
}

// then returns the matrix that applies m first, then o.
func (m matrix) then(o matrix) matrix {
	return matrix{
		m.a*o.a + m.b*o.c, m.a*o.b + m.b*o.d,
		m.c*o.a + m.d*o.c, m.c*o.b + m.d*o.d,
		m.e*o.a + m.f*o.c + o.e, m.e*o.b + m.f*o.d + o.f,
	}
}

func (m matrix) box(x0, y0, x1, y1 float64) box {
	ax, ay := m.apply(x0, y0)
	bx, by := m.apply(x1, y1)
	return box{min(ax, bx), min(ay, by), max(ax, bx), max(ay, by)}
}

// extractor reads one page.
type extractor struct {
	in   *instance
	page uint64
	out  *sheet
	view matrix // from the page's own space to the sheet as displayed, y downwards
}

// extract reads page no (from 1) of an open document.
func (in *instance) extract(doc uint64, no int) *sheet {
	page := in.call("FPDF_LoadPage", doc, uint64(no-1))
	s := &sheet{no: no}
	if page == 0 {
		s.broken = true
		return s
	}
	x := &extractor{in: in, page: page, out: s}
	text := in.call("FPDFText_LoadPage", page)
	x.setView(x.turn(text))
	x.text(text)
	in.call("FPDFText_ClosePage", text)
	x.objects("FPDFPage_CountObjects", "FPDFPage_GetObject", page, x.view, 0)
	in.call("FPDF_ClosePage", page)
	return s
}

// turn returns by how many quarters, clockwise, the page must be turned for most of its text to stand upright. It is what
// the text says and not what the page says: a sheet that was turned for printing reads like any other.
func (x *extractor) turn(text uint64) int {
	const samples = 48
	in := x.in
	n := int(int32(in.call("FPDFText_CountChars", text)))
	var votes [4]int
	for i := 0; i < n; i += max(n/samples, 1) {
		if in.call("FPDFText_GetMatrix", text, uint64(i), in.at(0)) == 0 {
			continue
		}
		m := in.memory.float32s(in.scratch, 2) // a, b: the direction of the line
		switch {
		case math.Abs(m[0]) >= math.Abs(m[1]) && m[0] >= 0:
			votes[0]++
		case math.Abs(m[0]) >= math.Abs(m[1]):
			votes[2]++
		case m[1] > 0:
			votes[1]++
		default:
			votes[3]++
		}
	}
	best := 0
	for i, v := range votes {
		if v > votes[best] {
			best = i
		}
	}
	return best
}

// setView reads the visible part of the page.
func (x *extractor) setView(turn int) {
	in := x.in
	in.call("FPDF_GetPageBoundingBox", x.page, in.at(0))
	v := in.memory.float32s(in.scratch, 4) // left, top, right, bottom
	left, top, right, bottom := v[0], v[1], v[2], v[3]
	w, h := right-left, top-bottom
	switch turn {
	case 1:
		x.view = matrix{0, 1, 1, 0, -bottom, -left}
		w, h = h, w
	case 2:
		x.view = matrix{-1, 0, 0, 1, right, -bottom}
	case 3:
		x.view = matrix{0, -1, -1, 0, top, right}
		w, h = h, w
	default:
		x.view = matrix{1, 0, 0, -1, -left, top}
	}
	x.out.w, x.out.h = w, h
}

// text reads the characters of the page.
func (x *extractor) text(text uint64) {
	in := x.in
	n := int(int32(in.call("FPDFText_CountChars", text)))
	x.out.glyphs = make([]glyph, 0, max(n, 0))
	for i := 0; i < n && in.err == nil; i++ {
		r := rune(uint32(in.call("FPDFText_GetUnicode", text, uint64(i))))
		if isSpace(r) {
			continue
		}
		in.call("FPDFText_GetLooseCharBox", text, uint64(i), in.at(0))
		v := in.memory.float32s(in.scratch, 4) // left, top, right, bottom
		b := x.view.box(v[0], v[1], v[2], v[3])
		if max(b.w(), b.h()) > hugeGlyph {
			b = x.inkBox(text, i, b)
		}
		if b.w() <= 0 && b.h() <= 0 || !x.visible(b) {
			continue
		}
		in.call("FPDFText_GetCharOrigin", text, uint64(i), in.at(0), in.at(2))
		o := in.memory.float64s(in.scratch, 2)
		_, base := x.view.apply(o[0], o[1])
		x.out.addGlyph(glyph{box: b, r: r, base: base})
	}
}

// inkBox returns the box of the ink of character i where the loose box is far larger: PDFium forgets to scale the loose
// box of fonts that are set vertically.
func (x *extractor) inkBox(text uint64, i int, loose box) box {
	in := x.in
	in.call("FPDFText_GetCharBox", text, uint64(i), in.at(0), in.at(2), in.at(4), in.at(6))
	v := in.memory.float64s(in.scratch, 4) // left, right, bottom, top
	ink := x.view.box(v[0], v[2], v[1], v[3])
	if max(ink.w(), ink.h()) > 0 && 3*max(ink.w(), ink.h()) < max(loose.w(), loose.h()) {
		return ink
	}
	return loose
}

func (x *extractor) visible(b box) bool {
	return b.cx() > -1 && b.cy() > -1 && b.cx() < x.out.w+1 && b.cy() < x.out.h+1
}

// objects collects the rulings and counts the images of a page or of a form object.
func (x *extractor) objects(count, get string, owner uint64, m matrix, depth int) {
	in := x.in
	n := int(int32(in.call(count, owner)))
	for i := 0; i < n && in.err == nil; i++ {
		obj := in.call(get, owner, uint64(i))
		switch uint32(in.call("FPDFPageObj_GetType", obj)) {
		case objectPath:
			x.path(obj, m)
		case objectImage:
			x.out.images++
		case objectForm:
			if depth < maxFormDepth {
				x.objects("FPDFFormObj_CountObjects", "FPDFFormObj_GetObject", obj, x.matrixOf(obj).then(m), depth+1)
			}
		}
	}
}

func (x *extractor) matrixOf(obj uint64) matrix {
	in := x.in
	if in.call("FPDFPageObj_GetMatrix", obj, in.at(0)) == 0 {
		return matrix{a: 1, d: 1}
	}
	v := in.memory.float32s(in.scratch, 6)
	return matrix{v[0], v[1], v[2], v[3], v[4], v[5]}
}

// path turns one path object into rulings: every thin part of it, and the straight edges of what is stroked.
func (x *extractor) path(obj uint64, m matrix) {
	in := x.in
	in.call("FPDFPath_GetDrawMode", obj, in.at(0), in.at(1))
	mode := in.memory.words(in.scratch, 2)
	filled, stroked := mode[0] != 0, mode[1] != 0
	if !filled && !stroked || !x.inked(obj, stroked) {
		return
	}
	in.call("FPDFPageObj_GetBounds", obj, in.at(0), in.at(1), in.at(2), in.at(3))
	v := in.memory.float32s(in.scratch, 4) // left, bottom, right, top
	b := m.box(v[0], v[1], v[2], v[3])
	if min(b.w(), b.h()) <= thin {
		x.out.addRuling(b)
		return
	}
	x.outline(obj, x.matrixOf(obj).then(m), stroked)
}

// inked reports whether the path can be seen on white paper.
func (x *extractor) inked(obj uint64, stroked bool) bool {
	in := x.in
	name := "FPDFPageObj_GetFillColor"
	if stroked {
		name = "FPDFPageObj_GetStrokeColor"
	}
	if in.call(name, obj, in.at(0), in.at(1), in.at(2), in.at(3)) == 0 {
		return true
	}
	c := in.memory.words(in.scratch, 4)
	return c[3] > 8 && (c[0] < 250 || c[1] < 250 || c[2] < 250)
}

// outline reads the parts of a path one by one.
func (x *extractor) outline(obj uint64, m matrix, stroked bool) {
	in := x.in
	n := int(int32(in.call("FPDFPath_CountSegments", obj)))
	var part pathPart
	for i := 0; i < n && in.err == nil; i++ {
		seg := in.call("FPDFPath_GetPathSegment", obj, uint64(i))
		in.call("FPDFPathSegment_GetPoint", seg, in.at(0), in.at(1))
		v := in.memory.float32s(in.scratch, 2)
		px, py := m.apply(v[0], v[1])
		kind := uint32(in.call("FPDFPathSegment_GetType", seg))
		if kind == segmentMove {
			part.finish(x.out, stroked)
			part.begin(px, py)
			continue
		}
		if stroked && part.open {
			x.out.addRuling(pointBox(part.x, part.y, px, py))
		}
		part.extend(px, py)
		if in.call("FPDFPathSegment_GetClose", seg) != 0 && stroked {
			x.out.addRuling(pointBox(part.x, part.y, part.startX, part.startY))
		}
	}
	part.finish(x.out, stroked)
}

func pointBox(ax, ay, bx, by float64) box {
	return box{min(ax, bx), min(ay, by), max(ax, bx), max(ay, by)}
}

// pathPart is the part of a path since its last move.
type pathPart struct {
	open           bool
	bounds         box
	x, y           float64
	startX, startY float64
}

func (p *pathPart) begin(x, y float64) {
	*p = pathPart{open: true, bounds: box{x, y, x, y}, x: x, y: y, startX: x, startY: y}
}

func (p *pathPart) extend(x, y float64) {
	p.bounds = p.bounds.union(box{x, y, x, y})
	p.x, p.y = x, y
}

func (p *pathPart) finish(s *sheet, stroked bool) {
	if p.open && !stroked && min(p.bounds.w(), p.bounds.h()) <= thin {
		s.addRuling(p.bounds)
	}
}

// addRuling keeps a thin box as a line along its longer side; anything else is not a ruling.
func (s *sheet) addRuling(b box) {
	w, h := b.w(), b.h()
	switch {
	case math.IsNaN(w) || math.IsNaN(h) || max(w, h) < 2 || max(len(s.hs), len(s.vs)) >= maxStrokes:
	case h <= thin && w > 2*h:
		s.hs = append(s.hs, ruling{b.cy(), b.x0, b.x1})
	case w <= thin && h > 2*w:
		s.vs = append(s.vs, ruling{b.cx(), b.y0, b.y1})
	}
}
