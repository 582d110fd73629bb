package form

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gongkai/gongkai/internal/docio"
	"github.com/gongkai/gongkai/internal/fault"
	"github.com/gongkai/gongkai/internal/report"
)

// reader is the state of recognising one document.
type reader struct {
	doc    *docio.Document
	rep    *report.Report
	format *report.Format
	st     *stream
	// covered are the blocks whose grid is one of the tables; spans are the stretches of the stream that are.
	covered map[int]bool
	spans   [3]span
	leads   map[byte]rowShape
	keeps   bool // empty cells of table 3 are known to have been kept
	// gridOf is 1 + the block that holds the first grid of table 2, 3, 4; 0 when the table is no grid.
	gridOf   [3]int
	titleEnd int // rune position behind the title
	wrapAt   int // see wrapped
}

// span is a stretch of the stream; to is 0 when there is none.
type span struct{ from, to int }

// Recognise finds the statutory form in a document. The result always says what it could not read (Doubts).
// Errors: report.not_found when the document is no annual report at all.
func Recognise(doc *docio.Document) (*report.Report, error) {
	x := &reader{doc: doc, st: newStream(doc), rep: &report.Report{Notices: append([]string(nil), doc.Notices...)}, covered: map[int]bool{}}
	ev := x.evidence()
	x.format = report.V2021
	if ev.format == report.Format2019 {
		x.format = report.V2019
	}
	x.tables()
	found := len(x.rep.Tables())
	x.rep.Format = x.format.ID
	x.head()
	x.sections()
	// A title alone is no report: it may be a list of reports, or a page whose text is somewhere else.
	titled := x.rep.Title != "" && len(x.rep.Sections) > 0
	if found == 0 && len(x.rep.Sections) < 2 && !ev.older && !titled && !x.speaksOfReport() {
		return nil, fault.New(fault.NotReport, "report.not_found",
			"没有找到年度报告的标题、章节或统计表，这不像是政府信息公开工作年度报告；请核对是否选错了文件")
	}
	x.decideFormat(ev, found)
	for _, m := range []struct {
		t    *report.Table
		id   string
		name string
	}{{x.rep.Table2, "table2", "表二（主动公开政府信息情况）"}, {x.rep.Table3, "table3", "表三（收到和处理政府信息公开申请情况）"}, {x.rep.Table4, "table4", "表四（行政复议、行政诉讼情况）"}} {
		if m.t == nil {
			x.rep.Doubt(m.id, "文件里没有找到"+m.name+"；可能没有这张表，也可能是图片或在转换时丢失了", "")
		}
	}
	return x.rep, nil
}

// speaksOfReport reports whether the text calls itself an annual report on information disclosure and has a section of one.
func (x *reader) speaksOfReport() bool {
	if len(x.rep.Sections) == 0 {
		return false
	}
	for _, w := range []string{"政府信息公开年度报告", "政府信息公开工作年度报告", "政府信息公开工作报告", "政府信息公开年报"} {
		if strings.Contains(x.st.hanText, w) {
			return true
		}
	}
	return false
}

// evidence is what the words of the document say about its format.
type evidence struct {
	format report.FormatID
	sure   bool
	older  bool
}

func (x *reader) evidence() evidence {
	words := x.st.hanText
	count := func(keys ...string) int {
		n := 0
		for _, k := range keys {
			n += strings.Count(words, k)
		}
		return n
	}
	n2021 := count("本年制发件", "本年发件", "本年废止件", "现行有效件", "本年处理决定数量", "本年收费金额", "逾期不补正", "逾期未按收费通知")
	n2019 := count("本年新制作", "新制作数量", "本年新公开", "新公开数量", "对外公开总数", "上一年项目数量", "采购项目数量", "采购总金额", "其他对外管理服务事项")
	older := count("历年累计", "主动公开文件数", "对申请的答复总数", "指标名称", "计量单位", "受理依申请公开信息总数")
	ev := evidence{format: report.Format2021, older: older >= 2 && n2021 == 0 && n2019 == 0}
	if n2019 > n2021 {
		ev.format = report.Format2019
	}
	ev.sure = n2019 != n2021
	return ev
}

func (x *reader) decideFormat(ev evidence, found int) {
	switch {
	case ev.older && x.rep.Table3 == nil:
		x.rep.Format = report.FormatOlder
		x.rep.Table2, x.rep.Table4 = nil, nil
		x.rep.Doubt("format", "这是2019年以前的统计表（指标名称、历年累计等），与现行表样不同，没有按现行表样读取", "")
	case !ev.sure && found == 0 && x.rep.Year > 0 && x.rep.Year < 2019:
		x.rep.Format = report.FormatOlder
		x.rep.Doubt("format", "2019年以前的报告，没有现行表样的统计表", "")
	case !ev.sure && found == 0:
		x.rep.Doubt("format", "没有统计表，无法从表头判断格式版本，按2021年格式列出", "")
	}
}

func (x *reader) tables() {
	rows := rowsOf(x.doc)
	x.rep.Table3 = x.best(func(y *reader) *report.Table { return y.gridTable3(rows) }, (*reader).streamTable3)
	x.rep.Table2 = x.best(func(y *reader) *report.Table { return y.gridTable2(rows) }, (*reader).streamTable2)
	x.rep.Table4 = x.best(func(y *reader) *report.Table {
		if t := y.gridTable4(rows); t != nil {
			return t
		}
		return y.gridParts4(rows)
	}, (*reader).streamTable4)
}

// best reads a table from the grids. Where the grids hold it in part only, as after a bad conversion, it is read from the
// document as one text as well, and what gives more cells is taken.
func (x *reader) best(fromGrids, fromText func(*reader) *report.Table) *report.Table {
	y := x.trial()
	grid := fromGrids(y)
	if grid != nil && readable(grid) == grid.Spec.Size() {
		x.take(y)
		return grid
	}
	z := x.trial()
	text := fromText(z)
	if grid != nil && (text == nil || readable(text) <= readable(grid)) {
		x.take(y)
		return grid
	}
	x.take(z)
	return text
}

// trial is a reader of the same document that records nothing yet.
func (x *reader) trial() *reader {
	y := *x
	y.rep = &report.Report{}
	y.covered = map[int]bool{}
	return &y
}

// take takes over what a trial found beside the table.
func (x *reader) take(trial *reader) {
	x.rep.Doubts = append(x.rep.Doubts, trial.rep.Doubts...)
	x.rep.LabelNotes = append(x.rep.LabelNotes, trial.rep.LabelNotes...)
	x.rep.Notices = append(x.rep.Notices, trial.rep.Notices...)
	for b := range trial.covered {
		x.covered[b] = true
	}
	x.gridOf, x.spans, x.keeps = trial.gridOf, trial.spans, trial.keeps
}

// readable is how many cells of a table were read as something.
func readable(t *report.Table) int {
	n := 0
	for _, c := range t.Cells {
		if c.Kind != report.Absent && c.Kind != report.Unreadable {
			n++
		}
	}
	return n
}

// cover records that the grid of a block is part of table 2, 3 or 4 (which = 0, 1, 2).
func (x *reader) cover(which, block int) {
	x.covered[block] = true
	if x.gridOf[which] == 0 {
		x.gridOf[which] = block + 1
	}
}

// set stores a cell; a why makes it a doubt.
func (x *reader) set(t *report.Table, k, j int, c report.Cell, why string) {
	*t.At(k, j) = c
	u := t.Spec.Rows[k].Fields[j].Unit
	switch {
	case why != "":
		read := ""
		if c.Kind == report.Number {
			c.Note = ""
			read = c.Text(u)
		}
		x.rep.Doubt(t.Spec.Path(k, j), why, read)
	case c.Kind == report.Unreadable:
		x.rep.Doubt(t.Spec.Path(k, j), "原文此格无法辨认", "")
	}
}

// setRow stores numbers for a whole row, all with the same doubt if there is one.
func (x *reader) setRow(t *report.Table, k int, vals []int64, why string) {
	for j, v := range vals {
		x.set(t, k, j, report.Num(v), why)
	}
}

// rowUnreadable marks all cells of a row as seen but open.
func (x *reader) rowUnreadable(t *report.Table, k int, why string) {
	for j := range t.Spec.Rows[k].Fields {
		x.set(t, k, j, report.Cell{Kind: report.Unreadable}, why)
	}
}

// missingRows records rows of the form that the table does not have.
func (x *reader) missingRows(t *report.Table, seen map[string]bool) {
	for k, r := range t.Spec.Rows {
		if !seen[r.Key] {
			x.rep.Doubt(t.Spec.ID+"."+r.Key, fmt.Sprintf("没有找到“%s%s”这一行", r.Item, r.Label), "")
			for j := range r.Fields {
				*t.At(k, j) = report.Cell{Kind: report.Absent}
			}
		}
	}
}

// noteLabel records a label whose fixed words were changed.
func (x *reader) noteLabel(spec *report.TableSpec, k int, printed, original string) {
	row := spec.Rows[k]
	fixed := fixedWords(spec, row.Key)
	if strings.Contains(printed, fixed) || spec.ID == "table2" {
		return
	}
	x.rep.LabelNotes = append(x.rep.LabelNotes, report.LabelNote{
		Path: spec.ID + "." + row.Key, Printed: strings.ReplaceAll(oneLine(original), " ", ""), Fixed: row.Item + row.Label})
}

// spec3 chooses the shape of table 3 by the keys of the rows met: (六) as three rows or as one, as the file has it.
func (x *reader) spec3(keys []string) *report.TableSpec {
	switch {
	case slices.Contains(keys, "other.correction_overdue"), slices.Contains(keys, "other.fee_overdue"):
		return report.V2021.Table3
	case slices.Contains(keys, "other"):
		return report.V2021.Table3Merged
	default:
		return x.format.Table3
	}
}
