package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/http"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/gongkai/gongkai/internal/fault"
	"github.com/gongkai/gongkai/internal/web/ui"
)

const problemJSON = "application/problem+json"

var problemType = reflect.TypeFor[Problem]()

// Problem is an error as it is answered, by RFC 9457. It is written from faults; causes never get into it.
type Problem struct {
	Type     string  `json:"type" example:"urn:gongkai:api.invalid" doc:"稳定的代码，前面是 urn:gongkai:"`
	Title    string  `json:"title" example:"填写有误" doc:"这一类错误的名称"`
	Status   int     `json:"status" example:"422" doc:"HTTP 状态码"`
	Detail   string  `json:"detail" example:"参数 limit 不对：应是 1 到 200 的整数" doc:"哪里不对、怎么办"`
	Instance string  `json:"instance,omitempty" example:"5f0c2a9e" doc:"请求编号；找管理员时请报这个编号"`
	Errors   []Field `json:"errors,omitempty" nullable:"false" doc:"逐项说明，没有时不出现"`

	header http.Header
}

// Field is what is wrong with one part of a request.
type Field struct {
	Field   string `json:"field" example:"query.limit" doc:"哪一项：query、path 或 header，加点和名称"`
	Message string `json:"message" example:"应是 1 到 200 的整数" doc:"哪里不对、怎么办"`
}

// Error returns the detail.
func (p *Problem) Error() string { return p.Detail }

// GetStatus is the status of the answer.
func (p *Problem) GetStatus() int { return p.Status }

// GetHeaders are those that belong to the answer.
func (p *Problem) GetHeaders() http.Header { return p.header }

// ContentType is that of RFC 9457.
func (p *Problem) ContentType(string) string { return problemJSON }

// errInvalid is several fields that are wrong.
type errInvalid struct{ fields []Field }

func (e *errInvalid) Error() string {
	texts := make([]string, len(e.fields))
	for i, f := range e.fields {
		texts[i] = f.Message
	}
	return strings.Join(texts, "；")
}

// wrong says what is wrong with one field.
func wrong(field, message string) error { return &errInvalid{[]Field{{field, message}}} }

// The answers that are the same wherever they come from.
var (
	// errNothing is the only way in which something is not there: not known, not seen, not allowed.
	errNothing = fault.New(fault.NotFound, "api.not_found", "没有这个接口或这条记录，或者令牌没有查看它的权限；请核对地址和令牌的权限")
	errAccept  = fault.New(fault.Usage, "api.not_acceptable", "本接口只答复 JSON；请把 Accept 请求头改为 application/json，或者去掉")
	errMedia   = fault.New(fault.Usage, "api.media_type", "请把文件内容直接作为请求体发送（Content-Type: application/octet-stream），不要用表单")
	errMethod  = fault.New(fault.Usage, "api.method", "这个地址不支持这种请求方法；能用的方法见 Allow 响应头")
	errMissing = fault.New(fault.Incapable, "api.unavailable", "本站没有启用这项接口；请联系管理员")
)

// later is an error that goes away by waiting.
type later struct {
	error
	wait time.Duration
}

func (l later) Unwrap() error { return l.error }

func tooMany(wait time.Duration) error {
	return later{fault.New(fault.TooMany, "api.too_many", "请求太频繁了；请按 Retry-After 响应头等几秒再试"), wait}
}

// statuses pairs kinds of fault with statuses.
var statuses = []struct {
	kind   error
	status int
}{
	{errAccept, http.StatusNotAcceptable}, {errMedia, http.StatusUnsupportedMediaType}, {errMethod, http.StatusMethodNotAllowed},
	{fault.SignIn, http.StatusUnauthorized}, {fault.NotFound, http.StatusNotFound}, {fault.Conflict, http.StatusConflict},
	{fault.TooLarge, http.StatusRequestEntityTooLarge}, {fault.Usage, http.StatusUnprocessableEntity},
	{fault.Unreadable, http.StatusUnprocessableEntity}, {fault.NotReport, http.StatusUnprocessableEntity},
	{fault.TooMany, http.StatusTooManyRequests}, {fault.Full, http.StatusInsufficientStorage}, {fault.Incapable, http.StatusNotImplemented},
	{fault.Cancelled, http.StatusServiceUnavailable},
}

// problem writes an error as it is answered. What is no fault is internal: its cause goes to the log, under the number
// that the answer carries.
func (a *api) problem(ctx context.Context, err error) *Problem {
	var p *Problem
	if errors.As(err, &p) {
		return p
	}
	p = &Problem{Status: http.StatusInternalServerError, Type: urn("internal"), Instance: ui.Ref(ctx), header: http.Header{}}
	var invalid *errInvalid
	var tooLarge *http.MaxBytesError
	var wait later
	switch {
	case errors.As(err, &invalid):
		p.Status, p.Type, p.Detail, p.Errors = http.StatusUnprocessableEntity, urn("api.invalid"), invalid.Error(), invalid.fields
	case errors.As(err, &tooLarge):
		p.Status, p.Type = http.StatusRequestEntityTooLarge, urn("file.too_large")
		p.Detail = fmt.Sprintf("内容超过上限 %s；请压缩或拆分后再发", size(tooLarge.Limit))
	case errors.Is(err, fault.NotFound):
		p.Status, p.Type, p.Detail = http.StatusNotFound, urn(errNothing.Code), errNothing.Message
	default:
		for _, s := range statuses {
			if errors.Is(err, s.kind) {
				p.Status, p.Type, p.Detail = s.status, urn(fault.CodeOf(err)), fault.Message(err)
				break
			}
		}
	}
	if p.Detail == "" {
		p.Detail = "系统出错了，这件事没有办成；请稍后再试，还不行时请把请求编号（instance）告诉管理员"
		a.Log.ErrorContext(ctx, "api request failed", "ref", p.Instance, "err", err)
	}
	p.Title = titleOf(p.Status)
	if errors.As(err, &wait) {
		p.header.Set("Retry-After", strconv.Itoa(int(math.Ceil(max(wait.wait.Seconds(), 1)))))
	}
	return p
}

func urn(code string) string { return "urn:gongkai:" + code }

func size(n int64) string {
	if n >= 1<<20 {
		return fmt.Sprintf("%d MB", n>>20)
	}
	return fmt.Sprintf("%d 字节", n)
}

func titleOf(status int) string {
	titles := map[int]string{http.StatusUnauthorized: "令牌无效", http.StatusNotFound: "不存在", http.StatusMethodNotAllowed: "方法不对",
		http.StatusNotAcceptable: "要求的格式没有", http.StatusRequestTimeout: "接收超时", http.StatusConflict: "有冲突",
		http.StatusRequestEntityTooLarge: "内容太大", http.StatusUnsupportedMediaType: "发来的格式不对", http.StatusUnprocessableEntity: "填写有误",
		http.StatusTooManyRequests: "请求太频繁", http.StatusInternalServerError: "系统出错", http.StatusNotImplemented: "没有启用",
		http.StatusServiceUnavailable: "没有办完", http.StatusInsufficientStorage: "存储空间满了"}
	if t := titles[status]; t != "" {
		return t
	}
	return titles[http.StatusInternalServerError]
}

// fail answers with an error, outside of an operation.
func (a *api) fail(w http.ResponseWriter, r *http.Request, err error) {
	p := a.problem(r.Context(), err)
	body, err := json.Marshal(p)
	if err != nil {
		a.Log.ErrorContext(r.Context(), "api problem cannot be written", "ref", p.Instance, "err", err)
		body = []byte("{}")
	}
	for name, values := range p.header {
		w.Header()[name] = values
	}
	w.Header().Set("Content-Type", problemJSON)
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(p.Status)
	if r.Method != http.MethodHead {
		_, _ = w.Write(body) // a client that has gone away is no error of ours
	}
}

// translate turns what huma says of a request into our words.
func (a *api) translate(ctx huma.Context, _ string, v any) (any, error) {
	m, ok := v.(*huma.ErrorModel)
	if !ok {
		return v, nil
	}
	r, _ := humago.Unwrap(ctx)
	p := &Problem{Type: urn("api.invalid"), Title: titleOf(m.Status), Status: m.Status, Instance: ui.Ref(r.Context())}
	if m.Status >= http.StatusInternalServerError {
		// Errors of operations are problems already; this is a fault of the program.
		a.Log.ErrorContext(r.Context(), "api request failed", "ref", p.Instance, "err", m.Detail)
		p.Type, p.Detail = urn("internal"), "系统出错了；请稍后再试，还不行时请把请求编号（instance）告诉管理员"
		return p, nil
	}
	var invalid errInvalid
	for _, d := range m.Errors {
		if d != nil {
			f := Field{d.Location, explain(ctx.Operation(), d.Location)}
			if n := len(invalid.fields); n == 0 || invalid.fields[n-1] != f {
				invalid.fields = append(invalid.fields, f)
			}
		}
	}
	p.Errors, p.Detail = invalid.fields, invalid.Error()
	if p.Detail == "" {
		p.Detail = "请求看不懂；请对照接口说明检查"
	}
	return p, nil
}

// explain says what a parameter has to look like, from its description. at is its place, e.g. query.limit.
func explain(op *huma.Operation, at string) string {
	in, name, _ := strings.Cut(at, ".")
	name, _, _ = strings.Cut(name, "[")
	for _, p := range op.Parameters {
		if p.In == in && p.Name == name {
			return "参数 " + name + " 不对：应是" + shape(p.Schema)
		}
	}
	return "没有 " + name + " 这个参数；请对照接口说明，核对拼写"
}

// shape describes in Chinese what values a schema takes.
func shape(s *huma.Schema) string {
	switch {
	case len(s.Enum) > 0:
		words := make([]string, len(s.Enum))
		for i, v := range s.Enum {
			words[i] = fmt.Sprint(v)
		}
		return "这些之一：" + strings.Join(words, " ")
	case s.Type == "array" && s.Items != nil:
		return shape(s.Items) + "，可以写多次，最多 " + strconv.Itoa(*s.MaxItems) + " 次"
	case s.Type == "integer" && s.Minimum != nil && s.Maximum != nil:
		return fmt.Sprintf(" %.0f 到 %.0f 的整数", *s.Minimum, *s.Maximum)
	case s.Type == "integer":
		return "整数"
	case s.Type == "boolean":
		return " true 或 false"
	case s.Format == "date":
		return " 2026-01-31 这样的年-月-日"
	case s.Format == "date-time":
		return " 2026-01-31T08:00:00+08:00 这样的时刻"
	case s.MinLength != nil && s.MaxLength != nil:
		return fmt.Sprintf(" %d 到 %d 个字的文字", *s.MinLength, *s.MaxLength)
	case s.MaxLength != nil:
		return fmt.Sprintf("文字，最多 %d 个字", *s.MaxLength)
	}
	return "文字"
}
