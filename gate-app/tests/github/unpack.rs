//! Artifacts of strangers.

use std::io::{Cursor, Write as _};

use gate_app::github::{UnpackError, UnpackLimits, unpack};
use zip::{ZipWriter, write::SimpleFileOptions};

fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    zip_with(files, SimpleFileOptions::default())
}

fn zip_with(files: &[(&str, &[u8])], options: SimpleFileOptions) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, contents) in files {
        if name.ends_with('/') {
            writer.add_directory(*name, options).unwrap();
        } else {
            writer.start_file(*name, options).unwrap();
            writer.write_all(contents).unwrap();
        }
    }
    writer.finish().unwrap().into_inner()
}

fn opened(bytes: &[u8]) -> Result<Vec<(String, Vec<u8>)>, UnpackError> {
    unpack(bytes, Some("application/zip"), "reports", &UnpackLimits::default())
}

/// Writes the name anew, of the same length, where a careful writer would refuse it.
fn renamed(mut zip: Vec<u8>, from: &str, to: &str) -> Vec<u8> {
    assert_eq!(from.len(), to.len());
    let mut at = 0;
    let mut times = 0;
    while let Some(found) =
        zip[at..].windows(from.len()).position(|window| window == from.as_bytes())
    {
        zip[at + found..at + found + from.len()].copy_from_slice(to.as_bytes());
        at += found + from.len();
        times += 1;
    }
    assert_eq!(times, 2, "once before the contents and once in the directory");
    zip
}

fn problem(bytes: &[u8]) -> &'static str {
    let error = opened(bytes).unwrap_err();
    let UnpackError::Entry { problem, .. } = error else { panic!("{error}") };
    problem
}

#[test]
fn a_zip_gives_its_files_in_order_and_no_folders() {
    let zip = zip(&[("deep/", b""), ("deep/coverage.xml", b"<coverage/>"), ("b.json", b"{}")]);
    let files = opened(&zip).unwrap();
    assert_eq!(files.len(), 2);
    assert_eq!(files[0], ("deep/coverage.xml".to_owned(), b"<coverage/>".to_vec()));
    assert_eq!(files[1].0, "b.json");
}

#[test]
fn a_bare_file_goes_by_the_artifacts_name() {
    let limits = UnpackLimits::default();
    let files = unpack(b"<coverage/>", Some("text/xml; charset=utf-8"), "coverage.xml", &limits);
    assert_eq!(files.unwrap(), [("coverage.xml".to_owned(), b"<coverage/>".to_vec())]);
    let files = unpack(b"{}", None, "../bandit.json", &limits);
    assert!(matches!(files, Err(UnpackError::Entry { .. })));
    let not = unpack(b"<html>", Some("application/zip"), "reports", &limits).unwrap_err();
    assert_eq!(not.to_string(), "the artifact is no readable zip: it does not begin as one");
}

#[test]
fn an_empty_zip_has_no_files() {
    assert_eq!(opened(&zip(&[])).unwrap(), []);
}

#[test]
fn no_name_leaves_its_place() {
    for (name, words) in [
        ("../../etc/pass", "has a name that leaves its place"),
        ("a/../../../bcd", "has a name that leaves its place"),
        ("./coverage.xml", "has a name that leaves its place"),
        ("a//overage.xml", "has a name that leaves its place"),
        ("/etc/passwords", "has an absolute name"),
        ("C:/overage.xml", "has an absolute name"),
        ("..\\..\\etc\\pass", "has a backslash in its name"),
        ("a\u{7}overages.xml", "has control characters in its name"),
    ] {
        let plain = "x".repeat(name.len());
        let zip = renamed(zip(&[(&plain, b"x ")]), &plain, name);
        assert_eq!(problem(&zip), words, "{name}");
    }
}

#[test]
fn nothing_but_plain_files() {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    writer.add_symlink("link", "/etc/passwd", SimpleFileOptions::default()).unwrap();
    assert_eq!(problem(&writer.finish().unwrap().into_inner()), "is a symbolic link");

    let mut locked = zip(&[("a.json", b"{}")]);
    for signature in [b"PK\x03\x04", b"PK\x01\x02"] {
        let at = locked.windows(4).position(|window| window == signature).unwrap();
        let flags = if signature == b"PK\x03\x04" { at + 6 } else { at + 8 };
        locked[flags] |= 1;
    }
    let error = opened(&locked).unwrap_err();
    let words = error.to_string().to_lowercase();
    assert!(words.contains("encrypted") || words.contains("password"), "{words}");
}

#[test]
fn two_entries_of_one_name_are_refused() {
    let twins = renamed(zip(&[("a.json", b"one"), ("b.json", b"two")]), "b.json", "a.json");
    let error = opened(&twins).unwrap_err();
    assert!(error.to_string().contains("same name"), "{error}");
}

#[test]
fn a_bomb_goes_off_within_the_limits() {
    let zeros = vec![0; 64 << 20];
    let bomb = zip(&[("zeros", &zeros)]);
    assert!(bomb.len() < 100_000);
    assert_eq!(opened(&bomb), Err(UnpackError::Ratio { limit: 200 }));

    let limits = UnpackLimits { unpacked: 1 << 20, ratio: u64::MAX, ..UnpackLimits::default() };
    let error = unpack(&bomb, None, "r", &limits).unwrap_err();
    assert_eq!(error, UnpackError::Unpacked { limit: 1 << 20 });
}

#[test]
fn a_small_file_of_zeros_is_no_bomb() {
    let zeros = vec![0; 1 << 20];
    assert_eq!(opened(&zip(&[("zeros", &zeros)])).unwrap()[0].1.len(), 1 << 20);
}

#[test]
fn a_stated_size_is_not_believed() {
    let mut liar = zip(&[("zeros", &vec![0; 8 << 20])]);
    let size = u32::to_le_bytes(8 << 20);
    for (signature, offset) in [(b"PK\x03\x04", 22), (b"PK\x01\x02", 24)] {
        let at = liar.windows(4).position(|window| window == signature).unwrap() + offset;
        assert_eq!(liar[at..at + 4], size);
        liar[at..at + 4].copy_from_slice(&10_u32.to_le_bytes());
    }
    let error = opened(&liar).unwrap_err();
    assert!(matches!(error, UnpackError::Ratio { .. } | UnpackError::Zip(_)), "{error}");
}

#[test]
fn too_many_and_too_much_say_how_many() {
    let names: Vec<String> = (0..20).map(|n| format!("{n}.json")).collect();
    let files: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), &b"{}"[..])).collect();
    let limits = UnpackLimits { entries: 19, ..UnpackLimits::default() };
    let error = unpack(&zip(&files), None, "r", &limits).unwrap_err();
    assert_eq!(error.to_string(), "the artifact has 20 entries; at most 19 are read");
    let limits = UnpackLimits { packed: 3, ..UnpackLimits::default() };
    let error = unpack(b"four", None, "r", &limits).unwrap_err();
    assert_eq!(error, UnpackError::Packed { size: 4, limit: 3 });
}

#[test]
fn a_damaged_zip_is_an_error_wherever_it_is_cut() {
    let whole = zip(&[("a.json", b"{\"key\": \"value, and some more of it\"}"), ("b.json", b"{}")]);
    for end in 4..whole.len() {
        assert!(matches!(opened(&whole[..end]), Err(UnpackError::Zip(_))), "cut at {end}");
    }
    let mut wrong = whole.clone();
    wrong[40] ^= 0x55;
    assert!(opened(&wrong).is_err(), "a checksum that does not fit");
}
