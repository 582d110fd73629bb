package cli

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"github.com/alecthomas/kong"

	"github.com/gongkai/gongkai/internal/config"
	"github.com/gongkai/gongkai/internal/fault"
)

// settingsVariable names the settings file.
const settingsVariable = "GONGKAI_CONFIG"

// settingsFile answers for flags that neither the command line nor the environment has set. The file is named by the
// environment, so that a service and an administrator's shell use the same one.
type settingsFile struct{ root *root }

// Validate reads the file once, so that what is wrong with it is said whatever the command.
func (settingsFile) Validate(*kong.Application) error {
	_, err := readSettings()
	return err
}

// Resolve gives the value of a flag.
func (settingsFile) Resolve(_ *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
	all, err := readSettings()
	if err != nil {
		return nil, err
	}
	if v, ok := all[flag.Name]; ok && v != "" {
		return v, nil
	}
	return nil, nil
}

func readSettings() (map[string]string, error) {
	path := os.Getenv(settingsVariable)
	if path == "" {
		return nil, nil
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, fault.Wrap(fault.Usage, "config.file", "设置文件“"+path+"”打不开；请检查变量 "+settingsVariable+" 和文件权限", err)
	}
	defer f.Close()
	return config.ParseFile(f)
}

type settingsCmd struct {
	JSON     bool `name:"json" help:"每项一行 JSON / one JSON object a line"`
	Markdown bool `help:"输出说明文档 / print the page of the guide"`
}

// Run lists all settings; secret values never have a default and are never printed.
func (c *settingsCmd) Run(e *env) error {
	if c.Markdown {
		return config.Markdown(e.out)
	}
	enc := json.NewEncoder(e.out)
	for _, s := range config.All() {
		if c.JSON {
			if err := enc.Encode(map[string]any{"name": s.Name, "env": s.Env, "default": s.Default, "secret": s.Secret, "values": s.Values, "help": s.Help}); err != nil {
				return err
			}
			continue
		}
		help, _, _ := strings.Cut(s.Help, " / ")
		def := s.Default
		if def == "" {
			def = "（空）"
		}
		if _, err := fmt.Fprintf(e.out, "%-18s %s\n%18s 默认 %s  变量 %s\n", s.Name, help, "", def, s.Env); err != nil {
			return err
		}
	}
	return nil
}
