package api

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"strconv"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/gongkai/gongkai/internal/account"
	"github.com/gongkai/gongkai/internal/agency"
)

const about = `政府信息公开系统的程序接口。

- 期限、信息处理费、放假安排三个接口不用令牌；其余接口用“接口令牌”页生成的令牌，写在请求头 ` + "`Authorization: Bearer gk_…`" + ` 里。每个接口所需的权限写在它的 security 里；没有权限时，答复与“不存在”完全一样。网页登录的 Cookie 在这里不起作用。
- 出错时按 RFC 9457 答复 application/problem+json：type 是稳定的代码，detail 说明哪里不对、怎么办，instance 是请求编号，找管理员时请报这个编号。
- 列表一次给一页，答复里的 next（以及 Link 响应头）用来取下一页；翻页时新增的内容不会造成重复或遗漏。
- 新增、修改的请求可以带 Idempotency-Key：24 小时内用同一个键重发，得到第一次的答复，不会重复办理。
- 日期是 2026-01-31 这样的北京日期，时刻是 UTC（RFC 3339）。今后可能增加字段，请忽略不认识的字段。`

// describe begins the description.
func (a *api) describe() {
	c := huma.Config{OpenAPI: &huma.OpenAPI{OpenAPI: "3.1.0",
		Info:    &huma.Info{Title: "政府信息公开接口", Version: Version, Description: about, License: &huma.License{Name: "Apache-2.0", Identifier: "Apache-2.0"}},
		Servers: []*huma.Server{{URL: Prefix, Description: "本站"}},
		Tags: []*huma.Tag{{Name: "public", Description: "不用令牌：期限、收费、放假安排"}, {Name: "offices", Description: "机构和人员"},
			{Name: "reports", Description: "政府信息公开工作年度报告"}, {Name: "records", Description: "操作记录和后台任务"}},
		Components: &huma.Components{Schemas: huma.NewMapRegistry("#/components/schemas/", huma.DefaultSchemaNamer),
			//nolint:gosec // the description of a token, not one
			SecuritySchemes: map[string]*huma.SecurityScheme{"token": {Type: "http", Scheme: "bearer", BearerFormat: "gk_ 开头的接口令牌",
				Description: "令牌只含选定的权限，到期或撤销后失效。"}}}},
		Formats:       map[string]huma.Format{"application/json": huma.DefaultJSONFormat, "json": huma.DefaultJSONFormat},
		DefaultFormat: "application/json", RejectUnknownQueryParameters: true, Transformers: []huma.Transformer{a.translate}}
	c.AllowAdditionalPropertiesByDefault = true
	a.huma = humago.NewWithPrefix(a.mux, Prefix, c)
	a.huma.UseMiddleware(a.gate, a.once)
}

// entry is one operation as it is written down: what stands in the description, and the permission, "" for everybody.
type entry struct {
	method, path   string
	id, tag        string
	summary, about string
	perm           account.Perm
	status         int    // of success; 0 for 200
	done           string // what success means
	errors         []int  // beside those that every operation has
	pending        string // what 202 means, where it is another answer of success
	upload         bool   // the body is a file
}

const (
	permKey   = "perm"
	uploadKey = "upload"
)

// add registers an operation. Errors of h become problems.
func add[I, O any](a *api, e entry, h func(context.Context, *I) (*O, error)) {
	if e.status == 0 {
		e.status = http.StatusOK
	}
	op := huma.Operation{Method: e.method, Path: e.path, OperationID: e.id, Summary: e.summary, Description: e.about, Tags: []string{e.tag},
		DefaultStatus: e.status, Responses: map[string]*huma.Response{}, Metadata: map[string]any{permKey: e.perm, uploadKey: e.upload},
		Security: []map[string][]string{}}
	op.Responses[strconv.Itoa(e.status)] = &huma.Response{Description: e.done}
	if e.pending != "" {
		op.Responses[strconv.Itoa(http.StatusAccepted)] = &huma.Response{Description: e.pending}
	}
	codes := append([]int{http.StatusUnprocessableEntity, http.StatusTooManyRequests, http.StatusInternalServerError}, e.errors...)
	if e.perm != "" {
		op.Security = []map[string][]string{{"token": {string(e.perm)}}}
		op.Description += "\n\n所需权限：" + string(e.perm) + "（" + agency.NameOf(account.PermNames(), e.perm) + "）。"
		codes = append(codes, http.StatusUnauthorized, http.StatusNotFound)
	}
	if e.method != http.MethodGet {
		op.Parameters = append(op.Parameters, &huma.Param{Name: keyHeader, In: "header", Schema: &huma.Schema{Type: "string", MaxLength: ptr(maxKey)},
			Description: "可选。自己生成的唯一值（如 UUID）；24 小时内用同一个键重发同样的请求，得到第一次的答复"})
		codes = append(codes, http.StatusConflict)
	}
	if e.upload {
		op.RequestBody = &huma.RequestBody{Required: true, Description: "文件的内容", Content: map[string]*huma.MediaType{
			"application/octet-stream": {Schema: &huma.Schema{Type: "string", Format: "binary"}}}}
		codes = append(codes, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType)
	}
	for _, code := range codes {
		op.Responses[strconv.Itoa(code)] = a.problemResponse(code)
	}
	a.ops = append(a.ops, Operation{Method: e.method, Path: Prefix + e.path, Public: e.perm == "", Perms: perms(e.perm)})
	huma.Register(a.huma, op, func(ctx context.Context, in *I) (*O, error) {
		out, err := h(ctx, in)
		if err != nil {
			return nil, a.problem(ctx, err)
		}
		return out, nil
	})
}

func perms(p account.Perm) []account.Perm {
	if p == "" {
		return nil
	}
	return []account.Perm{p}
}

func ptr[T any](v T) *T { return &v }

func (a *api) problemResponse(status int) *huma.Response {
	schema := a.huma.OpenAPI().Components.Schemas.Schema(problemType, true, "Problem")
	r := &huma.Response{Description: titleOf(status), Content: map[string]*huma.MediaType{problemJSON: {Schema: schema}}}
	switch status {
	case http.StatusTooManyRequests:
		r.Headers = map[string]*huma.Param{"Retry-After": {Description: "几秒以后再试", Schema: &huma.Schema{Type: "integer"}}}
	case http.StatusUnauthorized:
		r.Headers = map[string]*huma.Param{"WWW-Authenticate": {Description: "怎样带令牌（RFC 6750）", Schema: &huma.Schema{Type: "string"}}}
	}
	return r
}

// publish ends the description and serves it.
func (a *api) publish() {
	spec := a.huma.OpenAPI()
	// huma's own form of an error is translated into ours before it is sent.
	for _, name := range []string{"ErrorModel", "ErrorDetail"} {
		delete(spec.Components.Schemas.Map(), name)
	}
	compact, err := json.Marshal(spec)
	if err != nil {
		panic("api: the description cannot be written: " + err.Error()) // it is made of the code alone, and a test writes it
	}
	a.spec = compact
	sum := sha256.Sum256(compact)
	tag := `"` + hex.EncodeToString(sum[:8]) + `"`
	const path = Prefix + "/openapi.json"
	a.ops = append(a.ops, Operation{Method: http.MethodGet, Path: path, Public: true})
	a.mux.HandleFunc("GET "+path, func(w http.ResponseWriter, r *http.Request) {
		if err := a.allow(r); err != nil {
			a.fail(w, r, err)
			return
		}
		h := w.Header()
		h.Set("Cache-Control", "no-cache")
		h.Set("ETag", tag)
		if r.Header.Get("If-None-Match") == tag {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		h.Set("Content-Type", "application/json")
		h.Set("Content-Length", strconv.Itoa(len(compact)))
		_, _ = w.Write(compact) // a client that has gone away is no error of ours
	})
}
