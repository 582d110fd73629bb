package cli

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/gongkai/gongkai/internal/app"
	"github.com/gongkai/gongkai/internal/audit"
	"github.com/gongkai/gongkai/internal/config"
	"github.com/gongkai/gongkai/internal/fault"
)

type auditCmd struct {
	Verify auditVerifyCmd `cmd:"" help:"从头核对操作记录链，指出第一处断开 / recompute the chain and say where it breaks"`
	Head   auditHeadCmd   `cmd:"" help:"导出链头 / print the head of the chain"`
}

type auditVerifyCmd struct {
	Heads []string `name:"head" help:"以前导出的链头文件，可多次 / files with heads exported earlier" placeholder:"FILE" type:"existingfile"`
	JSON  bool     `name:"json" help:"输出 JSON / print JSON"`
	config.Config
}

// Run goes along the whole chain. A broken one is exit status 1.
func (c *auditVerifyCmd) Run(e *env) (err error) {
	var anchors []audit.Head
	for _, path := range c.Heads {
		f, err := os.Open(path)
		if err != nil {
			return fault.Wrap(fault.Usage, "audit.head", "链头文件“"+path+"”打不开", err)
		}
		heads, err := audit.ParseHeads(f)
		if err = errors.Join(err, f.Close()); err != nil {
			return err
		}
		anchors = append(anchors, heads...)
	}
	s, err := app.Open(e.ctx, app.Options{Config: c.Config})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	broken, head, err := s.Record.Verify(e.ctx, anchors...)
	if err != nil {
		return err
	}
	if broken != nil {
		e.raise(Found)
	}
	if c.JSON {
		out := map[string]any{"ok": broken == nil, "entries": head.Seq, "hash": hex.EncodeToString(head.Hash), "heads": len(anchors)}
		if broken != nil {
			out["broken_at"], out["why"] = broken.Seq, broken.Why
		}
		return json.NewEncoder(e.out).Encode(out)
	}
	if broken != nil {
		_, err = fmt.Fprintf(e.out, "操作记录在第 %d 条断开：%s\n", broken.Seq, broken.Why)
		return err
	}
	_, err = fmt.Fprintf(e.out, "%d 条操作记录全部核对过，没有改动\n%s\n", head.Seq, head.Text())
	return err
}

type auditHeadCmd struct{ config.Config }

// Run prints the head as it is kept and compared later.
func (c *auditHeadCmd) Run(e *env) (err error) {
	s, err := app.Open(e.ctx, app.Options{Config: c.Config})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	h, err := s.Record.Head(e.ctx)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(e.out, h.Text())
	return err
}

type adminCmd struct {
	Password adminPasswordCmd `cmd:"" help:"给一个账号换初始密码，停用它的动态口令，退出它的登录 / reset a password"`
	Agencies adminAgenciesCmd `cmd:"" help:"机构：导入、导出 / agencies"`
	Calendar adminCalendarCmd `cmd:"" help:"工作日历：录入放假安排 / the calendar of working days"`
	Keys     adminKeysCmd     `cmd:"" help:"保护字段的密钥 / keys of protected fields"`
}

type adminPasswordCmd struct {
	Account string `arg:"" help:"账号 / account"`
	Apply   bool   `help:"真的执行；不加只演示 / really do it"`
	config.Config
}

// Run gives an account a first password, for when nobody can sign in any more.
func (c *adminPasswordCmd) Run(e *env) (err error) {
	s, err := app.Open(e.ctx, app.Options{Config: c.Config})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	name, password, err := s.ResetPassword(e.ctx, strings.ToLower(c.Account), c.Apply)
	if err != nil {
		return err
	}
	if !c.Apply {
		_, err = fmt.Fprintf(e.out, "演示：将给账号 %s（%s）换初始密码，停用动态口令，退出全部登录。加 --apply 执行\n", c.Account, name)
		return err
	}
	_, err = fmt.Fprintf(e.out, "账号 %s（%s）的初始密码：%s\n请当面交给本人，第一次登录要换掉\n", c.Account, name, password)
	return err
}

type adminKeysCmd struct {
	Rotate adminRotateCmd `cmd:"" help:"换新的数据密钥，并用它重新加密受保护的字段 / a new data key, and every field sealed with it again"`
	Rewrap adminRewrapCmd `cmd:"" help:"换主密钥 / another master key"`
}

type adminRotateCmd struct {
	Apply bool `help:"真的执行；不加只演示 / really do it"`
	config.Config
}

// Run rotates the key of protected fields.
func (c *adminRotateCmd) Run(e *env) (err error) {
	if !c.Apply {
		_, err := fmt.Fprintln(e.out, "演示：将新建一把数据密钥，把受保护的字段逐个重新加密；操作记录里的旧密文不动，旧密钥继续保留。加 --apply 执行")
		return err
	}
	s, err := app.Open(e.ctx, app.Options{Config: c.Config})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	n, err := s.RotateKey(e.ctx)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(e.out, "已换新的数据密钥，重新加密了 %d 个字段。正在运行的服务请重新启动\n", n)
	return err
}

type adminRewrapCmd struct {
	To    string `name:"to" required:"" help:"新主密钥文件，没有就新建 / file of the new master key" placeholder:"FILE"`
	Apply bool   `help:"真的执行；不加只演示 / really do it"`
	config.Config
}

// Run wraps all data keys with another master key.
func (c *adminRewrapCmd) Run(e *env) (err error) {
	if !c.Apply {
		_, err := fmt.Fprintln(e.out, "演示：将用新主密钥重新封装全部数据密钥；数据本身不动。完成后服务要改用新的密钥文件启动。加 --apply 执行")
		return err
	}
	s, err := app.Open(e.ctx, app.Options{Config: c.Config})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	if err := s.Rewrap(e.ctx, c.To); err != nil {
		return err
	}
	_, err = fmt.Fprintf(e.out, "已改用新主密钥 %s。请用 --key-file 指向它重新启动服务，并另行备份\n", c.To)
	return err
}
