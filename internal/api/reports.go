package api

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"

	"github.com/gongkai/gongkai/internal/account"
	"github.com/gongkai/gongkai/internal/fault"
	"github.com/gongkai/gongkai/internal/filing"
	"github.com/gongkai/gongkai/internal/report"
	"github.com/gongkai/gongkai/internal/report/checks"
)

// reports registers what is about annual reports.
func (a *api) reports() {
	add(a, entry{method: http.MethodGet, path: "/reports", id: "listReports", tag: "reports", perm: account.SeeReport, summary: "年报列表",
		about: "收到的年报，新的在前。", done: "一页年报"}, a.listReports)
	add(a, entry{method: http.MethodGet, path: "/reports/{id}", id: "getReport", tag: "reports", perm: account.SeeReport, summary: "一份年报",
		about: "读到的内容，格式是 gongkai.report/v1。数字是 JSON 整数；空白、“/”、缺失或读不出的单元格是 null，绝不是 0，原来是什么写在 kinds；拿不准的写在 doubts。" +
			"文件读不出时没有表格，只有 error。还没有读完时答复 202，请稍后再查。", done: "读到的内容，或者读不出的原因", pending: "文件已收下，还没有读完；按 Retry-After 等几秒再查"}, a.getReport)
	add(a, entry{method: http.MethodGet, path: "/reports/{id}/findings", id: "listFindings", tag: "reports", perm: account.SeeReport,
		summary: "一份年报的勾稽核对结果", about: "错误在前，再按表格次序。不能判断的规则单列在 not_assessable，既不算通过，也不算不通过。", done: "核对结果", errors: []int{http.StatusConflict}}, a.findings)
	add(a, entry{method: http.MethodPost, path: "/reports", id: "createReport", tag: "reports", perm: account.ReceiveReport, summary: "交一份年报",
		about: "请求体就是文件（docx、xlsx、pdf、html、txt、md）。文件先收下，随后在后台读取和核对；Location 响应头是这份年报的地址。同一份文件交两次是同一份年报。",
		done:  "已收下，正在读取", status: http.StatusAccepted, upload: true, errors: []int{http.StatusInsufficientStorage}}, a.createReport)
}

type reportItem struct {
	ID            string     `json:"id" doc:"编号"`
	File          string     `json:"file" doc:"文件名"`
	Agency        string     `json:"agency" doc:"机关名称；看不出来时为空"`
	Year          *int       `json:"year" doc:"年度；看不出来时为 null"`
	Status        string     `json:"status" enum:"pending,ok,doubtful,broken,unreadable" doc:"还没读、没有问题、有存疑、有错误、读不出"`
	Errors        int        `json:"errors" doc:"错误数"`
	Warnings      int        `json:"warnings" doc:"提醒数"`
	NotAssessable int        `json:"not_assessable" doc:"不能判断的规则数"`
	Doubts        int        `json:"doubts" doc:"存疑处数"`
	Error         *fileError `json:"error,omitempty" doc:"为什么读不出；读得出时不出现"`
	ReceivedAt    time.Time  `json:"received_at" doc:"收到的时刻"`
}

type fileError struct {
	Code    string `json:"code" doc:"稳定的代码"`
	Message string `json:"message" doc:"哪里不对、怎么办"`
}

func itemOf(s filing.Summary) reportItem {
	it := reportItem{ID: string(s.ID), File: s.FileName, Agency: s.Agency, Status: string(s.State()), Errors: s.Errors, Warnings: s.Warnings,
		NotAssessable: s.NotAssessable, Doubts: s.Doubts, ReceivedAt: s.ReceivedAt}
	if s.Year != 0 {
		it.Year = &s.Year
	}
	if s.ErrorCode != "" {
		it.Error = &fileError{s.ErrorCode, s.ErrorMessage}
	}
	return it
}

type reportsIn struct {
	PageIn
	Year   int    `query:"year" minimum:"2008" maximum:"2199" doc:"只要这个年度的"`
	Agency string `query:"agency" maxLength:"100" doc:"只要这家机关的；写全称"`
}

func (a *api) listReports(ctx context.Context, in *reportsIn) (*pageOut[reportItem], error) {
	if a.Lists == nil {
		return nil, errMissing
	}
	return page(ctx, in.PageIn, func(after string, limit int) ([]filing.Summary, error) {
		return a.Lists.ReportsBefore(ctx, filing.ReportID(after), in.Year, in.Agency, limit)
	}, func(s filing.Summary) string { return string(s.ID) }, itemOf)
}

type reportIn struct {
	ID string `path:"id" maxLength:"64" doc:"年报的编号"`
}

func (a *api) report(ctx context.Context, id string) (filing.Record, error) {
	if a.Reports == nil {
		return filing.Record{}, errMissing
	}
	return a.Reports.Report(ctx, filing.ReportID(id))
}

// reportBody is a report as it is answered: what package report writes.
type reportBody struct{ json.RawMessage }

// Schema describes what stands fast of gongkai.report/v1.
func (reportBody) Schema(huma.Registry) *huma.Schema {
	text := func(doc string) *huma.Schema { return &huma.Schema{Type: "string", Description: doc} }
	s := &huma.Schema{Type: "object", Description: "gongkai.report/v1", Required: []string{"schema", "file"}, AdditionalProperties: true,
		Properties: map[string]*huma.Schema{"schema": {Type: "string", Enum: []any{report.Schema}}, "file": text("文件名"), "agency": text("机关名称"),
			"year": {Type: "integer", Nullable: true, Description: "年度"}, "format": text("格式：2021、2019 或 older"),
			"table2": {Type: "object", Nullable: true, Description: "主动公开情况", AdditionalProperties: true},
			"table3": {Type: "object", Nullable: true, Description: "收到和处理申请情况", AdditionalProperties: true},
			"table4": {Type: "object", Nullable: true, Description: "行政复议、行政诉讼情况", AdditionalProperties: true},
			"kinds":  {Type: "object", Description: "不是数字的单元格原来是什么", AdditionalProperties: true},
			"doubts": {Type: "array", Description: "存疑处", Items: &huma.Schema{Type: "object", AdditionalProperties: true}},
			"error":  {Type: "object", Description: "为什么没有内容：读不出，或者还没有读完", AdditionalProperties: true}}}
	for _, p := range s.Properties {
		p.PrecomputeMessages()
	}
	s.PrecomputeMessages()
	return s
}

type reportOut struct {
	Status     int
	RetryAfter string `header:"Retry-After" doc:"还没有读完时，几秒以后再查"`
	Body       reportBody
}

func (a *api) getReport(ctx context.Context, in *reportIn) (*reportOut, error) {
	rec, err := a.report(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	if rec.Report != nil {
		b, err := rec.Report.MarshalJSON()
		return &reportOut{Status: http.StatusOK, Body: reportBody{b}}, err
	}
	out := &reportOut{Status: http.StatusOK}
	why := fileError{rec.ErrorCode, rec.ErrorMessage}
	if rec.Status == filing.Pending {
		out.Status, out.RetryAfter = http.StatusAccepted, "2"
		why = fileError{"report.pending", "文件已收下，还没有读完；请几秒后再查"}
	}
	out.Body.RawMessage, err = json.Marshal(struct {
		Schema string    `json:"schema"`
		File   string    `json:"file"`
		Error  fileError `json:"error"`
	}{report.Schema, rec.FileName, why})
	return out, err
}

// side is one side of a relation: a number, a text, or nothing.
type side struct{ value any }

// MarshalJSON writes the value.
func (s side) MarshalJSON() ([]byte, error) { return json.Marshal(s.value) }

// UnmarshalJSON reads one.
func (s *side) UnmarshalJSON(b []byte) error { return json.Unmarshal(b, &s.value) }

// Schema describes the three.
func (side) Schema(huma.Registry) *huma.Schema {
	s := &huma.Schema{OneOf: []*huma.Schema{{Type: "integer"}, {Type: "string"}, {Type: "null"}}}
	s.PrecomputeMessages()
	return s
}

type findingBody struct {
	Rule     string   `json:"rule" doc:"规则编号"`
	Severity string   `json:"severity" enum:"error,warning,info" doc:"错误、提醒、说明"`
	Path     string   `json:"path" doc:"哪个单元格、行、列或部分"`
	Message  string   `json:"message" doc:"哪里不对，含公式和数字"`
	Expected side     `json:"expected" doc:"按公式应是多少"`
	Actual   side     `json:"actual" doc:"报告里是多少"`
	Cells    []string `json:"cells" nullable:"false" doc:"参与计算的单元格"`
	Blame    string   `json:"blame,omitempty" doc:"最可能填错的一格"`
	// BlameExpected is nil when no single cell stands out.
	BlameExpected *int64 `json:"blame_expected,omitempty" doc:"那一格应是多少"`
}

type unjudged struct {
	Rule    string `json:"rule" doc:"规则编号"`
	Path    string `json:"path" doc:"哪个单元格、行、列或部分"`
	Message string `json:"message" doc:"为什么不能判断"`
}

type findingsBody struct {
	OK            bool          `json:"ok" doc:"没有错误"`
	Errors        int           `json:"errors" doc:"错误数"`
	Warnings      int           `json:"warnings" doc:"提醒数"`
	Findings      []findingBody `json:"findings" nullable:"false" doc:"查出的问题"`
	NotAssessable []unjudged    `json:"not_assessable" nullable:"false" doc:"不能判断的规则"`
}

type findingsOut struct{ Body findingsBody }

var (
	errPending    = fault.New(fault.Conflict, "report.pending", "文件已收下，还没有核对完；请几秒后再查")
	errUnreadable = fault.New(fault.Conflict, "report.unreadable", "这份文件读不出，没有核对；原因见年报的 error")
)

func (a *api) findings(ctx context.Context, in *reportIn) (*findingsOut, error) {
	rec, err := a.report(ctx, in.ID)
	switch {
	case err != nil:
		return nil, err
	case rec.Status == filing.Unreadable:
		return nil, errUnreadable
	case rec.Result == nil:
		return nil, errPending
	}
	res := rec.Result
	b := findingsBody{OK: res.OK(), Errors: res.Count(checks.Error), Warnings: res.Count(checks.Warning), Findings: []findingBody{},
		NotAssessable: make([]unjudged, 0, len(res.NotAssessable))}
	for _, n := range res.NotAssessable {
		b.NotAssessable = append(b.NotAssessable, unjudged(n))
	}
	for _, f := range res.Findings {
		b.Findings = append(b.Findings, findingBody{Rule: f.Rule, Severity: string(f.Severity), Path: f.Path, Message: f.Message, Expected: side{f.Expected},
			Actual: side{f.Actual}, Cells: append([]string{}, f.Cells...), Blame: f.Blame, BlameExpected: f.BlameExpected})
	}
	return &findingsOut{b}, nil
}

type createIn struct {
	Name string `query:"name" required:"true" minLength:"1" maxLength:"200" doc:"文件名，如 2025年度报告.docx"`
}

type createdBody struct {
	ID       string `json:"id" doc:"年报的编号"`
	Status   string `json:"status" enum:"pending,ok,doubtful,broken,unreadable" doc:"到了哪一步"`
	Repeated bool   `json:"repeated" doc:"同样的文件以前交过"`
}

type createOut struct {
	Location string `header:"Location" doc:"年报的地址"`
	Body     createdBody
}

func (a *api) createReport(ctx context.Context, in *createIn) (*createOut, error) {
	if !goodName(in.Name) {
		return nil, wrong("query.name", "参数 name 不对：应是文件名，不带文件夹，不含控制字符")
	}
	by := account.ActorOf(ctx)
	batch, err := a.Reports.OpenBatch(ctx, by)
	if err != nil {
		return nil, err
	}
	it, err := a.Reports.Receive(ctx, by, batch, in.Name, requestOf(ctx).Body)
	if err != nil {
		return nil, err
	}
	if it.Report == nil {
		kind := fault.Usage
		if it.ErrorCode == "file.too_large" {
			kind = fault.TooLarge
		}
		return nil, fault.New(kind, it.ErrorCode, it.ErrorMessage)
	}
	id := string(it.Report.ID)
	return &createOut{Prefix + "/reports/" + id, createdBody{id, string(it.Report.State()), it.Repeated}}, nil
}

// goodName reports whether a name is that of a file and nothing else.
func goodName(name string) bool {
	return utf8.ValidString(name) && strings.TrimSpace(name) != "" && name != "." && name != ".." &&
		!strings.ContainsFunc(name, func(c rune) bool { return c == '/' || c == '\\' || unicode.IsControl(c) })
}
