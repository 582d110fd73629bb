package notice

import (
	"fmt"
	"strings"
)

// Site is what mails say of the site.
type Site struct {
	Name string // begins the subject: 示例县政府信息公开平台
	URL  string // https://…, without a slash at the end; "" for mails without links
}

// link writes the address of a page; "" where the site has none.
func (s Site) link(path string) string {
	if s.URL == "" || path == "" {
		return ""
	}
	return strings.TrimSuffix(s.URL, "/") + path
}

// Letter is what goes out: the words of a mail or of a message to a phone.
type Letter struct {
	Subject string
	Text    string
	Link    string // the page to open
}

// ListPath is the page of all notices.
const ListPath = "/desk/notices"

// footer ends every mail.
const footer = "本邮件由系统自动发出，请勿回复。为保护个人信息，邮件里不写办件内容。在工作台“通知设置”里可以改变通知方式。"

// Write writes one letter about these notices: all it takes from them is their kind, how many there are, and where to read on.
// It must hold no personal data of applicants, and cannot: a mail passes servers that belong to nobody here.
//
// Legal: 个人信息保护法 第六条、第五十一条.
func (s Site) Write(list []Notice) Letter {
	switch len(list) {
	case 0:
		return Letter{}
	case 1:
		sort, _ := SortOf(list[0].Kind)
		return Letter{Subject: s.subject(sort.Title), Text: sort.Do + "\n\n" + footer, Link: s.link(list[0].Link)}
	}
	byKind := map[Kind]int{}
	for _, n := range list {
		byKind[n.Kind]++
	}
	var b strings.Builder
	fmt.Fprintf(&b, "有 %d 件事等您处理：\n\n", len(list))
	for _, sort := range Sorts() {
		if n := byKind[sort.Kind]; n > 0 {
			fmt.Fprintf(&b, "· %s：%d 件\n", sort.Title, n)
		}
	}
	b.WriteString("\n" + footer)
	return Letter{Subject: s.subject(fmt.Sprintf("%d 件事等您处理", len(list))), Text: b.String(), Link: s.link(ListPath)}
}

func (s Site) subject(about string) string {
	if s.Name == "" {
		return about
	}
	return "【" + s.Name + "】" + about
}

// Short writes a message to a phone about one notice.
func (s Site) Short(n Notice) Letter {
	sort, _ := SortOf(n.Kind)
	return Letter{Subject: sort.Title, Text: s.subject(sort.Title) + "：" + sort.Do, Link: s.link(n.Link)}
}
