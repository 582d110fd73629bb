// Package config is all settings of a site in one struct: what each means, its default, and how it is named on the command
// line, in the environment and in the settings file. The program documents itself from it.
package config

import (
	"reflect"
	"strconv"
	"strings"
	"time"
)

// Config is the settings that every command which touches a site's data shares. The order of precedence is command line,
// environment, settings file, default.
type Config struct {
	Data    string `name:"data" env:"GONGKAI_DATA" default:"./data" placeholder:"DIR" type:"path" help:"数据文件夹 / data folder"`
	DB      string `name:"db" env:"GONGKAI_DB" placeholder:"URL" secret:"yes" help:"数据库地址 postgres://…；不填为数据文件夹里的内置数据库 / database; empty for the embedded one"`
	Blobs   string `name:"blobs" env:"GONGKAI_BLOBS" placeholder:"URL" secret:"yes" help:"文件存储：文件夹或 s3://…；不填为数据文件夹里的 blobs / where files are kept"`
	KeyFile string `name:"key-file" env:"GONGKAI_KEY_FILE" placeholder:"FILE" help:"主密钥文件；不填为数据文件夹里的 master.key，没有就新建。请另行备份，丢失后受保护的内容无法打开 / file of the master key"`
	Key     string `name:"key" env:"GONGKAI_KEY" placeholder:"BASE64" secret:"yes" help:"主密钥本身，只应从环境变量给；给了就不用密钥文件 / the master key itself, from the environment"`
	Cipher  string `name:"cipher" env:"GONGKAI_CIPHER" default:"aes-256-gcm" enum:"aes-256-gcm,sm4-gcm" help:"受保护字段的加密算法 aes-256-gcm 或 sm4-gcm，新建密钥时用 / cipher of protected fields"`
	Hash    string `name:"hash" env:"GONGKAI_HASH" default:"sha256" enum:"sha256,sm3" help:"操作记录链的哈希算法 sha256 或 sm3 / hash of the record of changes"`

	Log      string `name:"log" env:"GONGKAI_LOG" default:"text" enum:"text,json" help:"日志格式 text 或 json / form of the log"`
	LogLevel string `name:"log-level" env:"GONGKAI_LOG_LEVEL" default:"info" enum:"debug,info,warn,error" help:"日志级别 / least level that is logged"`
}

// Serve is the settings of the server.
type Serve struct {
	Listen  string `name:"listen" env:"GONGKAI_LISTEN" default:"127.0.0.1:8080" placeholder:"HOST:PORT" help:"监听地址 / address to listen on"`
	Site    string `name:"site" env:"GONGKAI_SITE" placeholder:"NAME" help:"页面上显示的单位名称 / name of the office on the pages"`
	BaseURL string `name:"base-url" env:"GONGKAI_BASE_URL" placeholder:"URL" help:"对外网址，用在邮件和日历里 / address of the site in mails and calendars"`
	Demo    bool   `name:"demo" help:"在新的数据文件夹里装入一个虚构区的示例数据 / fill a fresh data folder with a full sample year"`
	Workers int    `name:"workers" env:"GONGKAI_WORKERS" default:"0" placeholder:"N" help:"本机同时做的后台任务数，0 为自动，-1 为不做（由 gongkai work 做） / background jobs at the same time; -1 for none here"`

	StaffFrom    string        `name:"staff-from" env:"GONGKAI_STAFF_FROM" placeholder:"RANGES" help:"工作人员页面只允许这些地址访问，如 10.0.0.0/8,192.168.1.5；不填为不限 / addresses that may open the staff pages"`
	MetricsFrom  string        `name:"metrics-from" env:"GONGKAI_METRICS_FROM" default:"127.0.0.1,::1" placeholder:"RANGES" help:"哪些地址可以读 /metrics / addresses that may read /metrics"`
	TrustProxy   string        `name:"trust-proxy" env:"GONGKAI_TRUST_PROXY" placeholder:"RANGES" help:"反向代理的地址；只有它们报来的客户端地址和 https 才算数 / reverse proxies whose headers are believed"`
	PasswordSign bool          `name:"password-sign-in" env:"GONGKAI_PASSWORD_SIGN_IN" default:"true" negatable:"" help:"允许用账号密码登录 / sign in with a password"`
	SecondFactor string        `name:"second-factor" env:"GONGKAI_SECOND_FACTOR" default:"optional" enum:"off,optional,required" help:"动态口令：off 不用，optional 自愿，required 必须 / one-time codes"`
	Classes      bool          `name:"password-classes" env:"GONGKAI_PASSWORD_CLASSES" help:"新密码须含三类字符（等级保护测评的要求） / new passwords need three classes of characters"`
	Idle         time.Duration `name:"session-idle" env:"GONGKAI_SESSION_IDLE" default:"2h" placeholder:"TIME" help:"多久不操作就退出登录 / sessions end when idle for so long"`
	Longest      time.Duration `name:"session-longest" env:"GONGKAI_SESSION_LONGEST" default:"12h" placeholder:"TIME" help:"一次登录最长多久 / sessions end after so long"`

	OIDCIssuer  string `name:"oidc-issuer" env:"GONGKAI_OIDC_ISSUER" placeholder:"URL" help:"统一身份认证（OpenID Connect）的地址；不填为不用 / identity provider"`
	OIDCClient  string `name:"oidc-client" env:"GONGKAI_OIDC_CLIENT" placeholder:"ID" help:"在统一身份认证登记的客户端编号 / client id there"`
	OIDCSecret  string `name:"oidc-secret" env:"GONGKAI_OIDC_SECRET" placeholder:"TEXT" secret:"yes" help:"客户端密钥 / client secret"`
	OIDCName    string `name:"oidc-name" env:"GONGKAI_OIDC_NAME" default:"统一身份认证" placeholder:"TEXT" help:"登录按钮上的名字 / name on the button"`
	OIDCAccount string `name:"oidc-account" env:"GONGKAI_OIDC_ACCOUNT" default:"preferred_username" placeholder:"CLAIM" help:"哪一项等于本系统的账号 / the claim that equals the account here"`

	SMTPHost     string `name:"smtp-host" env:"GONGKAI_SMTP_HOST" placeholder:"HOST:PORT" help:"发邮件的服务器；不填为不发邮件 / mail server"`
	SMTPUser     string `name:"smtp-user" env:"GONGKAI_SMTP_USER" placeholder:"TEXT" help:"邮件服务器的账号 / its account"`
	SMTPPassword string `name:"smtp-password" env:"GONGKAI_SMTP_PASSWORD" placeholder:"TEXT" secret:"yes" help:"邮件服务器的密码 / its password"`
	SMTPFrom     string `name:"smtp-from" env:"GONGKAI_SMTP_FROM" placeholder:"ADDRESS" help:"发件人地址 / sender"`
	SMTPTLS      string `name:"smtp-tls" env:"GONGKAI_SMTP_TLS" default:"starttls" enum:"none,starttls,tls" help:"邮件服务器的加密方式 / encryption of the connection"`
	Webhook      string `name:"webhook" env:"GONGKAI_WEBHOOK" placeholder:"URL" help:"短信网关的网址；不填为不发短信 / address of an SMS gateway"`
	WebhookPlain bool   `name:"webhook-plain" env:"GONGKAI_WEBHOOK_PLAIN" help:"允许短信网关用 http（只在网关就在本机或同一机房时） / allow http for a gateway in the same room"`
	WebhookKey   string `name:"webhook-key" env:"GONGKAI_WEBHOOK_KEY" placeholder:"TEXT" secret:"yes" help:"给短信网关签名的密钥 / key that signs what is sent there"`
}

// Setting is one setting as it is described to people.
type Setting struct {
	Name, Env, Default, Help string
	Secret                   bool // its value is never printed
	Values                   []string
}

// Settings describes every setting of the structs, in their order.
func Settings(structs ...any) []Setting {
	var out []Setting
	for _, s := range structs {
		t := reflect.TypeOf(s)
		for i := range t.NumField() {
			tag := t.Field(i).Tag
			one := Setting{Name: tag.Get("name"), Env: tag.Get("env"), Default: tag.Get("default"), Help: tag.Get("help"), Secret: tag.Get("secret") != ""}
			if e := tag.Get("enum"); e != "" {
				one.Values = strings.Split(e, ",")
			}
			out = append(out, one)
		}
	}
	return out
}

// All describes every setting there is.
func All() []Setting { return Settings(Config{}, Serve{}) }

// Defaults are the settings when nobody has said anything.
func Defaults() (Config, Serve) {
	var c Config
	var s Serve
	fill(&c)
	fill(&s)
	return c, s
}

// fill puts the defaults of the tags into a struct of settings. The tags are ours: what cannot be read is a mistake of the
// program, which the tests of this package find.
func fill(settings any) {
	v := reflect.ValueOf(settings).Elem()
	for i := range v.NumField() {
		text := v.Type().Field(i).Tag.Get("default")
		if text == "" {
			continue
		}
		switch f := v.Field(i); f.Interface().(type) {
		case string:
			f.SetString(text)
		case bool:
			f.SetBool(text == "true")
		case int:
			n, err := strconv.Atoi(text)
			if err != nil {
				panic(err)
			}
			f.SetInt(int64(n))
		case time.Duration:
			d, err := time.ParseDuration(text)
			if err != nil {
				panic(err)
			}
			f.SetInt(int64(d))
		}
	}
}
