// Package deadline computes the last day of every period that the work of disclosure knows, with the law it rests on and the
// proof, day by day. Kinds of period are data; what moves a reply (correction, consultation, extension, fee) is Input.
package deadline

import (
	"fmt"
	"strings"

	"github.com/gongkai/gongkai/internal/fault"
	"github.com/gongkai/gongkai/internal/legal"
)

// Kind names a period. Kinds are stable: they stand in commands, addresses and JSON.
type Kind string

// The kinds.
const (
	Reply              Kind = "reply"             // answer to an application
	CorrectionNotice   Kind = "correction-notice" // telling an applicant to make the application clear
	ThirdParty         Kind = "third-party"       // opinion of a third party
	JointOrgan         Kind = "joint-organ"       // opinion of an agency that made the information too
	FeePayment         Kind = "fee-payment"       // payment of the information-processing fee
	Publication        Kind = "publication"       // proactive disclosure
	Reconsideration    Kind = "reconsideration"   // applying for reconsideration
	Suit               Kind = "suit"              // suing without reconsideration
	SuitAfter          Kind = "suit-after-reconsideration"
	RespondentSimple   Kind = "respondent-simple"   // reply of the respondent, simple procedure
	RespondentOrdinary Kind = "respondent-ordinary" // the same, ordinary procedure
	Defendant          Kind = "defendant"           // statement of defence in a suit
)

// Unit is what a period is counted in.
type Unit int

// The units. Days and months end on a working day: when the last day is a day off, on the first working day after it.
const (
	WorkingDays Unit = iota
	Days
	Months
)

// String returns the unit in Chinese, with its measure word.
func (u Unit) String() string { return [...]string{"个工作日", "日", "个月"}[u] }

// Rule is one kind of period.
type Rule struct {
	Kind  Kind
	Name  string // what has to be done, in Chinese
	From  string // the day from which it runs, in Chinese
	N     int
	Unit  Unit
	After string // what follows when it passes unused, in Chinese; empty where the text says nothing
	Legal []legal.Ref
}

// Period returns the length in Chinese, e.g. 20 个工作日.
func (r Rule) Period() string { return fmt.Sprintf("%d %s", r.N, r.Unit) }

// Rules returns every kind, in the order in which a person meets them.
func Rules() []Rule {
	reg := func(article string) []legal.Ref { return []legal.Ref{{Instrument: legal.Regulation, Article: article}} }
	arl := func(articles ...string) []legal.Ref {
		var out []legal.Ref
		for _, a := range articles {
			out = append(out, legal.Ref{Instrument: legal.Reconsider, Article: a})
		}
		return out
	}
	suit := func(article string) []legal.Ref {
		return []legal.Ref{{Instrument: legal.Litigation, Article: article}, {Instrument: legal.LitigationText, Article: "第四十八条"}}
	}
	return []Rule{
		{Reply, "答复申请", "收到申请之日", 20, WorkingDays, "", reg("第三十三条第二款")},
		{CorrectionNotice, "告知补正", "收到申请之日", 7, WorkingDays, "过了这一天再告知补正，原来的答复期限不停", reg("第三十条")},
		{ThirdParty, "第三方提出意见", "第三方收到征求意见书之日", 15, WorkingDays, "第三方没有提出意见的，由行政机关决定是否公开", reg("第三十二条")},
		{JointOrgan, "共同制作机关提出意见", "对方收到征求意见文书之日", 15, WorkingDays, "对方没有提出意见的，视为同意公开", reg("第三十四条")},
		{FeePayment, "缴纳信息处理费", "收到收费通知之日", 20, WorkingDays, "没有缴费的，视为放弃申请", []legal.Ref{{Instrument: legal.FeeRules}}},
		{Publication, "主动公开", "信息形成或者变更之日", 20, WorkingDays, "", reg("第二十六条")},
		{Reconsideration, "申请行政复议", "知道该行政行为之日", 60, Days, "",
			append(arl("第二十条第一款", "第八十八条第一款"), legal.Ref{Instrument: legal.CivilProcedure, Article: "第八十五条"})},
		{Suit, "直接提起行政诉讼", "知道该行政行为之日", 6, Months, "", suit("第四十六条第一款")},
		{SuitAfter, "不服复议决定提起行政诉讼", "收到复议决定书之日，或者复议期满之日", 15, Days, "", suit("第四十五条")},
		{RespondentSimple, "被申请人答复复议（简易程序）", "收到复议申请书副本之日", 5, WorkingDays, "", arl("第五十四条", "第八十八条第二款")},
		{RespondentOrdinary, "被申请人答复复议（普通程序）", "收到复议申请书副本之日", 10, WorkingDays, "", arl("第四十八条", "第八十八条第二款")},
		{Defendant, "被告提交证据和答辩状", "收到起诉状副本之日", 15, Days, "", suit("第六十七条第一款")},
	}
}

// RuleOf returns the rule of a kind.
//
// Errors: fault.Usage, code "deadline.kind".
func RuleOf(k Kind) (Rule, error) {
	var names []string
	for _, r := range Rules() {
		if r.Kind == k {
			return r, nil
		}
		names = append(names, string(r.Kind))
	}
	return Rule{}, fault.New(fault.Usage, "deadline.kind", fmt.Sprintf("没有“%s”这种期限，请从这些里选：%s", k, strings.Join(names, " ")))
}
