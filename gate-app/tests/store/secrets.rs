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
}
