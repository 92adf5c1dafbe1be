package server

import (
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"korpu/internal/fault"
	"korpu/internal/identity"
)

// metrics are counted by role, purpose and code alone: closed sets, so that no label can hold what a client wrote.
type metrics struct {
	requests *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
}

func newMetrics(r *prometheus.Registry) *metrics {
	m := &metrics{
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "korpu_requests_total", Help: "Requests answered, by role, purpose and code.",
		}, []string{"role", "purpose", "code"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "korpu_request_seconds", Help: "Time to answer, by role and purpose.",
			Buckets: []float64{.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10},
		}, []string{"role", "purpose"}),
	}
	r.MustRegister(m.requests, m.seconds, collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

func (m *metrics) observe(s identity.Subject, code fault.Code, took time.Duration) {
	if code == "" {
		code = "OK"
	}
	m.requests.WithLabelValues(s.Role, s.Purpose, string(code)).Inc()
	m.seconds.WithLabelValues(s.Role, s.Purpose).Observe(took.Seconds())
}

// MetricsHandler answers /metrics; it belongs on an address that only the operator reaches.
func (s *Server) MetricsHandler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(s.config.Metrics, promhttp.HandlerOpts{}))
	return mux
}
