//! Credentials.

use gate_app::store::Store;
use secrecy::{ExposeSecret as _, SecretString};

use crate::support::{at, on_both};

on_both! {
    async fn the_credentials_kept_last_are_read(store: Store) {
        assert!(store.credentials().await.unwrap().is_none());
        for json in [r#"{"id": 1}"#, r#"{"id": 2}"#] {
            store.keep_credentials(&SecretString::from(json), at(0)).await.unwrap();
            assert_eq!(store.credentials().await.unwrap().unwrap().expose_secret(), json);
        }
    }

    async fn the_set_up_page_has_one_key_whoever_offers_another(store: Store) {
        let first = store.setup_key(&SecretString::from("one"), at(0)).await.unwrap();
        let second = store.setup_key(&SecretString::from("two"), at(1)).await.unwrap();
        assert_eq!((first.expose_secret(), second.expose_secret()), ("one", "one"));
    }
}
