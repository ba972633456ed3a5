//! A reader of one format: what reads holds, and reads the same as a stream.

use std::io::BufReader;

use gate_core::{
    measure::Format,
    report::{ReadOptions, read, read_stream},
};

use super::evidence;

pub(crate) fn check(format: Format, bytes: &[u8]) {
    let options = ReadOptions::default().with_format(format);
    let whole = read(bytes, &options);
    let streamed = read_stream(BufReader::with_capacity(7, bytes), &options);
    match (&whole, &streamed) {
        (Ok(whole), Ok(streamed)) => assert_eq!(whole, streamed),
        (Err(whole), Err(streamed)) => assert_eq!(whole.to_string(), streamed.to_string()),
        (Ok(_), Err(error)) | (Err(error), Ok(_)) => panic!("read in one way only: {error}"),
    }
    if let Ok(report) = &whole {
        evidence::holds(report);
    }
}
