package config

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"github.com/gongkai/gongkai/internal/fault"
)

// MaxFile bounds a settings file, in bytes.
const MaxFile = 1 << 20

// ParseFile reads a settings file: one "name = value" a line, names as on the command line without the dashes, # before a
// remark. A name that does not exist or stands there twice is an error: a setting that is misspelt must not be passed over.
// Errors: fault.Usage, naming the line.
func ParseFile(r io.Reader) (map[string]string, error) {
	known := map[string]bool{}
	for _, s := range All() {
		known[s.Name] = true
	}
	out := map[string]string{}
	in := bufio.NewScanner(io.LimitReader(r, MaxFile))
	for n := 1; in.Scan(); n++ {
		line := strings.TrimSpace(strings.TrimPrefix(in.Text(), "\ufeff"))
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		name, value, ok := strings.Cut(line, "=")
		name = strings.TrimSpace(name)
		switch _, twice := out[name]; {
		case !ok:
			return nil, bad(n, "没有等号，请写成“名称 = 值”")
		case !known[name]:
			return nil, bad(n, "没有叫“"+name+"”的设置；用 gongkai config 查看全部设置")
		case twice:
			return nil, bad(n, "“"+name+"”写了两次，请删去一处")
		}
		out[name] = strings.TrimSpace(value)
	}
	if err := in.Err(); err != nil {
		return nil, fault.Wrap(fault.Usage, "config.file", "设置文件读不下去，可能有一行太长", err)
	}
	return out, nil
}

func bad(line int, what string) error {
	return fault.New(fault.Usage, "config.file", fmt.Sprintf("设置文件第 %d 行：%s", line, what))
}

// Markdown writes the settings as a page of the guide.
func Markdown(w io.Writer) error {
	var b strings.Builder
	b.WriteString(`# Settings

Written by ` + "`gongkai config --markdown`" + `; do not edit. A setting is given on the command line (` + "`--name value`" + `), in the environment, or in a
settings file (named by the variable ` + "`GONGKAI_CONFIG`" + `; one ` + "`name = value`" + ` a line, ` + "`#`" + ` before a remark). The command line goes before the
environment, that before the file, that before the default.

| name | variable | default | meaning |
|---|---|---|---|
`)
	for _, s := range All() {
		def := s.Default
		if def != "" {
			def = "`" + def + "`"
		}
		env := s.Env
		if env != "" {
			env = "`" + env + "`"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", s.Name, env, def, strings.ReplaceAll(s.Help, "|", "\\|"))
	}
	_, err := io.WriteString(w, b.String())
	return err
}
