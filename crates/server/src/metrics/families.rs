//! Samples under their names, and the text that Prometheus reads.

use std::time::Duration;

use hongbao_domain::time::Timestamp;
use hongbao_metrics::Observed;
use hongbao_ports::Chain;
use prometheus::{
    TextEncoder,
    proto::{Bucket, Counter, Gauge, Histogram, LabelPair, Metric, MetricFamily, MetricType},
};
use tracing::error;

/// The names and values of labels.
pub(super) type Labels<'a> = &'a [(&'static str, &'a str)];

/// All samples, name by name.
#[derive(Default)]
pub(super) struct Families(Vec<MetricFamily>);

/// The samples of one name.
pub(super) struct Family<'a> {
    family: &'a mut MetricFamily,
    metrics: Vec<Metric>,
}

impl Families {
    /// Begins a name that only grows.
    pub(super) fn counter(&mut self, name: &str, help: &str) -> Family<'_> {
        self.family(MetricType::COUNTER, name, help)
    }

    /// Begins a name that goes up and down.
    pub(super) fn gauge(&mut self, name: &str, help: &str) -> Family<'_> {
        self.family(MetricType::GAUGE, name, help)
    }

    /// Begins a name of distributions.
    pub(super) fn histogram(&mut self, name: &str, help: &str) -> Family<'_> {
        self.family(MetricType::HISTOGRAM, name, help)
    }

    fn family(&mut self, kind: MetricType, name: &str, help: &str) -> Family<'_> {
        let mut family = MetricFamily::default();
        family.set_name(name.to_owned());
        family.set_help(help.to_owned());
        family.set_field_type(kind);
        self.0.push(family);
        Family { family: self.0.last_mut().expect("one was pushed"), metrics: Vec::new() }
    }

    /// Writes the text format. A name without samples is left out.
    pub(super) fn text(mut self) -> String {
        self.0.retain(|family| !family.get_metric().is_empty());
        TextEncoder::new().encode_to_string(&self.0).unwrap_or_else(|error| {
            error!("cannot write the metrics: {}", Chain(&error));
            String::new()
        })
    }
}

impl Family<'_> {
    /// Adds a count.
    pub(super) fn count(mut self, labels: Labels<'_>, count: u64) -> Self {
        let mut counter = Counter::default();
        counter.set_value(number(count));
        let mut metric = Metric::from_label(pairs(labels));
        metric.set_counter(counter);
        self.metrics.push(metric);
        self
    }

    /// Adds how much there is.
    pub(super) fn level(mut self, labels: Labels<'_>, level: f64) -> Self {
        let mut gauge = Gauge::default();
        gauge.set_value(level);
        let mut metric = Metric::from_label(pairs(labels));
        metric.set_gauge(gauge);
        self.metrics.push(metric);
        self
    }

    /// Adds how times are distributed.
    pub(super) fn durations(self, labels: Labels<'_>, observed: &Observed) -> Self {
        self.observed(labels, observed, |micros| seconds(Duration::from_micros(micros)))
    }

    /// Adds how counts of things are distributed.
    pub(super) fn sizes(self, labels: Labels<'_>, observed: &Observed) -> Self {
        self.observed(labels, observed, number)
    }

    fn observed(mut self, labels: Labels<'_>, observed: &Observed, unit: fn(u64) -> f64) -> Self {
        let buckets = observed.buckets.iter().map(|(bound, count)| {
            let mut bucket = Bucket::default();
            bucket.set_upper_bound(unit(*bound));
            bucket.set_cumulative_count(*count);
            bucket
        });
        let mut histogram = Histogram::default();
        histogram.set_bucket(buckets.collect());
        histogram.set_sample_count(observed.count);
        histogram.set_sample_sum(unit(observed.sum));
        let mut metric = Metric::from_label(pairs(labels));
        metric.set_histogram(histogram);
        self.metrics.push(metric);
        self
    }
}

impl Drop for Family<'_> {
    fn drop(&mut self) {
        self.family.set_metric(std::mem::take(&mut self.metrics));
    }
}

fn pairs(labels: Labels<'_>) -> Vec<LabelPair> {
    let pair = |(name, value): &(&str, &str)| {
        let mut pair = LabelPair::default();
        pair.set_name((*name).to_owned());
        pair.set_value((*value).to_owned());
        pair
    };
    labels.iter().map(pair).collect()
}

/// Prometheus knows no other numbers. Counts are exact up to 2^53.
#[expect(clippy::as_conversions, clippy::cast_precision_loss, reason = "a sample is a float")]
pub(super) const fn number(count: u64) -> f64 {
    count as f64
}

/// The base unit of times.
pub(super) const fn seconds(span: Duration) -> f64 {
    span.as_secs_f64()
}

/// A moment, in seconds since 1970.
pub(super) const fn moment(at: Timestamp) -> f64 {
    seconds(Duration::from_micros(at.to_micros().unsigned_abs()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_are_written_under_their_names_and_a_name_without_samples_is_left_out() {
        let mut families = Families::default();
        families.counter("a_total", "Counts.").count(&[("kind", "a\"b\\c\nd")], 7).count(&[("kind", "e")], 0);
        families.gauge("b", "None.");
        families.gauge("c_seconds", "Lasts.").level(&[], 0.25);
        let observed = Observed { buckets: vec![(500, 1), (1_000, 3)], count: 4, sum: 2_500_000 };
        families.histogram("d_seconds", "Takes.").durations(&[("pool", "x")], &observed);
        let expected = "# HELP a_total Counts.\n# TYPE a_total counter\na_total{kind=\"a\\\"b\\\\c\\nd\"} 7\n\
            a_total{kind=\"e\"} 0\n# HELP c_seconds Lasts.\n# TYPE c_seconds gauge\nc_seconds 0.25\n\
            # HELP d_seconds Takes.\n# TYPE d_seconds histogram\n\
            d_seconds_bucket{pool=\"x\",le=\"0.0005\"} 1\nd_seconds_bucket{pool=\"x\",le=\"0.001\"} 3\n\
            d_seconds_bucket{pool=\"x\",le=\"+Inf\"} 4\nd_seconds_sum{pool=\"x\"} 2.5\nd_seconds_count{pool=\"x\"} 4\n";
        assert_eq!(families.text(), expected);
    }
}
