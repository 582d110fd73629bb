package report

import "github.com/gongkai/gongkai/internal/legal"

// FormatID names a version of the statutory format.
type FormatID string

// The formats. Which one a report follows is decided by the headers met in it, never by its year.
const (
	Format2021  FormatID = "2021"
	Format2019  FormatID = "2019"
	FormatOlder FormatID = "older" // before 2019: recognised, never read as something else
)

// Field is one column of a row: a cell's place.
type Field struct {
	Key   string // stable, used in paths; "" where the row has this one cell only
	Label string // the words of the column header
	Unit  Unit
}

// Row is one row of a table.
type Row struct {
	Key   string // stable, used in paths: "denied.state_secret"
	Item  string // the number that stands before the label in the form: 一、 （一） 1. ; "" for table 2 and 4
	Label string // the fixed words, without the number
	Group string // the label of the group the row belongs to, e.g. （三）不予公开; "" when none
	Basis string // the typical article of the Regulation, for help texts; "" when none
	// Fields are the row's cells from left to right.
	Fields []Field
}

// TableSpec is the shape of one table in one format.
type TableSpec struct {
	ID   string // "table2", "table3", "table4"
	Rows []Row
	// offsets of the first cell of each row, computed once
	offset []int
	size   int
	index  map[string]int
}

func newSpec(id string, rows []Row) *TableSpec {
	s := &TableSpec{ID: id, Rows: rows, index: map[string]int{}}
	for i, r := range rows {
		s.offset = append(s.offset, s.size)
		s.index[r.Key] = i
		s.size += len(r.Fields)
	}
	return s
}

// Size is the number of cells.
func (s *TableSpec) Size() int { return s.size }

// RowIndex returns the index of the row with this key, or -1.
func (s *TableSpec) RowIndex(key string) int {
	i, ok := s.index[key]
	if !ok {
		return -1
	}
	return i
}

// Path returns the stable path of a cell, e.g. "table3.denied.state_secret.business" or "table2.licences".
func (s *TableSpec) Path(row, field int) string {
	p := s.ID + "." + s.Rows[row].Key
	if k := s.Rows[row].Fields[field].Key; k != "" {
		p += "." + k
	}
	return p
}

// CellName returns the place of a cell in words a clerk uses, e.g. 表三“1.属于国家秘密”行“商业企业”列.
func (s *TableSpec) CellName(row, field int) string {
	r := s.Rows[row]
	name := map[string]string{"table2": "表二", "table3": "表三", "table4": "表四"}[s.ID]
	name += "“" + r.Item + r.Label + "”"
	if f := r.Fields[field]; f.Label != "" && len(r.Fields) > 1 {
		name += "行“" + f.Label + "”列"
	}
	return name
}

// Format is one version of the statutory form.
type Format struct {
	ID     FormatID
	Source legal.Ref
	Table2 *TableSpec
	Table3 *TableSpec
	// Table3Merged is the variant of table 3 that some offices publish in this format: (六)其他处理 as a single row.
	// It is nil where Table3 itself has the single row.
	Table3Merged *TableSpec
	Table4       *TableSpec
}

// Column indexes of table 3.
const (
	ColNaturalPerson = iota
	ColBusiness
	ColResearch
	ColPublicWelfare
	ColLegalService
	ColOther
	ColTotal
	Columns3
)

// Columns of table 4.
const (
	ColUpheld = iota
	ColCorrected
	ColOtherResult
	ColPending
	ColResultTotal
	Columns4
)

var applicantFields = []Field{
	{Key: "natural_person", Label: "自然人"},
	{Key: "business", Label: "商业企业"},
	{Key: "research", Label: "科研机构"},
	{Key: "public_welfare", Label: "社会公益组织"},
	{Key: "legal_service", Label: "法律服务机构"},
	{Key: "other", Label: "其他"},
	{Key: "total", Label: "总计"},
}

var resultFields = []Field{
	{Key: "upheld", Label: "结果维持"},
	{Key: "corrected", Label: "结果纠正"},
	{Key: "other", Label: "其他结果"},
	{Key: "pending", Label: "尚未审结"},
	{Key: "total", Label: "总计"},
}

// Group labels of table 3.
const (
	GroupResults     = "三、本年度办理结果"
	GroupDenied      = "（三）不予公开"
	GroupUnavailable = "（四）无法提供"
	GroupRejected    = "（五）不予处理"
	GroupOther       = "（六）其他处理"
)

func row3(key, item, label, group, basis string) Row {
	return Row{Key: key, Item: item, Label: label, Group: group, Basis: basis, Fields: applicantFields}
}

var (
	rows3Head = []Row{
		row3("new_received", "一、", "本年新收政府信息公开申请数量", "", ""),
		row3("carried_in", "二、", "上年结转政府信息公开申请数量", "", ""),
		row3("granted", "（一）", "予以公开", "", "第三十六条第一项、第二项"),
		row3("partial", "（二）", "部分公开（区分处理的，只计这一情形，不计其他情形）", "", "第三十七条"),
		row3("denied.state_secret", "1.", "属于国家秘密", GroupDenied, "第十四条"),
		row3("denied.prohibited_by_law", "2.", "其他法律行政法规禁止公开", GroupDenied, "第十四条"),
		row3("denied.security_stability", "3.", "危及“三安全一稳定”", GroupDenied, "第十四条"),
		row3("denied.third_party", "4.", "保护第三方合法权益", GroupDenied, "第十五条、第三十二条"),
		row3("denied.internal_affairs", "5.", "属于三类内部事务信息", GroupDenied, "第十六条第一款"),
		row3("denied.process_information", "6.", "属于四类过程性信息", GroupDenied, "第十六条第二款"),
		row3("denied.enforcement_file", "7.", "属于行政执法案卷", GroupDenied, "第十六条第二款"),
		row3("denied.administrative_query", "8.", "属于行政查询事项", GroupDenied, "第三十六条第七项"),
		row3("unavailable.not_held", "1.", "本机关不掌握相关政府信息", GroupUnavailable, "第三十六条第四项、第五项"),
		row3("unavailable.needs_creation", "2.", "没有现成信息需要另行制作", GroupUnavailable, "第三十八条"),
		row3("unavailable.still_unclear", "3.", "补正后申请内容仍不明确", GroupUnavailable, "第三十条"),
		row3("rejected.petition_complaint", "1.", "信访举报投诉类申请", GroupRejected, "第三十九条第一款"),
		row3("rejected.repeated", "2.", "重复申请", GroupRejected, "第三十六条第六项"),
		row3("rejected.publication", "3.", "要求提供公开出版物", GroupRejected, "第三十九条第二款"),
		row3("rejected.mass_requests", "4.", "无正当理由大量反复申请", GroupRejected, "第三十五条"),
		row3("rejected.reconfirmation", "5.", "要求行政机关确认或重新出具已获取信息", GroupRejected, ""),
	}
	rows3Other = []Row{
		row3("other.correction_overdue", "1.", "申请人无正当理由逾期不补正、行政机关不再处理其政府信息公开申请", GroupOther, "第三十条"),
		row3("other.fee_overdue", "2.", "申请人逾期未按收费通知要求缴纳费用、行政机关不再处理其政府信息公开申请", GroupOther, "信息处理费管理办法"),
		row3("other.other", "3.", "其他", GroupOther, ""),
	}
	rows3Single = []Row{row3("other", "（六）", "其他处理", "", "")}
	rows3Tail   = []Row{
		row3("total", "（七）", "总计", "", ""),
		row3("carried_out", "四、", "结转下年度继续办理", "", ""),
	}
)

func concat(parts ...[]Row) []Row {
	var out []Row
	for _, p := range parts {
		out = append(out, p...)
	}
	return out
}

var table4Spec = newSpec("table4", []Row{
	{Key: "review", Label: "行政复议", Fields: resultFields},
	{Key: "litigation_direct", Label: "未经复议直接起诉", Group: "行政诉讼", Fields: resultFields},
	{Key: "litigation_after_review", Label: "复议后起诉", Group: "行政诉讼", Fields: resultFields},
})

var documents2021 = []Field{
	{Key: "issued", Label: "本年制发件数"}, {Key: "repealed", Label: "本年废止件数"}, {Key: "in_force", Label: "现行有效件数"},
}

var documents2019 = []Field{
	{Key: "made", Label: "本年新制作数量"}, {Key: "published", Label: "本年新公开数量"}, {Key: "total", Label: "对外公开总数量"},
}

var services2019 = []Field{
	{Key: "previous", Label: "上一年项目数量"}, {Key: "change", Label: "本年增/减", Unit: Change}, {Key: "decisions", Label: "处理决定数量"},
}

// Articles of table 2: the item of Art. 20 under which a row stands.
const (
	Item1 = "第二十条第（一）项"
	Item5 = "第二十条第（五）项"
	Item6 = "第二十条第（六）项"
	Item8 = "第二十条第（八）项"
	Item9 = "第二十条第（九）项"
)

var decisions2021 = []Field{{Label: "本年处理决定数量"}}

// V2021 is the format of 国办公开办函〔2021〕30号: 10 + 175 + 15 cells.
var V2021 = &Format{
	ID:     Format2021,
	Source: legal.Ref{Instrument: legal.Format2021},
	Table2: newSpec("table2", []Row{
		{Key: "regulations", Label: "规章", Group: Item1, Fields: documents2021},
		{Key: "normative_documents", Label: "行政规范性文件", Group: Item1, Fields: documents2021},
		{Key: "licences", Label: "行政许可", Group: Item5, Fields: decisions2021},
		{Key: "penalties", Label: "行政处罚", Group: Item6, Fields: decisions2021},
		{Key: "enforcements", Label: "行政强制", Group: Item6, Fields: decisions2021},
		{Key: "fees_wan_yuan", Label: "行政事业性收费", Group: Item8, Fields: []Field{{Label: "本年收费金额（单位：万元）", Unit: WanYuan}}},
	}),
	Table3:       newSpec("table3", concat(rows3Head, rows3Other, rows3Tail)),
	Table3Merged: newSpec("table3", concat(rows3Head, rows3Single, rows3Tail)),
	Table4:       table4Spec,
}

// V2019 is the format of 国办公开办函〔2019〕60号, used for 2019 and 2020 and by some offices later.
var V2019 = &Format{
	ID:     Format2019,
	Source: legal.Ref{Instrument: legal.Format2019},
	Table2: newSpec("table2", []Row{
		{Key: "regulations", Label: "规章", Group: Item1, Fields: documents2019},
		{Key: "normative_documents", Label: "规范性文件", Group: Item1, Fields: documents2019},
		{Key: "licences", Label: "行政许可", Group: Item5, Fields: services2019},
		{Key: "other_services", Label: "其他对外管理服务事项", Group: Item5, Fields: services2019},
		{Key: "penalties", Label: "行政处罚", Group: Item6, Fields: services2019},
		{Key: "enforcements", Label: "行政强制", Group: Item6, Fields: services2019},
		{Key: "fees", Label: "行政事业性收费", Group: Item8, Fields: services2019[:2]},
		{Key: "procurement", Label: "政府集中采购", Group: Item9, Fields: []Field{
			{Key: "projects", Label: "采购项目数量"}, {Key: "amount", Label: "采购总金额", Unit: Amount}}},
	}),
	Table3: newSpec("table3", concat(rows3Head, rows3Single, rows3Tail)),
	Table4: table4Spec,
}

// Formats lists the formats with tables of their own, newest first. The next one is added here.
func Formats() []*Format { return []*Format{V2021, V2019} }

// FormatByID returns the format, or nil for FormatOlder and unknown ids.
func FormatByID(id FormatID) *Format {
	for _, f := range Formats() {
		if f.ID == id {
			return f
		}
	}
	return nil
}

// SectionTitles are the fixed titles of the six sections in the 2021 format, index 0 is section 一.
var SectionTitles = [6]string{
	"总体情况", "主动公开政府信息情况", "收到和处理政府信息公开申请情况",
	"政府信息公开行政复议、行政诉讼情况", "存在的主要问题及改进情况", "其他需要报告的事项",
}

// FiveHeadings are the five headings that section 一 is expected to treat.
//
// Legal: 国办公开办函〔2021〕30号, filling notes to section 一.
var FiveHeadings = [5]string{"主动公开", "依申请公开", "政府信息管理", "政府信息公开平台建设", "监督保障"}

// Numerals are the section numerals, index 0 is 一.
var Numerals = [10]string{"一", "二", "三", "四", "五", "六", "七", "八", "九", "十"}
