package ui

import (
	"errors"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/gongkai/gongkai/internal/calendar"
	"github.com/gongkai/gongkai/internal/fault"
)

// maxForm is the most bytes that an ordinary form may take; files have their own way.
const maxForm = 1 << 20

// FieldError says what is wrong with a field and what to do. Field is "" for what concerns the whole form.
type FieldError struct{ Field, Message string }

// Form is what somebody filled in, with what is wrong with it in the order of the fields. The components of fields show
// both again. Passwords are read and never kept.
//
// The reading methods trim blanks, refuse what breaks a rule with a message that says what to do, and return the value
// that was read, or the zero value. Handlers read all fields, do what was asked when OK, and show the page again with 422
// (Site.Invalid) when not.
type Form struct {
	values url.Values
	errs   []FieldError
}

// NewForm returns a form with the values that it shows at first: pairs of name and value.
func NewForm(pairs ...string) *Form {
	f := &Form{values: url.Values{}}
	for i := 0; i+1 < len(pairs); i += 2 {
		f.values.Add(pairs[i], pairs[i+1])
	}
	return f
}

// QueryForm returns the form in the address, for pages that are asked for with GET.
func QueryForm(r *http.Request) *Form { return &Form{values: r.URL.Query()} }

// ReadForm reads the body of a form that was sent with POST. Errors: fault.TooLarge beyond 1 MiB, fault.Usage for what is
// no form.
func ReadForm(w http.ResponseWriter, r *http.Request) (*Form, error) {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != "application/x-www-form-urlencoded" {
		return nil, fault.New(fault.Usage, "web.not_a_form", "服务器没有收到表单；请回到页面上重新提交")
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	err = r.ParseForm()
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return nil, fault.Wrap(fault.TooLarge, "web.form_too_large", "填写的内容太多，一次最多 1 MB；请删减后再提交", err)
	case err != nil:
		return nil, fault.Wrap(fault.Usage, "web.form_broken", "表单没有收完整；请回到上一页再提交一次", err)
	}
	return &Form{values: r.PostForm}, nil
}

// Set puts a value into a field that is to be shown.
func (f *Form) Set(name, value string) { f.values.Set(name, value) }

// Value is what a field shows.
func (f *Form) Value(name string) string { return f.values.Get(name) }

// Has reports whether value is among what was chosen under name.
func (f *Form) Has(name, value string) bool {
	for _, v := range f.values[name] {
		if v == value {
			return true
		}
	}
	return false
}

// Add records what is wrong with a field, or with the form when field is "".
func (f *Form) Add(field, message string) { f.errs = append(f.errs, FieldError{field, message}) }

// Fail attaches an error that the person at the form can mend to a field, or to the form when field is "": those of kind
// fault.Usage, fault.Conflict, and of the kinds in also. Any other error is returned, for the handler to return.
func (f *Form) Fail(field string, err error, also ...fault.Kind) error {
	if err == nil {
		return nil
	}
	for _, kind := range append([]fault.Kind{fault.Usage, fault.Conflict}, also...) {
		if errors.Is(err, kind) {
			f.Add(field, fault.Message(err))
			return nil
		}
	}
	return err
}

// OK reports whether nothing is wrong.
func (f *Form) OK() bool { return len(f.errs) == 0 }

// Errors returns what is wrong, in order.
func (f *Form) Errors() []FieldError { return f.errs }

// Error returns what is wrong with a field; "" when nothing is.
func (f *Form) Error(field string) string {
	for _, e := range f.errs {
		if e.Field == field {
			return e.Message
		}
	}
	return ""
}

// Text reads one line: blanks and line breaks become one blank each. At most 200 characters unless MaxLen says otherwise.
func (f *Form) Text(name, label string, rules ...Rule) string {
	v := strings.Join(strings.Fields(f.values.Get(name)), " ")
	f.values.Set(name, v)
	return f.checked(name, label, v, 200, rules)
}

// Lines reads text of several lines. At most 5000 characters unless MaxLen says otherwise.
func (f *Form) Lines(name, label string, rules ...Rule) string {
	v := strings.TrimSpace(strings.ReplaceAll(strings.ReplaceAll(f.values.Get(name), "\r\n", "\n"), "\r", "\n"))
	f.values.Set(name, v)
	return f.checked(name, label, v, 5000, rules)
}

// Password reads a password as it was typed, blanks and all, and forgets it: it is not shown again. At most 128
// characters unless MaxLen says otherwise.
func (f *Form) Password(name, label string, rules ...Rule) string {
	v := f.values.Get(name)
	f.values.Del(name)
	return f.checked(name, label, v, 128, rules)
}

// Date reads a date, as 2026-09-14 or as people write it. The zero Date stands for nothing or for what is no date.
func (f *Form) Date(name, label string, rules ...Rule) calendar.Date {
	raw := strings.TrimSpace(f.values.Get(name))
	v := halfWidth(raw)
	f.values.Set(name, raw)
	if v == "" {
		if required(rules) {
			f.Add(name, "请填写"+label)
		}
		return calendar.Date{}
	}
	d, ok := parseDate(v)
	if !ok {
		f.Add(name, label+"不是一个日期；请按“2026-09-14”这样填写")
		return calendar.Date{}
	}
	f.values.Set(name, d.String())
	for _, r := range rules {
		if r.date == nil {
			continue
		}
		if m := r.date(label, d); m != "" {
			f.Add(name, m)
			return calendar.Date{}
		}
	}
	return d
}

// Int reads a whole number. ok is false when there is none, or one that breaks a rule.
func (f *Form) Int(name, label string, rules ...Rule) (n int, ok bool) {
	raw := strings.TrimSpace(f.values.Get(name))
	f.values.Set(name, raw)
	if raw == "" {
		if required(rules) {
			f.Add(name, "请填写"+label)
		}
		return 0, false
	}
	n, err := strconv.Atoi(halfWidth(raw))
	if err != nil || len(raw) > 40 {
		f.Add(name, label+"要填整数，例如 12")
		return 0, false
	}
	for _, r := range rules {
		if r.number == nil {
			continue
		}
		if m := r.number(label, n); m != "" {
			f.Add(name, m)
			return 0, false
		}
	}
	return n, true
}

// Choice reads which one of options was chosen. What is not among them is refused.
func (f *Form) Choice(name, label string, options []Option, rules ...Rule) string {
	v := f.values.Get(name)
	if v == "" {
		if required(rules) {
			f.Add(name, "请选择"+label)
		}
		return ""
	}
	if !offered(options, v) {
		f.Add(name, "请重新选择"+label+"，原来选的这一项现在没有了")
		return ""
	}
	return v
}

// Many reads which of options were chosen, in their order.
func (f *Form) Many(name, label string, options []Option, rules ...Rule) []string {
	var out []string
	for _, o := range options {
		if f.Has(name, o.Value) {
			out = append(out, o.Value)
		}
	}
	for _, v := range f.values[name] {
		if !offered(options, v) {
			f.Add(name, "请重新选择"+label+"，原来选的有一项现在没有了")
			return out
		}
	}
	if len(out) == 0 && required(rules) {
		f.Add(name, "请选择"+label+"，至少一项")
	}
	return out
}

// Check reads whether a box was ticked. With Required it has to be.
func (f *Form) Check(name, label string, rules ...Rule) bool {
	on := f.values.Get(name) != ""
	if !on && required(rules) {
		f.Add(name, "请先勾选“"+label+"”")
	}
	return on
}

func (f *Form) checked(name, label, v string, longest int, rules []Rule) string {
	if v == "" {
		if required(rules) {
			f.Add(name, "请填写"+label)
		}
		return ""
	}
	if !utf8.ValidString(v) || strings.ContainsFunc(v, unprintable) {
		f.Add(name, label+"里有不能显示的字符；请删去后重新输入，不要从别处整段粘贴")
		return ""
	}
	for _, r := range rules {
		if r.longest > 0 {
			longest = r.longest
		}
	}
	if n := utf8.RuneCountInString(v); n > longest {
		f.Add(name, label+"最多 "+strconv.Itoa(longest)+" 个字，现在有 "+strconv.Itoa(n)+" 个；请删去 "+strconv.Itoa(n-longest)+" 个")
		return ""
	}
	for _, r := range rules {
		if r.text == nil {
			continue
		}
		if m := r.text(label, v); m != "" {
			f.Add(name, m)
			return ""
		}
	}
	return v
}

func unprintable(c rune) bool {
	return (c < ' ' && c != '\n' && c != '\t') || c == 0x7f || c == utf8.RuneError
}
