//! A wire that can be cut: TCP from an address that stays to whoever is behind it now. In front of the
//! App it is what GitHub reaches, in front of a database it is the network.

use std::{
    io::{Read, Write},
    net::{Shutdown, SocketAddr, TcpListener, TcpStream},
    sync::{Arc, Mutex, PoisonError},
    thread,
};

#[derive(Debug, Default)]
struct Ends {
    behind: Vec<SocketAddr>,
    turn: usize,
    open: Vec<TcpStream>,
    closed: bool,
}

/// The wire; closed when dropped.
#[derive(Debug)]
pub(crate) struct Wire {
    address: SocketAddr,
    ends: Arc<Mutex<Ends>>,
}

impl Wire {
    pub(crate) fn new(behind: &[SocketAddr]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let address = listener.local_addr().expect("a bound listener has an address");
        let ends = Arc::new(Mutex::new(Ends { behind: behind.to_vec(), ..Ends::default() }));
        let of_listener = Arc::clone(&ends);
        thread::spawn(move || {
            for stream in listener.incoming() {
                if lock(&of_listener).closed {
                    return;
                }
                if let Ok(near) = stream {
                    let ends = Arc::clone(&of_listener);
                    thread::spawn(move || connect(near, &ends));
                }
            }
        });
        Self { address, ends }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// From now on new connections go to these in turn; to nobody when there are none. What is
    /// connected stays so, until its end dies.
    pub(crate) fn lead_to(&self, behind: &[SocketAddr]) {
        behind.clone_into(&mut lock(&self.ends).behind);
    }

    /// Breaks every connection, and takes no more until it leads somewhere again.
    pub(crate) fn cut(&self) {
        let mut ends = lock(&self.ends);
        ends.behind.clear();
        for stream in ends.open.drain(..) {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        self.cut();
        lock(&self.ends).closed = true;
        // Wakes the listener, which then sees that it is closed.
        drop(TcpStream::connect(self.address));
    }
}

fn lock(ends: &Mutex<Ends>) -> std::sync::MutexGuard<'_, Ends> {
    ends.lock().unwrap_or_else(PoisonError::into_inner)
}

/// To the next end that answers; dropped when none does.
fn connect(near: TcpStream, ends: &Mutex<Ends>) {
    let behind = {
        let mut ends = lock(ends);
        ends.turn += 1;
        let mut behind = ends.behind.clone();
        if !behind.is_empty() {
            behind.rotate_left(ends.turn % ends.behind.len());
        }
        behind
    };
    let Some(far) = behind.iter().find_map(|it| TcpStream::connect(it).ok()) else { return };
    let _ = (near.set_nodelay(true), far.set_nodelay(true));
    let (Ok(near_again), Ok(far_again)) = (near.try_clone(), far.try_clone()) else { return };
    {
        let mut ends = lock(ends);
        if ends.behind.is_empty() {
            return;
        }
        ends.open.extend(near.try_clone().into_iter().chain(far.try_clone()));
    }
    thread::spawn(move || pass(near_again, far));
    pass(far_again, near);
}

fn pass(mut from: TcpStream, mut to: TcpStream) {
    let mut bytes = [0; 1 << 14];
    while let Ok(count @ 1..) = from.read(&mut bytes) {
        if to.write_all(&bytes[..count]).is_err() {
            break;
        }
    }
    let _ = (from.shutdown(Shutdown::Both), to.shutdown(Shutdown::Both));
}
