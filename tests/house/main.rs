//! The house rules: what no compiler checks and every change must keep, one file a topic.

#![cfg(test)]

mod deploy;
mod documents;
mod files;
mod fixtures;
mod floors;
mod readme;
mod seeds;
mod shapes;
mod silence;
mod source;
mod tree;
