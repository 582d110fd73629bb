package blob

import (
	"net/url"
	"strings"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"github.com/gongkai/gongkai/internal/fault"
)

// s3Place is what the address of a bucket says.
type s3Place struct {
	host, bucket, prefix string
	options              minio.Options
}

// parseS3 reads s3://KEY:SECRET@host:port/bucket/prefix?tls=0&region=…. Its errors never repeat the address, which holds the secret.
func parseS3(where string) (s3Place, error) {
	u, err := url.Parse(where)
	if err != nil || u.Scheme != "s3" || u.Host == "" {
		return s3Place{}, badAddress("要写成 s3://密钥:密码@主机:端口/存储桶；密钥和密码里的特殊字符要写成 %xx")
	}
	p := s3Place{host: u.Host}
	p.bucket, p.prefix, _ = strings.Cut(strings.Trim(u.Path, "/"), "/")
	if p.bucket == "" {
		return s3Place{}, badAddress("主机后面缺存储桶的名称")
	}
	if p.prefix != "" {
		p.prefix += "/"
	}
	p.options = minio.Options{Secure: true, Region: "us-east-1", BucketLookup: minio.BucketLookupPath, MaxRetries: 4}
	for name, values := range u.Query() {
		switch value := values[len(values)-1]; {
		case name == "tls" && (value == "0" || value == "1"):
			p.options.Secure = value == "1"
		case name == "region" && value != "":
			p.options.Region = value
		default:
			return s3Place{}, badAddress("问号后面只能有 tls=0 或 tls=1，以及 region=区域")
		}
	}
	p.options.Creds = credentials.NewEnvAWS()
	if u.User != nil {
		secret, ok := u.User.Password()
		if !ok || secret == "" || u.User.Username() == "" {
			return s3Place{}, badAddress("密钥和密码要么都写，要么都不写而放在环境变量里")
		}
		p.options.Creds = credentials.NewStaticV4(u.User.Username(), secret, "")
	}
	return p, nil
}

func badAddress(what string) error {
	return fault.New(fault.Usage, "blob.s3_address", "S3 文件存储的地址写得不对："+what)
}
