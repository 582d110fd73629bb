package audit

import (
	"bufio"
	"encoding/hex"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/gongkai/gongkai/internal/fault"
)

// headForm begins the text of an exported head.
const headForm = "gongkai.audit-head/v1"

// Text writes a head as it is exported and printed: one line, so that a person can compare it by eye, in groups of eight.
func (h Head) Text() string {
	sum := hex.EncodeToString(h.Hash)
	var groups []string
	for i := 0; i < len(sum); i += 8 {
		groups = append(groups, sum[i:min(i+8, len(sum))])
	}
	return fmt.Sprintf("%s %d %s %s", headForm, h.Seq, h.At.UTC().Format(time.RFC3339Nano), strings.Join(groups, "-"))
}

// ParseHeads reads exported heads, one a line; blank lines and those that begin with # are passed over.
// Errors: fault.Usage, naming the line.
func ParseHeads(r io.Reader) ([]Head, error) {
	var out []Head
	in := bufio.NewScanner(io.LimitReader(r, 1<<20))
	for n := 1; in.Scan(); n++ {
		line := strings.TrimSpace(strings.TrimPrefix(in.Text(), "\ufeff"))
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		h, ok := parseHead(line)
		if !ok {
			return nil, fault.New(fault.Usage, "audit.head", fmt.Sprintf("第 %d 行不是导出的链头；请用“导出链头”得到的文件", n))
		}
		out = append(out, h)
	}
	if err := in.Err(); err != nil {
		return nil, fault.Wrap(fault.Usage, "audit.head", "链头文件读不下去；请用“导出链头”得到的文件", err)
	}
	if len(out) == 0 {
		return nil, fault.New(fault.Usage, "audit.head", "文件里没有链头；请用“导出链头”得到的文件")
	}
	return out, nil
}

func parseHead(line string) (Head, bool) {
	parts := strings.Fields(line)
	if len(parts) != 4 || parts[0] != headForm {
		return Head{}, false
	}
	seq, err := strconv.ParseInt(parts[1], 10, 64)
	if err != nil || seq < 0 {
		return Head{}, false
	}
	at, err := time.Parse(time.RFC3339Nano, parts[2])
	if err != nil {
		return Head{}, false
	}
	sum, err := hex.DecodeString(strings.ReplaceAll(parts[3], "-", ""))
	return Head{Seq: seq, At: at, Hash: sum}, err == nil && len(sum) == 32
}
