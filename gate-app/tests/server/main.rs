//! The server: its routes in process, and its listener on a real socket.

#[cfg(test)]
mod desk;
#[cfg(test)]
mod log;
#[cfg(test)]
mod routes;
#[cfg(test)]
mod setup;
#[cfg(test)]
mod socket;
#[cfg(test)]
mod upload;
