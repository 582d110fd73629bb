package font

import (
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// official lists, per style, the file names under which the fonts are installed, in lower case: the official fonts of
// Founder and of the GB2312 series first, then what Windows, WPS and macOS bring along. A list, not a search by name
// tables: reading every font of a machine would take longer than writing a report.
var official = [styles][]string{
	Title: {"fzxbsjw.ttf", "fzxbsjw--gb1-0.ttf", "fzxbsjw_gb1-0.ttf", "方正小标宋简体.ttf", "方正小标宋_gbk.ttf", "fzxiaobiaosong-b05s.ttf", "fzxbsk.ttf", "stzhongs.ttf"},
	Hei:   {"simhei.ttf", "黑体.ttf", "fzhtjw.ttf", "fzhtk.ttf", "stheiti medium.ttc", "stheiti light.ttc", "msyh.ttc", "msyh.ttf", "wqy-zenhei.ttc", "wqy-microhei.ttc"},
	Kai:   {"楷体_gb2312.ttf", "simkai_gb2312.ttf", "kaiti_gb2312.ttf", "simkai.ttf", "楷体.ttf", "fzktjw.ttf", "fzktk.ttf", "stkaiti.ttf", "kaiti.ttc", "gkai00mp.ttf", "ukai.ttc"},
	Fang:  {"仿宋_gb2312.ttf", "simfang_gb2312.ttf", "fangsong_gb2312.ttf", "simfang.ttf", "仿宋.ttf", "fzfsjw.ttf", "fzfsk.ttf", "stfangso.ttf", "stfangsong.ttf", "stfangsong.ttc"},
	Song:  {"simsun.ttc", "simsun.ttf", "宋体.ttf", "nsimsun.ttf", "fzssjw.ttf", "fzssk.ttf", "stsong.ttf", "songti.ttc", "uming.ttc"},
}

// wideNames are fonts with many rare characters, used for what a chain's own fonts lack.
var wideNames = []string{"simsunb.ttf", "mingliub.ttc", "hanamina.ttf", "hanaminb.ttf", "hanaminc.ttf"}

// systemDirs returns where this system keeps its fonts.
func systemDirs() []string {
	home, err := os.UserHomeDir()
	if err != nil {
		home = "" // a service without a home has no fonts of its own
	}
	inHome := func(path ...string) string {
		if home == "" {
			return ""
		}
		return filepath.Join(append([]string{home}, path...)...)
	}
	var dirs []string
	switch runtime.GOOS {
	case "windows":
		dirs = []string{inHome("AppData", "Local", "Microsoft", "Windows", "Fonts"), filepath.Join(os.Getenv("WINDIR"), "Fonts")}
	case "darwin":
		dirs = []string{inHome("Library", "Fonts"), "/Library/Fonts", "/System/Library/Fonts"}
	default:
		dirs = []string{inHome(".local", "share", "fonts"), inHome(".fonts"), "/usr/local/share/fonts", "/usr/share/fonts"}
	}
	return dirs
}

// index returns the font files below the directories by their names in lower case. Of two with one name the first counts.
func index(dirs []string) map[string]string {
	files := map[string]string{}
	for _, dir := range dirs {
		if dir == "" {
			continue
		}
		// What cannot be read is passed over: a font is looked for elsewhere, and found in the program at last.
		_ = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if err != nil {
				if d != nil && d.IsDir() {
					return fs.SkipDir
				}
				return nil
			}
			name := strings.ToLower(d.Name())
			if ext := filepath.Ext(name); ext != ".ttf" && ext != ".ttc" {
				return nil
			}
			if _, ok := files[name]; !ok {
				files[name] = path
			}
			return nil
		})
	}
	return files
}
