//! Reports that come in pieces.

use std::time::Duration;

use gate_app::store::{ReportDraft, Retention, Store, StoreError};
use gate_core::measure::Digest;
use sqlx::{Connection as _, SqliteConnection};

use crate::support::{File, at, on_both};

/// More than two pieces, and no two of them alike.
fn large() -> Vec<u8> {
    (0_u32..700_000).flat_map(u32::to_le_bytes).collect()
}

async fn fill(draft: &mut ReportDraft, bytes: &[u8]) {
    for chunk in bytes.chunks(65_536) {
        draft.add(chunk).await.unwrap();
    }
}

on_both! {
    async fn what_comes_in_pieces_is_read_whole(store: Store) {
        for bytes in [Vec::new(), b"small".to_vec(), vec![7; 1 << 20], large()] {
            let mut draft = store.draft(format!("draft of {}", bytes.len()), at(0));
            fill(&mut draft, &bytes).await;
            let digest = Digest::of(&bytes);
            assert_eq!((draft.size(), draft.digest().unwrap()), (bytes.len() as u64, digest.clone()));
            assert_eq!(draft.keep(at(0)).await.unwrap(), digest);
            assert!(store.report(&digest).await.unwrap().is_some_and(|read| read == bytes));
        }
    }

    async fn the_same_report_is_kept_once_however_it_came(store: Store) {
        let bytes = large();
        let mut drafts = [store.draft("first".to_owned(), at(0)), store.draft("second".to_owned(), at(0))];
        for draft in &mut drafts {
            fill(draft, &bytes).await;
        }
        for draft in drafts {
            assert_eq!(draft.keep(at(1)).await.unwrap(), Digest::of(&bytes));
        }
        store.keep_report(bytes.clone(), at(2)).await.unwrap();
        assert_eq!(store.reports_kept().await.unwrap(), (1, bytes.len() as u64));
        assert!(store.report(&Digest::of(&bytes)).await.unwrap().is_some_and(|read| read == bytes));
    }

    async fn a_report_is_pruned_with_its_pieces(store: Store) {
        let bytes = large();
        let mut draft = store.draft("pruned".to_owned(), at(0));
        fill(&mut draft, &bytes).await;
        let digest = draft.keep(at(0)).await.unwrap();
        let keep = Retention::default();
        // Its pieces are old, and stay while it does.
        assert_eq!(store.prune(&keep, at(10 * 86_400)).await.unwrap().reports, 0);
        assert!(store.report(&digest).await.unwrap().is_some());
        assert_eq!(store.prune(&keep, at(100 * 86_400)).await.unwrap().reports, 1);
        assert_eq!(store.report(&digest).await.unwrap(), None);
        // Had they stayed, the same name could not be used again.
        let mut draft = store.draft("pruned".to_owned(), at(0));
        fill(&mut draft, &bytes).await;
        draft.keep(at(0)).await.unwrap();
    }
}

async fn pieces(file: &File) -> i64 {
    let mut connection = SqliteConnection::connect(&file.url()).await.unwrap();
    let count = "SELECT COUNT(*) FROM report_pieces";
    sqlx::query_scalar(count).fetch_one(&mut connection).await.unwrap()
}

#[tokio::test]
async fn a_draft_that_is_dropped_leaves_nothing() {
    let file = File::new();
    let store = Store::open(&file.url()).await.unwrap();
    let mut draft = store.draft("dropped".to_owned(), at(0));
    fill(&mut draft, &large()).await;
    assert!(pieces(&file).await > 1);
    drop(draft);
    for _ in 0..1_000 {
        if pieces(&file).await == 0 {
            return store.close().await;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("pieces of the dropped draft are still there");
}

#[tokio::test]
async fn what_a_crash_cut_off_is_pruned_after_a_day() {
    let file = File::new();
    let store = Store::open(&file.url()).await.unwrap();
    let mut draft = store.draft("cut".to_owned(), at(0));
    fill(&mut draft, &large()).await;
    // A process that dies drops nothing.
    std::mem::forget(draft);
    let keep = Retention::default();
    store.prune(&keep, at(3_600)).await.unwrap();
    assert!(pieces(&file).await > 1);
    store.prune(&keep, at(2 * 86_400)).await.unwrap();
    assert_eq!(pieces(&file).await, 0);
    store.close().await;
}

#[tokio::test]
async fn a_report_with_a_piece_missing_is_never_read_shorter() {
    let file = File::new();
    let store = Store::open(&file.url()).await.unwrap();
    let mut draft = store.draft("damaged".to_owned(), at(0));
    fill(&mut draft, &large()).await;
    let digest = draft.keep(at(0)).await.unwrap();
    let mut connection = SqliteConnection::connect(&file.url()).await.unwrap();
    let damage = "DELETE FROM report_pieces WHERE place = 2";
    sqlx::query(damage).execute(&mut connection).await.unwrap();
    assert!(matches!(store.report(&digest).await, Err(StoreError::Malformed { .. })));
    store.close().await;
}
