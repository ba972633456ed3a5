//! Recognition: what reads unasked is what it was recognised as, and no other format.

use std::io::BufReader;

use gate_core::{
    measure::Format,
    report::{ReadOptions, read, read_stream, recognise},
};

use super::{evidence, verdict};

pub(crate) fn check(bytes: &[u8]) {
    let options = ReadOptions::default();
    let recognised = recognise(bytes);
    let report = match read(bytes, &options) {
        Ok(report) => report,
        Err(error) => {
            verdict::is_harmless(&error.to_string());
            assert!(read_stream(BufReader::with_capacity(7, bytes), &options).is_err());
            return;
        }
    };
    let format = recognised.expect("what reads is recognised");
    assert_eq!(report.format, format.name());
    for &other in Format::ALL {
        let reads = read(bytes, &options.clone().with_format(other)).is_ok();
        assert_eq!(reads, other == format, "as {other}");
    }
    let streamed = read_stream(BufReader::with_capacity(7, bytes), &options);
    assert_eq!(streamed.expect("what reads as a whole reads as a stream"), report);
    evidence::holds(&report);
}
