package api

import (
	"context"
	"encoding/hex"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/gongkai/gongkai/internal/account"
	"github.com/gongkai/gongkai/internal/agency"
	"github.com/gongkai/gongkai/internal/audit"
)

// records registers the record of changes and the jobs.
func (a *api) records() {
	add(a, entry{method: http.MethodGet, path: "/audit", id: "listAudit", tag: "records", perm: account.SeeAudit, summary: "操作记录",
		about: "权限范围内的操作记录，新的在前。受保护的值不给出，只标明 sealed。", done: "一页操作记录"}, a.listAudit)
	add(a, entry{method: http.MethodGet, path: "/audit/head", id: "getAuditHead", tag: "records", perm: account.SeeAudit, summary: "操作记录的链头",
		about: "最后一条记录的序号和哈希。定期保存 text，日后可以用它证明以前的记录没有被改过（gongkai audit verify）。", done: "链头"}, a.auditHead)
	add(a, entry{method: http.MethodGet, path: "/jobs", id: "getJobs", tag: "records", perm: account.SeeJob, summary: "后台任务的数量",
		about: "按种类和状态统计等待处理和处理失败的任务。做完的任务不再保留。", done: "任务数量"}, a.jobs)
}

type auditIn struct {
	PageIn
	Actor       string    `query:"actor" maxLength:"64" doc:"谁做的：人员编号"`
	Action      string    `query:"action" maxLength:"64" doc:"做了什么：如 agency.rename；以点结尾表示一类，如 agency."`
	SubjectKind string    `query:"subject-kind" maxLength:"64" doc:"对什么做的：种类，如 agency"`
	SubjectID   string    `query:"subject-id" maxLength:"200" doc:"对哪一个做的：编号"`
	Agency      string    `query:"agency" maxLength:"64" doc:"属于哪家机关：机关编号"`
	From        time.Time `query:"from" doc:"不早于这个时刻"`
	To          time.Time `query:"to" doc:"早于这个时刻"`
}

type changeBody struct {
	Field  string  `json:"field" doc:"哪一项"`
	Before *string `json:"before" doc:"改前；原来没有时为 null"`
	After  *string `json:"after" doc:"改后；去掉了时为 null"`
	Sealed bool    `json:"sealed,omitempty" doc:"受保护，值不给出"`
}

type subjectBody struct {
	Kind string `json:"kind" doc:"种类"`
	ID   string `json:"id" doc:"编号"`
}

type entryBody struct {
	Seq     int64        `json:"seq" doc:"序号，从 1 起没有空缺"`
	At      time.Time    `json:"at" doc:"时刻"`
	Actor   string       `json:"actor" doc:"谁做的：人员编号；系统自己做的为空"`
	Name    string       `json:"name" doc:"当时的姓名"`
	Via     string       `json:"via" doc:"通过什么：session（网页）、token（接口）等"`
	For     string       `json:"for,omitempty" doc:"代谁做的：人员编号"`
	Action  string       `json:"action" doc:"做了什么"`
	Subject subjectBody  `json:"subject" doc:"对什么做的"`
	Agency  string       `json:"agency,omitempty" doc:"属于哪家机关；整个系统的不出现"`
	Cause   string       `json:"cause,omitempty" doc:"理由或依据"`
	Changes []changeBody `json:"changes" nullable:"false" doc:"逐项改动"`
	Hash    string       `json:"hash" doc:"这一条的哈希"`
}

func (a *api) listAudit(ctx context.Context, in *auditIn) (*pageOut[entryBody], error) {
	if a.Record == nil {
		return nil, errMissing
	}
	by := account.ActorOf(ctx)
	return page(ctx, in.PageIn, func(after string, limit int) ([]entryBody, error) {
		q := audit.Query{Actor: account.PersonID(in.Actor), Action: in.Action, Subject: audit.Subject{Kind: in.SubjectKind, ID: in.SubjectID},
			Agency: agency.ID(in.Agency), From: in.From, To: in.To, Limit: limit}
		if after != "" {
			seq, err := strconv.ParseInt(after, 10, 64)
			if err != nil || seq < 1 {
				return nil, wrong("query.cursor", "参数 cursor 不对：请原样使用上一页答复里的 next")
			}
			q.Before = seq
		}
		found, err := a.Record.Search(ctx, by, q)
		out := make([]entryBody, 0, len(found))
		for _, e := range found {
			b, err := entryOf(e)
			if err != nil {
				return nil, err
			}
			out = append(out, b)
		}
		return out, err
	}, func(e entryBody) string { return strconv.FormatInt(e.Seq, 10) }, func(e entryBody) entryBody { return e })
}

func entryOf(e audit.Entry) (entryBody, error) {
	via, _, _ := strings.Cut(e.Via, " ")
	b := entryBody{Seq: e.Seq, At: e.At, Actor: string(e.Actor), Name: e.Name, Via: via, For: string(e.For), Action: e.Action,
		Subject: subjectBody{e.Subject.Kind, e.Subject.ID}, Agency: string(e.Agency), Cause: e.Cause, Changes: []changeBody{}, Hash: hex.EncodeToString(e.Hash)}
	changes, err := e.Fields()
	for _, c := range changes {
		if c.Sealed {
			c.Before, c.After = nil, nil
		}
		b.Changes = append(b.Changes, changeBody(c))
	}
	return b, err
}

type headBody struct {
	Seq  int64     `json:"seq" doc:"最后一条的序号；0 为还没有记录"`
	Hash string    `json:"hash" doc:"最后一条的哈希"`
	At   time.Time `json:"at" doc:"最后一条的时刻"`
	Text string    `json:"text" doc:"导出的样子，一行"`
}

type headOut struct{ Body headBody }

func (a *api) auditHead(ctx context.Context, _ *struct{}) (*headOut, error) {
	if a.Record == nil {
		return nil, errMissing
	}
	h, err := a.Record.Head(ctx)
	return &headOut{headBody{h.Seq, hex.EncodeToString(h.Hash), h.At, h.Text()}}, err
}

type countBody struct {
	Kind   string    `json:"kind" doc:"种类"`
	State  string    `json:"state" enum:"due,failed" doc:"等待处理（或正在处理）、处理失败"`
	Count  int       `json:"count" doc:"多少件"`
	Oldest time.Time `json:"oldest" doc:"最早一件应在什么时候做"`
}

type jobsBody struct {
	Items []countBody `json:"items" nullable:"false" doc:"各种任务的数量"`
}

type jobsOut struct{ Body jobsBody }

func (a *api) jobs(ctx context.Context, _ *struct{}) (*jobsOut, error) {
	if a.Lists == nil {
		return nil, errMissing
	}
	counts, err := a.Lists.JobCounts(ctx)
	out := &jobsOut{jobsBody{make([]countBody, 0, len(counts))}}
	for _, c := range counts {
		out.Body.Items = append(out.Body.Items, countBody{string(c.Kind), string(c.State), c.N, c.Oldest})
	}
	return out, err
}
