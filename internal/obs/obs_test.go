package obs

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestRequestsAreCountedByRouteAndNeverByAddress(t *testing.T) {
	m := NewMetrics("v1", "sqlite", Gauge{Name: "gongkai_waiting", Help: "x", Value: func() float64 { return 7 }})
	h := m.Count("GET /desk/people/{id}", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNotFound) }))
	for range 3 {
		h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/desk/people/4111?q=%E5%BC%A0", nil))
	}
	h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("BREW", "/", nil))
	m.Job(nil)
	m.Job(errors.New("x"))
	w := httptest.NewRecorder()
	m.Handler().ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	body, err := io.ReadAll(w.Result().Body)
	if err != nil {
		t.Fatal(err)
	}
	text := string(body)
	for _, want := range []string{
		`gongkai_http_requests_total{method="GET",route="GET /desk/people/{id}",status="404"} 3`,
		`gongkai_http_requests_total{method="other",route="GET /desk/people/{id}",status="404"} 1`,
		`gongkai_jobs_total{outcome="done"} 1`, `gongkai_jobs_total{outcome="failed"} 1`, `gongkai_waiting 7`,
		`gongkai_build_info{database="sqlite",version="v1"} 1`,
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %s in\n%s", want, text)
		}
	}
	if strings.Contains(text, "4111") {
		t.Error("what was asked for stands in the figures")
	}
}

func TestLogHasTheFormAndLevelOfTheSettings(t *testing.T) {
	var b strings.Builder
	log := NewLog(&b, "json", "warn")
	log.Info("quiet")
	log.Warn("loud", "n", 1)
	if got := b.String(); strings.Contains(got, "quiet") || !strings.Contains(got, `"msg":"loud","n":1`) {
		t.Errorf("%q", got)
	}
}
