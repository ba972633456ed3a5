//! Bodies that no sound server sends: one that breaks off, one that never seems to end.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll},
};

use axum::body::{Bytes, HttpBody};
use http_body::Frame;

const MOST_AT_ONCE: u64 = 1 << 16;

/// Some bytes; then zeros, or a broken connection.
#[derive(Debug)]
pub(super) struct Pieces {
    first: Option<Bytes>,
    zeros: u64,
    breaks: bool,
    waited: bool,
}

impl Pieces {
    pub(super) fn broken_after(first: Bytes) -> Self {
        Self { first: Some(first), zeros: 0, breaks: true, waited: false }
    }

    pub(super) fn then_zeros(first: Bytes, zeros: u64) -> Self {
        Self { first: Some(first), zeros, breaks: false, waited: false }
    }
}

impl HttpBody for Pieces {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        if let Some(first) = self.first.take() {
            return Poll::Ready(Some(Ok(Frame::data(first))));
        }
        if self.breaks && !self.waited {
            // What there is goes out before the connection breaks.
            self.waited = true;
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        if self.breaks {
            return Poll::Ready(Some(Err(io::Error::other("the fake breaks off as asked"))));
        }
        let now = self.zeros.min(MOST_AT_ONCE);
        if now == 0 {
            return Poll::Ready(None);
        }
        self.zeros -= now;
        let length = usize::try_from(now).unwrap_or(0);
        Poll::Ready(Some(Ok(Frame::data(Bytes::from(vec![0; length])))))
    }
}
