package checks

// sumWords are the words of one family of sums.
type sumWords struct {
	rule  string
	path  func(s *sum) string
	say   func(s *sum) string // the whole message of a broken sum, without the advice that blame adds
	place func(s *sum) string // e.g. 表三“自然人”列
}

// check turns the sums of one rule into an outcome. absent is said, under tablePath, when the table is not there.
func (w *sumWords) check(in *Input, tablePath, absent string) Outcome {
	var out Outcome
	seen := false
	sh := in.prepared()
	for i := range sh.sums {
		s := &sh.sums[i]
		if s.rule != w.rule {
			continue
		}
		seen = true
		w.judge(s, &out)
	}
	if !seen {
		out.unknown(tablePath, absent)
	}
	return out
}

func (w *sumWords) judge(s *sum, out *Outcome) {
	switch s.state {
	case holds:
		out.Passed++
	case circular:
		out.unknown(w.path(s), w.place(s)+"的等式成立，但其中"+s.grid.name(s.doubt)+"的数字是推断读出的，不能作为证据，请先核对原文")
	case unknown:
		msg := w.place(s) + "不能核算：" + s.grid.name(s.gap) + kindWords(s.grid.at(s.gap))
		if !s.hole && s.l != s.r {
			msg += "；如果没有数字的格都按 0 计，两边为 " + number(s.l) + " 和 " + number(s.r) + "，并不相等，请补填后核对"
		}
		out.unknown(w.path(s), msg)
	default:
		out.find(w.finding(s))
	}
}

func (w *sumWords) finding(s *sum) Finding {
	msg := w.say(s)
	if s.state == over {
		msg += "。其中有的格没有数字（" + s.grid.name(s.gap) + kindWords(s.grid.at(s.gap)) + "），但已填的数字已经超出"
	}
	if s.doubt >= 0 {
		msg += "。注意：" + s.grid.name(s.doubt) + "的数字读取存疑，请先与原文核对，再判断是否填错"
	}
	f := Finding{Path: w.path(s), Message: msg, Expected: s.l, Actual: s.r}
	f.Cells = make([]string, 0, len(s.left)+len(s.right))
	for _, side := range [][]int{s.left, s.right} {
		for _, i := range side {
			f.Cells = append(f.Cells, s.grid.path(i))
		}
	}
	return f
}

// between says by how much the two sides differ.
func between(s *sum) string { return "，相差 " + number(abs(s.l-s.r)) }

func columnLabel(s *sum) func(int) string {
	return func(i int) string { return rowName(&s.grid.t.Spec.Rows[i/s.grid.width]) }
}

func rowLabel(s *sum) func(int) string {
	return func(i int) string { return s.grid.t.Spec.Rows[i/s.grid.width].Fields[i%s.grid.width].Label }
}

func columnPlace(s *sum) string {
	return "表三“" + s.grid.t.Spec.Rows[0].Fields[s.line].Label + "”列"
}

const noTable3 = "报告中没有找到表三（收到和处理政府信息公开申请情况），无法核算"

const noTable4 = "报告中没有找到表四（行政复议、行政诉讼情况），无法核算"
