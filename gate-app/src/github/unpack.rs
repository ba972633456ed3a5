//! An artifact's files. A zip from a fork is the work of a stranger: nothing it states is believed.

use std::io::{Cursor, Read as _};

use zip::{ZipArchive, result::ZipError};

/// How much a zip may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnpackLimits {
    /// Bytes as they came.
    pub packed: u64,
    /// Bytes of all its files together.
    pub unpacked: u64,
    /// Entries, folders among them.
    pub entries: usize,
    /// Unpacked bytes for each packed one; the first megabyte is free.
    pub ratio: u64,
    /// Bytes of a file's name.
    pub name: usize,
}

impl Default for UnpackLimits {
    fn default() -> Self {
        Self { packed: 64 << 20, unpacked: 256 << 20, entries: 5_000, ratio: 200, name: 1_024 }
    }
}

/// So much may come out of any zip, whatever its ratio: small files of zeros are no bombs.
const FREE: u64 = 1 << 20;

/// Why an artifact was not unpacked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum UnpackError {
    /// It is too large as it came.
    #[error("the artifact has {size} bytes; at most {limit} are read")]
    Packed {
        /// How many.
        size: u64,
        /// The most.
        limit: u64,
    },
    /// Its files are too large.
    #[error("the artifact unpacks to more than {limit} bytes; upload less, or in more artifacts")]
    Unpacked {
        /// The most.
        limit: u64,
    },
    /// It has too many entries.
    #[error("the artifact has {count} entries; at most {limit} are read")]
    Entries {
        /// How many.
        count: usize,
        /// The most.
        limit: usize,
    },
    /// It expands as no report does.
    #[error(
        "the artifact expands more than {limit} times, as a zip bomb does; it was not unpacked"
    )]
    Ratio {
        /// The most.
        limit: u64,
    },
    /// An entry that is not read.
    #[error("entry {name:?} of the artifact {problem}")]
    Entry {
        /// Its name.
        name: String,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// It is no zip though it should be one, or a damaged one.
    #[error("the artifact is no readable zip: {0}")]
    Zip(String),
}

/// The files of an artifact: of a zip, or the one file it is, under `name`.
///
/// The first bytes decide which it is, and the content type must not deny it.
///
/// # Errors
///
/// If it is damaged, leaves the limits, or has an entry that could write outside or hide something.
pub fn unpack(
    bytes: &[u8],
    content_type: Option<&str>,
    name: &str,
    limits: &UnpackLimits,
) -> Result<Vec<(String, Vec<u8>)>, UnpackError> {
    let size = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    if size > limits.packed {
        return Err(UnpackError::Packed { size, limit: limits.packed });
    }
    let kind = content_type.unwrap_or_default().split(';').next().unwrap_or_default().trim();
    let says_zip = ["application/zip", "application/x-zip-compressed", "zip"]
        .iter()
        .any(|zip| kind.eq_ignore_ascii_case(zip));
    let is_zip = bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06");
    if is_zip {
        return files(bytes, limits);
    }
    if says_zip {
        return Err(UnpackError::Zip("it does not begin as one".to_owned()));
    }
    check_name(name, limits)?;
    Ok(vec![(name.to_owned(), bytes.to_vec())])
}

fn files(bytes: &[u8], limits: &UnpackLimits) -> Result<Vec<(String, Vec<u8>)>, UnpackError> {
    let damaged = |error: ZipError| UnpackError::Zip(error.to_string());
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(damaged)?;
    let count = archive.len();
    if count > limits.entries {
        return Err(UnpackError::Entries { count, limit: limits.entries });
    }
    if archive.has_duplicate_names() {
        return Err(UnpackError::Zip("two of its entries have the same name".to_owned()));
    }
    let packed = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    let by_ratio = packed.saturating_mul(limits.ratio).max(FREE);
    let mut left = limits.unpacked.min(by_ratio);
    let mut files = Vec::new();
    for index in 0..count {
        let mut file = archive.by_index(index).map_err(damaged)?;
        let name = String::from_utf8(file.name_raw().to_vec()).map_err(|error| {
            let name = String::from_utf8_lossy(error.as_bytes()).into_owned();
            UnpackError::Entry { name, problem: "has a name that is not UTF-8" }
        })?;
        if let Some(problem) = odd(file.encrypted(), file.unix_mode()) {
            return Err(UnpackError::Entry { name, problem });
        }
        check_name(name.strip_suffix('/').unwrap_or(&name), limits)?;
        if name.ends_with('/') {
            continue;
        }
        // One byte more than there may be, so that too much shows; the stated size counts for nothing.
        let mut contents = Vec::new();
        let read = file.by_ref().take(left.saturating_add(1)).read_to_end(&mut contents);
        read.map_err(|error| UnpackError::Zip(format!("{name}: {error}")))?;
        let came = u64::try_from(contents.len()).unwrap_or(u64::MAX);
        left = left.checked_sub(came).ok_or(if by_ratio < limits.unpacked {
            UnpackError::Ratio { limit: limits.ratio }
        } else {
            UnpackError::Unpacked { limit: limits.unpacked }
        })?;
        files.push((name, contents));
    }
    Ok(files)
}

/// What makes an entry something else than a file or a folder.
fn odd(encrypted: bool, unix_mode: Option<u32>) -> Option<&'static str> {
    const TYPE: u32 = 0o170_000;
    if encrypted {
        return Some("is encrypted");
    }
    match unix_mode.map(|mode| mode & TYPE) {
        None | Some(0 | 0o100_000 | 0o040_000) => None,
        Some(0o120_000) => Some("is a symbolic link"),
        Some(_) => Some("is neither a file nor a folder"),
    }
}

fn check_name(name: &str, limits: &UnpackLimits) -> Result<(), UnpackError> {
    let drive = || {
        let mut chars = name.chars();
        chars.next().is_some_and(|c| c.is_ascii_alphabetic()) && chars.next() == Some(':')
    };
    let problem = if name.is_empty() {
        "has no name"
    } else if name.len() > limits.name {
        "has too long a name"
    } else if name.starts_with('/') || drive() {
        "has an absolute name"
    } else if name.contains('\\') {
        "has a backslash in its name"
    } else if name.chars().any(char::is_control) {
        "has control characters in its name"
    } else if name.split('/').any(|part| matches!(part, "" | "." | "..")) {
        "has a name that leaves its place"
    } else {
        return Ok(());
    };
    Err(UnpackError::Entry { name: name.to_owned(), problem })
}
