package office

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/gongkai/gongkai/internal/account"
	"github.com/gongkai/gongkai/internal/agency"
	"github.com/gongkai/gongkai/internal/calendar"
	"github.com/gongkai/gongkai/internal/fault"
)

// The columns of a list of agencies, in the order in which they are written.
const (
	colName = iota
	colShort
	colKind
	colLevel
	colSuperior
	colCode
	colAuthority
	colRemedy
	colCourt
	colGroup
	colOrder
	colFrom
	colSections
	columns
)

// Headers are the columns of a list of agencies.
func Headers() []string {
	return []string{"机关全称", "简称", "类型", "层级", "上级", "统一社会信用代码", "主管部门", "复议机关", "法院", "分组", "排序", "生效日期", "股室"}
}

// aliases are other names of columns.
func aliases() map[string]int {
	return map[string]int{"机关名称": colName, "单位名称": colName, "全称": colName, "机关类型": colKind, "上级机关": colSuperior, "信用代码": colCode,
		"代码": colCode, "行政复议机关": colRemedy, "管辖法院": colCourt, "内设机构": colSections, "序号": colOrder, "启用日期": colFrom}
}

// Bounds of a list of agencies.
const (
	MaxRows     = 5000
	maxCell     = 2000 // characters
	maxColumns  = 100
	maxProblems = 500
)

// none, in a cell, empties a field; a blank cell leaves it as it is.
const none = "无"

// Row is one agency of a list. A nil field is not in the list, or blank: it stays as it is. Superior and Authority are full
// names or codes, as written.
type Row struct {
	Line     int     `json:"line"` // of the list, the headers being on the first that is not blank
	Name     string  `json:"name"`
	Short    *string `json:"short,omitempty"`
	Kind     string  `json:"kind,omitempty"`  // "" when it stays
	Level    string  `json:"level,omitempty"` // "" when it stays
	Superior string  `json:"superior,omitempty"`
	Code     *string `json:"code,omitempty"`
	// Authority, Reconsideration, Court and Group are "" when they are to be emptied.
	Authority       *string       `json:"authority,omitempty"`
	Reconsideration *string       `json:"reconsideration,omitempty"`
	Court           *string       `json:"court,omitempty"`
	Group           *string       `json:"group,omitempty"`
	Position        *int          `json:"position,omitempty"`
	From            calendar.Date `json:"from"` // no date for that of the whole list
	Sections        []string      `json:"sections,omitempty"`
	HasSections     bool          `json:"has_sections,omitempty"`
}

// Problem is something in a list that has to be put right first.
type Problem struct {
	Line  int
	Field string // the column
	Text  string // what is wrong and what to do
}

// ParseRows reads a list of agencies: headers in the first row that is not blank, columns in any order, those that nobody
// knows left out and told. Every row is either returned or has a problem.
func ParseRows(table [][]string) (rows []Row, problems []Problem) {
	head := slices.IndexFunc(table, func(cells []string) bool { return strings.TrimSpace(strings.Join(cells, "")) != "" })
	if head < 0 {
		return nil, []Problem{{1, "", "名单是空的，请按模板填写后再导入"}}
	}
	at, problems := columnsOf(table[head], head+1)
	if at[colName] < 0 {
		return nil, append(problems, Problem{head + 1, Headers()[colName], "没有“机关全称”这一列，请按模板加上"})
	}
	for i, cells := range table[head+1:] {
		line := head + 2 + i
		if strings.TrimSpace(strings.Join(cells, "")) == "" {
			continue
		}
		if len(rows) >= MaxRows {
			return rows, append(problems, Problem{line, "", fmt.Sprintf("名单超过 %d 行，请分几次导入", MaxRows)})
		}
		if len(problems) >= maxProblems {
			return rows, append(problems, Problem{line, "", "问题太多，后面的没有再看；请先改正前面的"})
		}
		row, wrong := parseRow(cells, at, line)
		if len(wrong) > 0 {
			problems = append(problems, wrong...)
			continue
		}
		rows = append(rows, row)
	}
	return rows, problems
}

// columnsOf finds the columns by their headers: -1 for one that is not there.
func columnsOf(cells []string, line int) (at [columns]int, problems []Problem) {
	for i := range at {
		at[i] = -1
	}
	known := aliases()
	for i, h := range Headers() {
		known[h] = i
	}
	for i, c := range cells {
		if i >= maxColumns {
			return at, append(problems, Problem{line, "", fmt.Sprintf("超过 %d 列，请按模板填写", maxColumns)})
		}
		key := nameKey(unguard(c))
		key, _, _ = strings.Cut(key, "(")
		col, ok := known[key]
		switch {
		case key == "":
		case !ok:
			problems = append(problems, Problem{line, clip(c), "不认识这一列，请照模板改列名或删去"})
		case at[col] >= 0:
			problems = append(problems, Problem{line, clip(c), "这一列出现了两次，请删去一列"})
		default:
			at[col] = i
		}
	}
	return at, problems
}

func clip(s string) string {
	if r := []rune(s); len(r) > 30 {
		return string(r[:30]) + "…"
	}
	return s
}

// reader reads the cells of one row.
type reader struct {
	cells []string
	at    [columns]int
	line  int
	wrong []Problem
}

func (r *reader) bad(col int, text string) {
	r.wrong = append(r.wrong, Problem{r.line, Headers()[col], text})
}

// cell is what stands in a column, "" for a blank one or one that is not there.
func (r *reader) cell(col int) string {
	if r.at[col] < 0 || r.at[col] >= len(r.cells) {
		return ""
	}
	c := strings.TrimSpace(unguard(r.cells[r.at[col]]))
	if !utf8.ValidString(c) || utf8.RuneCountInString(c) > maxCell {
		r.bad(col, fmt.Sprintf("有认不出的字符，或超过 %d 个字；请改正", maxCell))
		return ""
	}
	return c
}

// text is a field that a blank cell leaves as it is.
func (r *reader) text(col int) *string {
	v := r.cell(col)
	switch v {
	case "":
		return nil
	case none:
		v = ""
	}
	return &v
}

// one is one of the values of a list.
func one[T ~string](r *reader, col int, all []agency.Named[T]) string {
	v := r.cell(col)
	if v == "" {
		return ""
	}
	found, ok := agency.ValueOf(all, v)
	if !ok {
		r.bad(col, fmt.Sprintf("“%s”不在可选的里面，请填：%s", clip(v), choices(all)))
	}
	return string(found)
}

func parseRow(cells []string, at [columns]int, line int) (Row, []Problem) {
	r := &reader{cells: cells, at: at, line: line}
	row := Row{Line: line, Name: r.cell(colName), Short: r.text(colShort), Superior: r.cell(colSuperior), Code: r.text(colCode),
		Authority: r.text(colAuthority), Reconsideration: r.text(colRemedy), Court: r.text(colCourt), Group: r.text(colGroup)}
	if row.Name == "" && len(r.wrong) == 0 {
		r.bad(colName, "没有填机关全称，请补上；不要这一行就整行删去")
	}
	row.Kind, row.Level = one(r, colKind, agency.KindNames()), one(r, colLevel, agency.LevelNames())
	if row.Code != nil {
		code := strings.ToUpper(nameKey(*row.Code))
		row.Code = &code
		if err := agency.CheckCode(code); err != nil {
			r.bad(colCode, fault.Message(err))
		}
	}
	if v := r.cell(colOrder); v != "" {
		n, err := strconv.Atoi(v)
		if err != nil || n < 0 || n > 1_000_000 {
			r.bad(colOrder, fmt.Sprintf("“%s”不是序号，请填整数", clip(v)))
		}
		row.Position = &n
	}
	if v := r.cell(colFrom); v != "" {
		d, err := parseDay(v)
		if row.From = d; err != nil {
			r.bad(colFrom, fmt.Sprintf("“%s”不是日期，请写成 2026-01-31", clip(v)))
		}
	}
	if v := r.cell(colSections); v != "" {
		row.HasSections = true
		row.Sections, v = splitSections(v)
		if v != "" {
			r.bad(colSections, v)
		}
	}
	return row, r.wrong
}

// parseDay reads 2026-01-31, and the forms that spreadsheets turn it into: 2026/1/31, 2026年1月31日.
func parseDay(s string) (calendar.Date, error) {
	parts := strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune("-/.年月日", r) })
	if len(parts) != 3 {
		return calendar.ParseDate(s)
	}
	for i, p := range parts {
		if n, err := strconv.Atoi(p); err == nil && i > 0 && n < 10 && len(p) == 1 {
			parts[i] = "0" + p
		}
	}
	return calendar.ParseDate(strings.Join(parts, "-"))
}

func splitSections(v string) (names []string, wrong string) {
	if v == none {
		return nil, ""
	}
	for name := range strings.FieldsFuncSeq(v, func(r rune) bool { return r == '；' || r == ';' || r == '、' || r == '\n' }) {
		name = strings.TrimSpace(name)
		switch {
		case name == "":
		case utf8.RuneCountInString(name) > maxSection:
			return nil, fmt.Sprintf("股室“%s”超过 %d 个字；几个股室之间用“；”隔开", clip(name), maxSection)
		case !slices.ContainsFunc(names, func(n string) bool { return nameKey(n) == nameKey(name) }):
			names = append(names, name)
		}
	}
	return names, ""
}

func choices[T ~string](all []agency.Named[T]) string {
	var names []string
	for _, n := range all {
		names = append(names, n.Name)
	}
	return strings.Join(names, "、")
}

// guard keeps a spreadsheet from taking a cell for a formula; unguard takes that away again.
func guard(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r'", rune(s[0])) {
		return "'" + s
	}
	return s
}

func unguard(s string) string {
	if len(s) > 1 && s[0] == '\'' && strings.ContainsRune("=+-@\t\r'", rune(s[1])) {
		return s[1:]
	}
	return s
}

// maxCSV bounds a list that is read, in bytes.
const maxCSV = 8 << 20

// ReadCSV reads a list in UTF-8, with or without a mark at its beginning, separated by commas or tabs. Errors: fault.Usage, fault.TooLarge.
func ReadCSV(data []byte) ([][]string, error) {
	if len(data) > maxCSV {
		return nil, fault.New(fault.TooLarge, "office.csv_large", fmt.Sprintf("名单文件超过 %d MB，请分几次导入", maxCSV>>20))
	}
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	if !utf8.Valid(data) {
		return nil, fault.New(fault.Usage, "office.csv_encoding", "名单文件不是 UTF-8 编码，请在表格软件里另存为“CSV UTF-8”再导入")
	}
	r := csv.NewReader(bytes.NewReader(data))
	r.FieldsPerRecord = -1
	if first, _, _ := bytes.Cut(data, []byte("\n")); bytes.Contains(first, []byte("\t")) && !bytes.Contains(first, []byte(",")) {
		r.Comma = '\t'
	}
	var out [][]string
	for {
		rec, err := r.Read()
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			line := 0
			if p := (*csv.ParseError)(nil); errors.As(err, &p) {
				line = p.Line
			}
			return nil, fault.Wrap(fault.Usage, "office.csv", fmt.Sprintf("名单第 %d 行读不下去，多半是引号不成对；请改正后再导入", line), err)
		}
		// Blank lines are no records; keep the numbers that people see.
		for at, _ := r.FieldPos(0); len(out) < at-1 && len(out) < MaxRows*4; {
			out = append(out, nil)
		}
		out = append(out, rec)
	}
}

// WriteCSV writes a list so that spreadsheets read it: UTF-8 with a mark, no cell that is taken for a formula.
func WriteCSV(w io.Writer, table [][]string) error {
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return fmt.Errorf("office: %w", err)
	}
	out := csv.NewWriter(w)
	out.UseCRLF = true
	for _, cells := range table {
		safe := make([]string, len(cells))
		for i, c := range cells {
			safe[i] = guard(c)
		}
		if err := out.Write(safe); err != nil {
			return fmt.Errorf("office: %w", err)
		}
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return fmt.Errorf("office: %w", err)
	}
	return nil
}

// Export writes the tree of a day as a list that ParseRows reads: headers first, then what the actor may see. Dates are left
// blank, so that a list that was edited holds from the day that is chosen when it is read again. No date is today.
func (s *Service) Export(ctx context.Context, by account.Actor, on calendar.Date) (table [][]string, err error) {
	err = s.view(ctx, by, func(w *work) error {
		if on.IsZero() {
			on = w.today
		}
		t, err := w.reg.tree(on)
		if err != nil {
			return err
		}
		table = append(table, Headers())
		names := map[string]int{}
		for _, a := range t.Below("") {
			names[nameKey(a.Name)]++
		}
		for _, a := range t.Below("") {
			if w.sees(a.Agency) {
				table = append(table, exportRow(t, a, names))
			}
		}
		return nil
	})
	return table, err
}

func exportRow(t *agency.Tree, a agency.Agency, names map[string]int) []string {
	name := func(id agency.ID) string {
		up, _ := t.Get(id)
		if up.Code != "" && names[nameKey(up.Name)] > 1 {
			return up.Code
		}
		return up.Name
	}
	var sections []string
	for _, s := range t.Sections(a.Agency) {
		sections = append(sections, s.Name)
	}
	cells := make([]string, columns)
	cells[colName], cells[colShort], cells[colCode] = a.Name, a.Short, a.Code
	cells[colKind], cells[colLevel] = agency.NameOf(agency.KindNames(), a.Kind), agency.NameOf(agency.LevelNames(), a.Level)
	cells[colSuperior], cells[colAuthority] = name(a.Superior), name(a.Authority)
	cells[colRemedy], cells[colCourt], cells[colGroup] = a.Reconsideration, a.Court, a.Group
	cells[colOrder], cells[colSections] = strconv.Itoa(a.Position), strings.Join(sections, "；")
	return cells
}
