//! Deliveries that failed: remembered until they arrive or are given up.

use gate_app::store::{FailedDelivery, Redelivery, Retention, Store};

use crate::support::{at, on_both};

fn failed(delivery: &str, attempt: u64, refused: bool) -> FailedDelivery {
    FailedDelivery { delivery: delivery.to_owned(), attempt, refused, failed_at: at(0) }
}

on_both! {
    async fn a_failed_delivery_is_due_until_it_is_given_up(store: Store) {
        store.note_failed_delivery(&failed("a", 1, false), at(10)).await.unwrap();
        store.note_failed_delivery(&failed("b", 2, true), at(10)).await.unwrap();
        let of = |failed, asked, due| Redelivery { failed, asked, due: at(due) };
        assert_eq!(store.redeliveries(at(9)).await.unwrap(), []);
        assert_eq!(
            store.redeliveries(at(10)).await.unwrap(),
            [of(failed("a", 1, false), 0, 10), of(failed("b", 2, true), 0, 10)],
        );
        store.note_redelivery("a", Some(at(100))).await.unwrap();
        store.note_redelivery("b", None).await.unwrap();
        assert_eq!(store.redeliveries(at(99)).await.unwrap(), []);
        // It failed again: the newest attempt is the one that is asked for, and the count stays.
        store.note_failed_delivery(&failed("a", 7, true), at(50)).await.unwrap();
        store.note_failed_delivery(&failed("a", 3, false), at(51)).await.unwrap();
        store.note_failed_delivery(&failed("b", 8, true), at(50)).await.unwrap();
        assert_eq!(store.redeliveries(at(100)).await.unwrap(), [of(failed("a", 7, true), 1, 100)]);
        store.forget_redelivery("a").await.unwrap();
        assert_eq!(store.redeliveries(at(1_000)).await.unwrap(), []);
    }

    async fn how_far_deliveries_were_read_only_grows(store: Store) {
        assert_eq!(store.deliveries_read().await.unwrap(), None);
        store.note_deliveries_read(at(50)).await.unwrap();
        store.note_deliveries_read(at(40)).await.unwrap();
        assert_eq!(store.deliveries_read().await.unwrap(), Some(at(50)));
    }

    async fn what_failed_long_ago_is_pruned(store: Store) {
        store.note_failed_delivery(&failed("a", 1, false), at(0)).await.unwrap();
        store.prune(&Retention::default(), at(9 * 86_400)).await.unwrap();
        assert_eq!(store.redeliveries(at(9 * 86_400)).await.unwrap(), []);
    }
}
