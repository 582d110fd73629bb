package notices

import (
	"slices"

	"github.com/gongkai/gongkai/internal/notice"
	"github.com/gongkai/gongkai/internal/web/ui"
)

func columns(o notice.Outlets) []ui.Column {
	out := []ui.Column{{Text: "什么事"}, {Text: "邮件"}}
	if o.Webhook {
		out = append(out, ui.Column{Text: "短信"})
	}
	return out
}

func fixed(s notice.Sort, c notice.Channel) bool { return s.Fixed && slices.Contains(s.Channels, c) }
