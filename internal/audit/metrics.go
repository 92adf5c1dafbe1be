package audit

import "github.com/prometheus/client_golang/prometheus"

// metrics count; none holds whom a record is about.
type metrics struct {
	records  prometheus.Counter
	failures prometheus.Counter
	batches  prometheus.Histogram
}

func newMetrics(r prometheus.Registerer) *metrics {
	m := &metrics{
		records:  prometheus.NewCounter(prometheus.CounterOpts{Name: "korpu_audit_records_total", Help: "Records added to the audit."}),
		failures: prometheus.NewCounter(prometheus.CounterOpts{Name: "korpu_audit_failures_total", Help: "Records that could not be added, whose answers were held back."}),
		batches: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "korpu_audit_batch_records", Help: "Records added in one transaction.", Buckets: prometheus.ExponentialBuckets(1, 2, 10),
		}),
	}
	if r != nil {
		r.MustRegister(m.records, m.failures, m.batches)
	}
	return m
}

func (m *metrics) observe(batch []*item, err error) {
	if err != nil {
		m.failures.Add(float64(len(batch)))
		return
	}
	m.records.Add(float64(len(batch)))
	m.batches.Observe(float64(len(batch)))
}
