package form
import ("testing";"os";"fmt";"github.com/gongkai/gongkai/internal/docio";"strings")
func TestDbg(t *testing.T){
 f:=os.Getenv("F"); if f=="" {return}
 data,_:=os.ReadFile("../../../testdata/reports/"+f)
 d:=&docio.Document{Kind:docio.PlainText}
 for i,l:=range strings.Split(string(data),"\n"){d.Blocks=append(d.Blocks,docio.Line(l,i+1))}
 s:=newStream(d)
 labels,picks:=s.bestChain3()
 for _,r:=range s.rows3(labels,picks){ fmt.Printf("%s [%s] %q tokens %v fields %d\n",r.key,s.hanText[r.hit.from*3:r.hit.to*3],string(s.rs[r.seg.from:min(r.seg.to,r.seg.from+90)]),texts(r.seg.tokens),len(r.seg.fields))}
}

func TestDbg2(t *testing.T){
 f:=os.Getenv("F"); if f=="" {return}
 data,_:=os.ReadFile("../../../testdata/reports/"+f)
 d:=&docio.Document{Kind:docio.PlainText}
 for i,l:=range strings.Split(string(data),"\n"){d.Blocks=append(d.Blocks,docio.Line(l,i+1))}
 s:=newStream(d)
 labels,picks:=s.bestChain3()
 rows:=s.rows3(labels,picks)
 sp:=s.span3(rows)
 end:=s.endOfRegion3(sp)
 for i,it:=range s.lineItems(sp.from,end,labelsFor(false)){ fmt.Println(i,it.label,it.cells[0].N,it.cells[6].N)}
 fmt.Println(len(s.blockItems(sp.from,end)), s.numbersFirst(rows[0].seg.from))
}
