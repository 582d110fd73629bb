// Package demo holds the sample year of `gongkai serve --demo`: the annual reports of one invented district over four
// years, in the kinds of files in which they are found, with the faults that are found in them. No agency, number or name
// in it is real. The archive is made by the program in gen and looked at before it is kept.
package demo

import (
	"archive/zip"
	"bytes"
	_ "embed"
	"fmt"
	"io"
)

//go:generate go run ./gen -o sample.zip

//go:embed sample.zip
var archive []byte

// Site is the name of the office that the sample pages are of.
const Site = "虚构市牡丹区政府信息公开"

// File is one file as an agency would hand it in.
type File struct {
	Name string
	Data []byte
}

// maxFile bounds one file of the archive, in bytes: far above what the generator writes.
const maxFile = 4 << 20

// Files returns the files in the order in which they are handed in, earlier years first.
func Files() ([]File, error) {
	z, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
	if err != nil {
		return nil, fmt.Errorf("demo: %w", err)
	}
	out := make([]File, 0, len(z.File))
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			return nil, fmt.Errorf("demo: %s: %w", f.Name, err)
		}
		data, err := io.ReadAll(io.LimitReader(r, maxFile))
		if err != nil {
			return nil, fmt.Errorf("demo: %s: %w", f.Name, err)
		}
		out = append(out, File{Name: f.Name, Data: data})
	}
	return out, nil
}

// Agencies is the list of agencies that have to report, as a person would paste it: a name, a comma, a group.
const Agencies = `虚构市牡丹区人民政府办公室，部门
虚构市牡丹区教育局，部门
虚构市牡丹区民政局，部门
虚构市牡丹区财政局，部门
虚构市牡丹区自然资源局，部门
虚构市牡丹区住房和城乡建设局，部门
虚构市牡丹区卫生健康局，部门
虚构市牡丹区市场监督管理局，部门
虚构市牡丹区审计局，部门
虚构市牡丹区青砚街道办事处，街道
虚构市牡丹区云栖街道办事处，街道
虚构市牡丹区石桥镇人民政府，乡镇
虚构市牡丹区河湾镇人民政府，乡镇
虚构市牡丹区竹林乡人民政府，乡镇
虚构市牡丹区社区治理和服务创新办公室，部门
虚构市牡丹区数据和政务服务局，部门
虚构市牡丹区文化体育和旅游局，部门
`

// Former is an agency of the district under a name that it has no more, or that is no more itself.
type Former struct {
	Name string
	Now  string // the name on the list of the agency that it has become, or that carries on its work
	Last int    // the last year that it reported for under this name
	// Merged says that the agency ended; otherwise it was given another name.
	Merged bool
	From   string // first day of what came after, yyyy-mm-dd
}

// FormerNames is what has changed in the district. The days go with the names on the reports of the archive.
func FormerNames() []Former {
	return []Former{
		{Name: "虚构市牡丹区行政审批局", Now: "虚构市牡丹区数据和政务服务局", Last: 2023, From: "2024-11-01"},
		{Name: "虚构市牡丹区文化和旅游局", Now: "虚构市牡丹区文化体育和旅游局", Last: 2024, Merged: true, From: "2025-09-01"},
		{Name: "虚构市牡丹区体育局", Now: "虚构市牡丹区文化体育和旅游局", Last: 2024, Merged: true, From: "2025-09-01"},
	}
}
