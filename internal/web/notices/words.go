package notices

import (
	"slices"
	"time"

	"github.com/gongkai/gongkai/internal/notice"
)

func fixed(s notice.Sort, c notice.Channel) bool { return s.Fixed && slices.Contains(s.Channels, c) }

// stamp writes an instant for machines.
func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }
