//! The two migration folders say the same.

use std::{collections::BTreeMap, fs, path::Path};

/// The columns of each table, and the text of each index, in the migrations of one database.
fn columns(folder: &str) -> BTreeMap<String, Vec<String>> {
    let mut tables: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut table: Option<(String, Vec<String>)> = None;
    for (_, text) in migrations(folder) {
        for line in text.lines() {
            let words: Vec<&str> = line.split_whitespace().collect();
            match (&mut table, words.as_slice()) {
                (None, ["CREATE", "TABLE", name, "("]) => {
                    table = Some(((*name).to_owned(), Vec::new()));
                }
                (None, ["ALTER", "TABLE", name, "ADD", "COLUMN", column @ ..]) => {
                    let column = column.join(" ").replace("BIGINT", "INTEGER").replace(';', "");
                    tables.entry((*name).to_owned()).or_default().push(column);
                }
                (None, ["CREATE", "INDEX", name, "ON", ..]) => {
                    tables.insert((*name).to_owned(), vec![words.join(" ")]);
                }
                (Some(_), [end, ..]) if end.starts_with(')') => tables.extend(table.take()),
                (Some((_, columns)), words) if !words.is_empty() => {
                    columns.push(
                        words.join(" ").replace("BYTEA", "BLOB").replace("BIGINT", "INTEGER"),
                    );
                }
                (Some(_) | None, _) => {}
            }
        }
    }
    tables
}

fn migrations(folder: &str) -> BTreeMap<String, String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations").join(folder);
    let read = |entry: std::io::Result<fs::DirEntry>| {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        (name, fs::read_to_string(path).unwrap())
    };
    fs::read_dir(folder).unwrap().map(read).collect()
}

#[test]
fn both_databases_have_the_same_columns_and_indexes() {
    let (mut sqlite, postgres) = (columns("sqlite"), columns("postgres"));
    // SQLite has no sequences.
    assert_eq!(sqlite.remove("fences"), Some(vec!["last INTEGER NOT NULL".to_owned()]));
    assert_eq!(sqlite, postgres);
    assert!(sqlite.len() > 20, "{} tables and indexes were found", sqlite.len());
    assert_eq!(sqlite["queues"].len(), 2);
    assert!(sqlite["subjects"].iter().any(|column| column == "asked_at INTEGER"));
    assert_eq!(sqlite["comments"].len(), 7);
    assert_eq!(sqlite["uploads"].last().unwrap(), "is_trusted INTEGER NOT NULL DEFAULT 0");
}

#[test]
fn both_folders_have_the_same_files() {
    let names = |folder| migrations(folder).into_keys().collect::<Vec<_>>();
    assert_eq!(names("sqlite"), names("postgres"));
    // Each is run: one that is not in the list of the store is only a file.
    let list = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/store/connect.rs");
    let list = fs::read_to_string(list).unwrap();
    for name in names("sqlite") {
        assert!(list.contains(&format!("sqlite/{name}")), "{name}");
        assert!(list.contains(&format!("postgres/{name}")), "{name}");
    }
}

#[test]
fn every_table_of_sqlite_is_strict() {
    for (name, text) in migrations("sqlite") {
        let tables = text.matches("CREATE TABLE").count();
        assert_eq!(text.matches(") STRICT").count(), tables, "{name}");
    }
}

#[test]
fn only_the_three_shared_types_are_used() {
    for (table, columns) in columns("sqlite") {
        for column in columns {
            let shared = ["TEXT", "INTEGER", "BLOB", "PRIMARY KEY (", "CREATE INDEX"]
                .iter()
                .any(|word| column.contains(word));
            assert!(shared, "{table}: {column}");
        }
    }
}
