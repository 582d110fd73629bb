package cli

import (
	"encoding/json"
	"fmt"

	"github.com/gongkai/gongkai/internal/app"
	"github.com/gongkai/gongkai/internal/config"
)

type backupCmd struct {
	File string `arg:"" help:"写到哪个文件，如 gongkai-20260120.zip / the file to write"`
	JSON bool   `name:"json" help:"输出一行 JSON / print one JSON object on a line"`
	config.Config
}

func (c *backupCmd) Help() string {
	return `整个系统（数据库和全部文件）备份成一个文件，运行中也可以做。主密钥不在里面，请另行保管。
the whole system, database and files, into one file, also while it runs; the master key is not in it

例 / examples:
  gongkai backup gongkai-20260120.zip
  gongkai backup --db postgres://… --blobs s3://… /backup/gongkai.zip --json`
}

func (c *backupCmd) Run(e *env) error {
	m, err := app.Backup(e.ctx, c.Config, c.File, e.say)
	if err != nil {
		return err
	}
	if len(m.Files.Damaged) > 0 {
		e.say(fmt.Sprintf("注意：存储里有 %d 个文件的内容已损坏，备份照原样收下，恢复时不会放回；第一个是 %s。请从更早的备份恢复它们",
			len(m.Files.Damaged), m.Files.Damaged[0]))
		e.raise(Found)
	}
	e.say("主密钥不在备份里（它在" + app.KeyPlace(c.Config) + "）。请另行保管：没有它，备份里受保护的内容打不开")
	if c.JSON {
		return json.NewEncoder(e.out).Encode(map[string]any{"file": c.File, "made_at": m.MadeAt, "database": m.Database, "schema": m.Schema,
			"tables": len(m.Tables), "rows": m.Rows(), "files": m.Files, "audit": m.Audit, "key_included": false})
	}
	_, err = fmt.Fprintf(e.out, "备份完成：%s\n  %d 张表 %d 行，文件 %d 个共 %d MB，操作记录到第 %d 条\n", c.File, len(m.Tables), m.Rows(), m.Files.Count,
		m.Files.Bytes>>20, m.Audit.Seq)
	return err
}

type restoreCmd struct {
	File    string `arg:"" help:"备份文件 / the backup"`
	Replace bool   `help:"目标里已有数据时也恢复；内置数据库的原有数据改名保留，PostgreSQL 里的被替换 / put it in the place of what is there"`
	JSON    bool   `name:"json" help:"输出一行 JSON / print one JSON object on a line"`
	config.Config
}

func (c *restoreCmd) Help() string {
	return `先核对备份的每一个字节、每一行和操作记录链，全部无误才换上；有任何问题都不动原有数据。先停下服务。
从内置数据库搬到 PostgreSQL，或搬回来：备份，再恢复到另一个数据库。
everything is verified before anything is replaced; this is also how a site moves from one database to the other

例 / examples:
  gongkai restore gongkai-20260120.zip --data ./data
  gongkai restore gongkai-20260120.zip --db postgres://… --blobs s3://… --replace`
}

func (c *restoreCmd) Run(e *env) error {
	res, err := app.Restore(e.ctx, c.Config, c.File, c.Replace, e.say)
	if err != nil {
		return err
	}
	m := res.Manifest
	if len(m.Files.Damaged) > 0 {
		e.say(fmt.Sprintf("注意：做备份时有 %d 个文件已损坏，没有放回；第一个是 %s", len(m.Files.Damaged), m.Files.Damaged[0]))
		e.raise(Found)
	}
	if res.Keys > 0 && !res.Opened {
		e.say("备份里没有主密钥，这里也还没有。请把原来的主密钥放到" + app.KeyPlace(c.Config) + "，再启动服务；不要另建新的")
	}
	if c.JSON {
		return json.NewEncoder(e.out).Encode(map[string]any{"file": c.File, "made_at": m.MadeAt, "database": m.Database, "schema": m.Schema,
			"tables": len(m.Tables), "rows": m.Rows(), "files": m.Files, "audit": m.Audit, "replaced": res.Replaced, "kept": res.Kept,
			"keys": res.Keys, "keys_open": res.Opened})
	}
	if res.Kept != "" {
		e.say("原来的数据库保留为 " + res.Kept)
	}
	_, err = fmt.Fprintf(e.out, "恢复完成：%s 的备份，%d 张表 %d 行，文件 %d 个，操作记录核对到第 %d 条\n", m.MadeAt.Local().Format("2006-01-02 15:04"), len(m.Tables),
		m.Rows(), m.Files.Count-len(m.Files.Damaged), m.Audit.Seq)
	return err
}

type migrateCmd struct {
	JSON bool `name:"json" help:"输出一行 JSON / print one JSON object on a line"`
	config.Config
}

func (c *migrateCmd) Help() string {
	return `把数据升级到本程序的版本；serve 启动时也会自动做。升级前请先备份。
bring the data to this version of the program, as serve does when it starts; back up first`
}

func (c *migrateCmd) Run(e *env) error {
	from, to, err := app.Migrate(e.ctx, c.Config)
	if err != nil {
		return err
	}
	if c.JSON {
		return json.NewEncoder(e.out).Encode(map[string]int64{"from": from, "to": to})
	}
	if from == to {
		_, err = fmt.Fprintf(e.out, "数据结构已是第 %d 版，没有变动\n", to)
		return err
	}
	_, err = fmt.Fprintf(e.out, "数据结构从第 %d 版升级到第 %d 版\n", from, to)
	return err
}

// say tells the person at the terminal what is being done; standard output is for the result.
func (e *env) say(what string) { fmt.Fprintln(e.err, what) }
